/**
 * The users of one component in one room, and the picture of the room that their component has.
 *
 * @module
 */
import type { Element } from "../../../xml/element.ts";
import { serialize } from "../../../xml/serialize.ts";
import { NS } from "../../../xmpp/namespaces.ts";
import { DeadlineError } from "./journal.ts";
import { ComponentStream, type ComponentStreamOptions } from "./component_stream.ts";

/** The namespace of a join. */
const MUC = "http://jabber.org/protocol/muc";
const DISCO_INFO = "http://jabber.org/protocol/disco#info";

/** Whose users they are, and which room they are in. */
export interface CrowdOptions extends ComponentStreamOptions {
  /** The room's bare JID. */
  readonly room: string;
  /** The only user whose presences make the picture. By default all make it, as in a gateway. */
  readonly observer?: string;
}

/** A component that shares one list of occupants among its users, as gateways do. */
export class Crowd implements AsyncDisposable {
  /** The component's domain. */
  readonly domain: string;
  /** The room's bare JID. */
  readonly room: string;
  /** The users whom the room has told that they are in, by full JID, with their nicks. */
  readonly inside = new Map<string, string>();
  /** The room's occupants as its presences tell them: role, affiliation and show by nick. */
  readonly picture = new Map<string, string>();
  /** What came to each user besides presences: `groupchat Hello`, `chat Psst`. */
  readonly messages = new Map<string, string[]>();
  /** Presences of the room that came, to whomever. */
  presences = 0;
  /** How long these were, in characters of XML; not counted for an observer. */
  size = 0;
  /** The user who was last told of another occupant. */
  delegate: string | undefined;
  /** Whether what comes is lost, as in a connection that is about to break. */
  deaf = false;
  /** How often each presence of an occupant came to users whom it is not about. */
  readonly told = new Map<string, number>();
  readonly #stream: ComponentStream;
  readonly #observer: string | undefined;
  readonly #answers = new Map<string, () => void>();

