/**
 * Who talks to a server under load: a client, and a component that plays rooms.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { StanzaParser } from "../../xml/stanza_parser.ts";
import type { Element } from "../../xml/element.ts";
import { PASSWORD } from "../../tests/e2e/support/prosody.ts";

/** A TCP connection that is written to as text, and read as text or as stanzas. */
class Connection implements AsyncDisposable {
  readonly #tcp: Deno.TcpConn;
  readonly #decoder = new TextDecoder();
  #tail = "";
  #waiting: { readonly mark: string; readonly seen: () => void } | undefined;
  #reading: Promise<void> = Promise.resolve();

  protected constructor(tcp: Deno.TcpConn) {
    this.#tcp = tcp;
  }

  /** Sends text. */
  async send(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += await this.#tcp.write(bytes.subarray(sent));
  }

  /** Reads to the end; `take` gets each chunk. */
  protected listen(take: (chunk: Uint8Array) => void): void {
    this.#reading = (async () => {
      const buffer = new Uint8Array(65_536);
      for (let size; (size = await this.#tcp.read(buffer).catch(() => null)) !== null;) {
        take(buffer.slice(0, size));
      }
    })();
  }

  /** Waits until a text comes; it is asked for before it is caused. */
  until(mark: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = { mark, seen: resolve };
    this.look("");
    return promise;
  }

  /** Looks for what is waited for. */
  protected look(chunk: string | Uint8Array): void {
    this.#tail += typeof chunk === "string" ? chunk : this.#decoder.decode(chunk, { stream: true });
    const waiting = this.#waiting;
    const at = waiting === undefined ? -1 : this.#tail.indexOf(waiting.mark);
    if (at >= 0) {
      this.#tail = this.#tail.slice(at + waiting!.mark.length);
      this.#waiting = undefined;
      waiting!.seen();
    } else {
      this.#tail = this.#tail.slice(-200);
    }
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#tcp.close();
    await this.#reading;
  }
}

/** A client that is online. */
export class LoadClient extends Connection {
  /** Logs in. */
  static async connect(ip: string, jid: string): Promise<LoadClient> {
    const client = new LoadClient(await Deno.connect({ hostname: ip, port: 5222 }));
    client.listen((chunk) => client.look(chunk));
    const [user, domain, resource] = jid.split(/[@/]/) as [string, string, string];
    const open = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/` +
      `streams' version='1.0' to='${domain}'>`;
    const say = async (text: string, answer: string) => {
      const answered = client.until(answer);
      await client.send(text);
      await answered;
    };
    await say(open, "</stream:features>");
    await say(
      `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>` +
        `${btoa(`\0${user}\0${PASSWORD}`)}</auth>`,
      "<success",
    );
    await say(open, "</stream:features>");
    await say(
      `<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>` +
        `<resource>${resource}</resource></bind></iq>`,
      "</iq>",
    );
    await say("<presence id='online'/>", "online");
    return client;
  }
}

/** A component; what it gets is thrown away, unless somebody wants it. */
export class LoadComponent extends Connection {
  /** Connects to the server at `ip` as `domain`. */
  static async connect(
    ip: string,
    domain: string,
    onStanza?: (stanza: Element, component: LoadComponent) => void,
  ): Promise<LoadComponent> {
    const component = new LoadComponent(await Deno.connect({ hostname: ip, port: 5347 }));
    const parser = await StanzaParser.create();
    const opened = Promise.withResolvers<string>();
    let connected = false;
    component.listen((chunk) => {
      if (connected && onStanza === undefined) return component.look(chunk);
      for (const event of parser.push(chunk)) {
        if (event.type === "open") opened.resolve(event.element.attr("id") ?? "");
        else if (event.type === "stanza" && event.element.name === "handshake") {
          connected = true;
          component.look("handshake");
        } else if (event.type === "stanza") onStanza?.(event.element, component);
      }
    });
    await component.send(
      `<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/` +
        `streams' to='${domain}'>`,
    );
    const shaken = component.until("handshake");
    const digest = createHash("sha1").update(await opened.promise + PASSWORD).digest("hex");
    await component.send(`<handshake>${digest}</handshake>`);
    await shaken;
    return component;
  }
}
