/**
 * A copied stanza as the tap sees it, whichever way it was read: parsed in full, or scanned.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import type { RoomError } from "../actors/messages/events.ts";
import { type IqAnswer, parseIqAnswer } from "../xmpp/iq.ts";
import { NS } from "../xmpp/namespaces.ts";
import { isPing } from "../xmpp/ping.ts";
import { parseStanzaError } from "../xmpp/stanza_error.ts";

/** The kinds of stanzas. */
export type StanzaKind = "presence" | "message" | "iq";

/** What the tap may want to know of a copied stanza. */
export interface CopiedStanza {
  /** Its kind. */
  readonly kind: StanzaKind;
  /** Its sender, as the server stamped it; empty if there is none. */
  readonly from: string;
  /** To whom it goes; empty if there is none. */
  readonly to: string;
  /** Whether its sender is a user's session on the host that copied it. */
  readonly fromSession: boolean;
  /** Whether it goes to a user's session on that host. */
  readonly toSession: boolean;
  /** Its id; empty if there is none. */
  readonly id: string;
  /** Its type; undefined if there is none. */
  readonly type: string | undefined;
  /** The condition of the error, if it is one. */
  readonly condition: string | undefined;
  /** Whether a room made it: it has an `<x/>` of muc#user. */
  readonly fromRoom: boolean;
  /** The nick in the `<item/>` of muc#user. */
  readonly itemNick: string | undefined;
  /** Whether it says that the room is destroyed (XEP-0045 §10.9). */
  readonly isDestroyed: boolean;
  /** Whether it is a ping (XEP-0199). */
  readonly isPing: boolean;
  /** Whether its id begins with this. */
  idStartsWith(prefix: string): boolean;
  /** Whether muc#user has this status. */
  hasStatus(code: number): boolean;
  /** What it answers to an `iq`, if it does. */
  answer(): Exclude<IqAnswer, { type: "timeout" }> | undefined;
  /** What is wrong, if it is an error. */
  error(): RoomError | undefined;
}

/** A copied stanza that was parsed in full. */
export class ParsedCopy implements CopiedStanza {
  readonly #stanza: Element;
  readonly #host: string;
  readonly #x: Element | undefined;

  /** Looks at a stanza that `host` copied. */
  constructor(stanza: Element, host: string) {
    this.#stanza = stanza;
    this.#host = host;
    this.#x = stanza.child("x", NS.mucUser);
  }

  get kind(): StanzaKind {
    return this.#stanza.name as StanzaKind;
  }

  get from(): string {
    return this.#stanza.attr("from") ?? "";
  }

  get to(): string {
    return this.#stanza.attr("to") ?? "";
  }

  get fromSession(): boolean {
    return isSession(this.from, this.#host);
  }

  get toSession(): boolean {
    return isSession(this.to, this.#host);
  }

  get id(): string {
    return this.#stanza.attr("id") ?? "";
  }

  get type(): string | undefined {
    return this.#stanza.attr("type");
  }

  get condition(): string | undefined {
    return parseStanzaError(this.#stanza)?.condition;
  }

  get fromRoom(): boolean {
    return this.#x !== undefined;
  }

  get itemNick(): string | undefined {
    return this.#x?.child("item")?.attr("nick");
  }

  get isDestroyed(): boolean {
    return this.#x?.child("destroy") !== undefined;
  }

  get isPing(): boolean {
    return isPing(this.#stanza);
  }

  idStartsWith(prefix: string): boolean {
    return this.id.startsWith(prefix);
  }

  hasStatus(code: number): boolean {
    // A code is exactly three digits (XEP-0045): "0110" is another one, whatever its number.
    const digits = String(code);
    return this.#x?.elements("status").some((status) => status.attr("code") === digits) ?? false;
  }

  answer(): Exclude<IqAnswer, { type: "timeout" }> | undefined {
    return parseIqAnswer(this.#stanza);
  }

  error(): RoomError | undefined {
    const error = parseStanzaError(this.#stanza);
    if (error === undefined) return undefined;
    const { type: errorType, ...told } = error;
    return { type: "error", errorType, ...told };
  }
}

/** Whether a JID is the full JID of a user of `host`. */
function isSession(jid: string, host: string): boolean {
  const at = jid.indexOf("@") + 1;
  return at > 0 && jid.startsWith(host, at) && jid.indexOf("/") === at + host.length;
}