  private constructor(stream: ComponentStream, { domain, room, observer }: CrowdOptions) {
    this.domain = domain;
    this.room = room;
    this.#observer = observer;
    this.#stream = stream;
    stream.listen((stanza) => this.#take(stanza));
  }

  /** Connects the component; nobody is in the room yet. */
  static async connect(options: CrowdOptions): Promise<Crowd> {
    return new Crowd(await ComponentStream.connect(options), options);
  }

  /** The full JID of a user. */
  user(name: string): string {
    return `${name}@${this.domain}/x`;
  }

  /** Asks the room to let a user in. */
  async join(user: string, nick: string): Promise<void> {
    await this.#send(user, `/${nick}`, "presence", "", `<x xmlns='${MUC}'/>`);
  }

  /** Leaves. */
  async leave(user: string): Promise<void> {
    await this.#send(user, `/${this.inside.get(user)}`, "presence", "type='unavailable'");
  }

  /** Asks for another nick. */
  async changeNick(user: string, nick: string): Promise<void> {
    await this.#send(user, `/${nick}`, "presence");
  }

  /** Tells how available a user is. */
  async show(user: string, show: string): Promise<void> {
    await this.#send(user, `/${this.inside.get(user)}`, "presence", "", `<show>${show}</show>`);
  }

  /** Says something to all, or to one nick. */
  async say(user: string, text: string, nick?: string): Promise<void> {
    const [to, type] = nick === undefined ? ["", "groupchat"] : [`/${nick}`, "chat"];
    await this.#send(user, to, "message", `type='${type}'`, `<body>${text}</body>`);
  }

  /** Changes a role or an affiliation, as an admin of the room: `nick='Ann' role='none'`. */
  async set(user: string, item: string): Promise<void> {
    const query = `<query xmlns='${MUC}#admin'><item ${item}/></query>`;
    await this.#send(user, "", "iq", `type='set' id='${crypto.randomUUID()}'`, query);
  }

  /** Ends the room, as its owner. */
  async destroy(user: string): Promise<void> {
    const query = `<query xmlns='${MUC}#owner'><destroy/></query>`;
    await this.#send(user, "", "iq", `type='set' id='${crypto.randomUUID()}'`, query);
  }

  /** Accepts the room's default configuration, where a new room waits for that. */
  async unlock(user: string): Promise<void> {
    const query = `<query xmlns='${MUC}#owner'><x xmlns='jabber:x:data' type='submit'/></query>`;
    await this.#send(user, "", "iq", `type='set' id='${crypto.randomUUID()}'`, query);
  }

  /** Answers with an error, as the server of a user does that it does not know. */
  async refuse(user: string): Promise<void> {
    const error =
      `<error type='cancel'><recipient-unavailable xmlns='${NS.stanzaErrors}'/></error>`;
    await this.#send(user, `/${this.inside.get(user)}`, "presence", "type='error'", error);
  }

  /**
   * Waits until the room has done all that this component asked for, and all it sent has come.
   *
   * @param within Milliseconds until it is given up.
   * @throws {DeadlineError} If the room does not answer, or the answer gets lost.
   */
  async settle(within = 20_000): Promise<void> {
    const id = crypto.randomUUID();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#answers.set(id, resolve);
    const late = setTimeout(() => reject(new DeadlineError(`${this.room} did not answer`)), within);
    const user = this.user("probe");
    await this.#send(user, "", "iq", `type='get' id='${id}'`, `<query xmlns='${DISCO_INFO}'/>`);
    await promise.finally(() => clearTimeout(late));
  }

  /** Breaks the connection without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream[Symbol.asyncDispose]();
  }

  async #send(user: string, to: string, name: string, attrs = "", payload = ""): Promise<void> {
    const xml = `<${name} from='${user}' to='${this.room}${to}' ${attrs}>${payload}</${name}>`;
    await this.#stream.send(xml);
  }

  #take(stanza: Element): void {
    if (this.deaf) return;
    const [user, id] = [stanza.attr("to")!, stanza.attr("id") ?? ""];
    if (stanza.name === "iq") return this.#answers.get(id)?.();
    if (stanza.name === "message") {
      const text = stanza.child("body")?.text;
      if (text === undefined) return;
      const messages = this.messages.get(user) ?? [];
      this.messages.set(user, [...messages, `${stanza.attr("type")} ${text}`]);
      return;
    }
    if (stanza.name !== "presence") return;
    const [type, from] = [stanza.attr("type"), stanza.attr("from")!];
    if (type === "error" || !from.startsWith(this.room)) return;
    this.presences++;
    if (this.#observer === undefined) this.size += serialize(stanza).length;
    const x = stanza.child("x", NS.mucUser);
    const nick = from.slice(this.room.length + 1);
    if (x !== undefined && nick !== "") this.#see(user, nick, type === undefined, stanza, x);
  }

  #see(user: string, nick: string, available: boolean, stanza: Element, x: Element): void {
    const codes = x.elements("status").map((status) => status.attr("code"));
    const item = x.child("item");
    if (this.#observer === undefined || this.#observer === user) {
      const show = stanza.child("show")?.text ?? "";
      const seen = `${item?.attr("role")} ${item?.attr("affiliation")} ${show}`;
      if (available) this.picture.set(nick, seen);
      else this.picture.delete(nick);
    }
    if (codes.includes("110") || x.child("destroy") !== undefined) {
      const renamed = codes.includes("303") ? item?.attr("nick") : undefined;
      if (available || renamed !== undefined) this.inside.set(user, renamed ?? nick);
      else this.inside.delete(user);
      // Nobody is left to tell it of the room, so a gateway has no picture any more.
      if (this.inside.size === 0) this.picture.clear();
    } else {
      this.delegate = user;
      const what = `${nick} ${available} ${codes}`;
      this.told.set(what, (this.told.get(what) ?? 0) + 1);
    }
  }
}
