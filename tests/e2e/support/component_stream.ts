/**
 * The stream of a component (XEP-0114), with a real server at its other end.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Element } from "../../../xml/element.ts";
import { StanzaParser } from "../../../xml/stanza_parser.ts";
import { NS } from "../../../xmpp/namespaces.ts";
import { PASSWORD } from "./prosody.ts";

/** Whose stream it is, and where it goes. */
export interface ComponentStreamOptions {
  /** The server's address. */
  readonly ip: string;
  /** The component's domain. */
  readonly domain: string;
  /** @default {5347} */
  readonly port?: number;
}

/** A connected component. */
export class ComponentStream implements AsyncDisposable {
  readonly #connection: Deno.TcpConn;
  readonly #parser: StanzaParser;
  #reading: Promise<void> | undefined;

  private constructor(connection: Deno.TcpConn, parser: StanzaParser) {
    this.#connection = connection;
    this.#parser = parser;
  }

  /**
   * Connects and says the password.
   *
   * @throws {Error} If the server refuses it.
   */
  static async connect(options: ComponentStreamOptions): Promise<ComponentStream> {
    const { ip, domain, port = 5347 } = options;
    const connection = await Deno.connect({ hostname: ip, port });
    connection.setNoDelay();
    const parser = await StanzaParser.create();
    await writeAll(
      connection,
      `<stream:stream xmlns='${NS.component}' xmlns:stream='${NS.stream}' to='${domain}'>`,
    );
    const [open] = await events(connection, parser);
    const id = open?.type === "open" ? open.element.attr("id") : undefined;
    const digest = createHash("sha1").update(id + PASSWORD).digest("hex");
    await writeAll(connection, `<handshake>${digest}</handshake>`);
    const [answer] = await events(connection, parser);
    if (answer?.type !== "stanza" || answer.element.name !== "handshake") {
      connection.close();
      throw new Error(`${domain} was refused at ${ip}`);
    }
    return new ComponentStream(connection, parser);
  }

  /** Hands on each stanza that comes, from now until the end. */
  listen(take: (stanza: Element) => void): void {
    this.#reading = this.#read(take);
  }

  /** Sends XML as it is. */
  async send(xml: string): Promise<void> {
    await writeAll(this.#connection, xml);
  }

  /** Breaks the connection without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await this.#reading;
  }

  async #read(take: (stanza: Element) => void): Promise<void> {
    try {
      for (let batch; (batch = await events(this.#connection, this.#parser)).length > 0;) {
        for (const event of batch) if (event.type === "stanza") take(event.element);
      }
    } catch (error) {
      const closed = error instanceof Deno.errors.BadResource ||
        error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.ConnectionReset;
      if (!closed) throw error;
    }
  }
}

/** What comes next on the stream; nothing at its end. */
async function events(connection: Deno.TcpConn, parser: StanzaParser) {
  const buffer = new Uint8Array(65_536);
  for (let size; (size = await connection.read(buffer)) !== null;) {
    const found = parser.push(buffer.slice(0, size));
    if (found.length > 0) return found;
  }
  return [];
}

async function writeAll(connection: Deno.TcpConn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
