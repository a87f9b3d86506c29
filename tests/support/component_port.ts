/** The port of a server at which one component connects (XEP-0114). */

import { handshake } from "../../component/handshake.ts";
import { XmppSocket } from "../../demo/xmpp_socket.ts";
import { type Element, xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { HOME } from "./world.ts";

export const COMPONENT = { domain: `keeper.${HOME}`, secret: "only for this test" };

/** Takes one connection after the other. */
export class ComponentPort implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #received: (stanza: Element) => void;
  readonly #changed: () => void;
  #component: XmppSocket | undefined;
  #refuses = false;

  /** @param changed Told when the component comes and goes. */
  constructor(received: (stanza: Element) => void, changed: () => void = () => {}) {
    this.#received = received;
    this.#changed = changed;
    this.#accept();
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Whether the component is there. */
  get connected(): boolean {
    return this.#component !== undefined;
  }

  /** Sends a stanza to the component; without one it is lost. */
  send(stanza: Element): void {
    this.#component?.send(stanza);
  }

  /** Says goodbye to the component, which ends the connection; what it has sent is still read. */
  hangUp(): void {
    this.#component?.end();
  }

  /** Ends the connection without a word. */
  drop(): void {
    this.#component?.close();
  }

  /** From now on, connections are taken or not. */
  open(open: boolean): void {
    this.#refuses = !open;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.#component?.close();
  }

  async #accept(): Promise<void> {
    for await (const conn of this.#listener) {
      if (this.#refuses) conn.close();
      else this.#serve(new XmppSocket(conn));
    }
  }

  async #serve(socket: XmppSocket): Promise<void> {
    const id = crypto.randomUUID();
    for await (const event of socket.events()) {
      if (event.type === "open") socket.open(`from='${COMPONENT.domain}' id='${id}'`);
      else if (event.type === "close") break;
      else if (event.element.name !== "handshake") this.#received(event.element);
      else if (handshake(id, COMPONENT.secret) === `<handshake>${event.element.text}</handshake>`) {
        socket.send(xml("handshake", NS.component));
        this.#be(socket);
      } else break;
    }
    if (this.#component === socket) this.#be(undefined);
    socket.close();
  }

  #be(component: XmppSocket | undefined): void {
    this.#component = component;
    this.#changed();
  }
}
