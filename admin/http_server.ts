/**
 * An HTTP server that whoever can connect can neither stop nor fill.
 *
 * `Deno.serve` ends the process when it runs out of file descriptors, and never closes a request that
 * does not come to its end; the listener of `node:http` stays deaf after the former. So connections
 * are accepted here, and `node:http` speaks HTTP over them.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { ClientSocket } from "./client_socket.ts";

/** What a server bears. */
export interface HttpLimits {
  /** How many connections there may be. @default {128} */
  readonly connections?: number;
  /** How long a request may take to come, in milliseconds. @default {10000} */
  readonly requestMs?: number;
}

/** The most bytes of a request's headers. */
const MAX_HEADERS = 16_384;
/** Connections that are taken at once, and so many a second after that: each is half a millisecond of work. */
const BURST = 50;
const PER_SECOND = 150;
/** The pause after one could not be taken, in milliseconds. */
const RETRY_MS = 500;
/** How long answers may take to be sent at the end, in milliseconds. */
const PARTING_MS = 1_000;

/** What the server does with a request. */
export interface HttpHandlers {
  /** Answers it. */
  readonly answer: (request: Request) => Promise<Response>;
  /** Answers one that {@linkcode answer} failed at, or none of ours. */
  readonly failed: (error: unknown) => Response;
  /** No connection can be taken for now, as there are no file descriptors for example. */
  readonly deaf: (error: unknown) => void;
}

/** Listens, until it is disposed of. */
export class HttpServer implements AsyncDisposable {
  /** Where it listens. */
  readonly address: Deno.NetAddr;
  readonly #handlers: HttpHandlers;
  readonly #connections: number;
  readonly #requestMs: number;
  readonly #listener: Deno.TcpListener;
  readonly #http: Server;
  readonly #sockets = new Set<Duplex>();
  /** Those whose request has not come in full, the oldest first, with their deadlines. */
  readonly #unfinished = new Map<Duplex, ReturnType<typeof setTimeout>>();
  readonly #closing = new AbortController();
  readonly #accepting: Promise<void>;

  /**
   * Listens.
   *
   * @param listen Where; port 0 is any that is free.
   * @throws {Deno.errors.AddrInUse} If something listens there already.
   */
  constructor(
    listen: { readonly hostname: string; readonly port: number },
    handlers: HttpHandlers,
    { connections = 128, requestMs = 10_000 }: HttpLimits = {},
  ) {
    this.#handlers = handlers;
    this.#connections = connections;
    this.#requestMs = requestMs;
    this.#listener = Deno.listen(listen);
    this.address = this.#listener.addr;
    this.#http = createServer({ maxHeaderSize: MAX_HEADERS }, (incoming, outgoing) => {
      this.#requested(incoming, outgoing);
    });
    this.#http.on("clientError", (_error, socket) => socket.destroy());
    this.#accepting = this.#accept();
  }

  async #accept(): Promise<void> {
    const { signal } = this.#closing;
    // At most `BURST` connections ahead of one that takes each of them as late as it may.
    let due = 0;
    while (!signal.aborted) {
      let pause = 0;
      try {
        this.#take(await this.#listener.accept());
        const now = performance.now();
        due = Math.max(due, now) + 1_000 / PER_SECOND;
        pause = due - now - BURST * 1_000 / PER_SECOND;
      } catch (error) {
        if (signal.aborted) return;
        this.#dropOldest();
        this.#handlers.deaf(error);
        pause = RETRY_MS;
      }
      if (pause > 0) await delay(pause, { signal }).catch(() => {});
    }
  }

  #take(conn: Deno.TcpConn): void {
    // Who asks for something comes before those who do not.
    if (this.#sockets.size >= this.#connections) this.#dropOldest();
    if (this.#sockets.size >= this.#connections) return conn.close();
    const socket = new ClientSocket(conn);
    this.#sockets.add(socket);
    this.#unfinished.set(socket, setTimeout(() => socket.destroy(), this.#requestMs));
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#finished(socket);
    });
    this.#http.emit("connection", socket);
  }

  #dropOldest(): void {
    for (const socket of this.#unfinished.keys()) {
      this.#sockets.delete(socket);
      this.#finished(socket);
      socket.destroy();
      return;
    }
  }

  #finished(socket: Duplex): void {
    clearTimeout(this.#unfinished.get(socket));
    this.#unfinished.delete(socket);
  }

  async #requested(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    incoming.on("error", () => {});
    outgoing.on("error", () => {});
    if (incoming.method === "POST") incoming.on("end", () => this.#finished(incoming.socket));
    else this.#finished(incoming.socket);
    const request = toRequest(incoming);
    try {
      await send(
        request === undefined
          ? new Response("This is no address here\n", { status: 400 })
          : await this.#handlers.answer(request),
        outgoing,
      );
    } catch (error) {
      // Nobody waits for the answer to a request that broke off.
      if (incoming.socket.destroyed || !outgoing.writable) return;
      const failure = this.#handlers.failed(error);
      if (outgoing.headersSent) outgoing.destroy();
      else await send(failure, outgoing);
    }
  }

  /** Listens no more; answers that are being sent have a moment to get there. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#listener.close();
    await this.#accepting;
    for (const socket of [...this.#unfinished.keys()]) socket.destroy();
    const all = [...this.#sockets].map((socket) =>
      new Promise<void>((resolve) => void socket.on("close", resolve))
    );
    const late = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, PARTING_MS);
    await Promise.all(all);
    clearTimeout(late);
    this.#http.close();
  }
}

/** The request as everybody else knows them; `undefined` if it is for no path of ours. */
function toRequest(incoming: IncomingMessage): Request | undefined {
  const { method = "GET", url: target = "", headers } = incoming;
  // What a client calls us is for the gate to judge, and may be anything.
  const url = URL.parse(target.startsWith("/") ? `http://localhost${target}` : target);
  if (url === null || url.username !== "" || url.password !== "") return undefined;
  const given = Object.entries(headers)
    .flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value] as [string, string]] : []
    );
  const body = method === "POST" ? ReadableStream.from<Uint8Array>(incoming) : null;
  // Some methods can't be those of a `Request`; none of them is answered.
  const known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"].includes(method);
  return new Request(url, { method: known ? method : "PATCH", headers: given, body });
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return void await response.body?.cancel();
  // Who asks once more connects once more: nobody holds a place without a request.
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    connection: "close",
  });
  const reader = response.body?.getReader();
  if (reader !== undefined) {
    outgoing.on("close", () => void reader.cancel().catch(() => {}));
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (!outgoing.write(read.value)) await drained(outgoing);
    }
  }
  outgoing.end();
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    outgoing.once("drain", resolve);
    outgoing.once("close", resolve);
  });
}
