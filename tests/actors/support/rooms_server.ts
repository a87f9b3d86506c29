import type { IqAnswer } from "../../../xmpp/iq.ts";
import { bareJid } from "../../../xmpp/jid.ts";

export const HOST = "home.example";
export const DOMAIN = "rooms.example";

/** One occupant of a room of the model. */
interface Occupant {
  readonly session: string;
  nick: string;
}

/** How a room behaves. */
export interface RoomTraits {
  /** It answers self-pings itself (XEP-0410 §4) instead of passing them on to a client. */
  readonly optimised: boolean;
  /** It outlives its occupants. */
  readonly persistent: boolean;
}

/** An answer, and what was true when it was made. */
export interface Answer {
  readonly answer: Exclude<IqAnswer, { type: "timeout" }>;
  /** The session that the room passed the ping on to. */
  readonly reflectedTo?: string;
  /** Who was in the room. */
  readonly truth: ReadonlySet<string>;
}

/** A server with rooms: who truly is in them, and what it answers. */
export class RoomsServer {
  readonly #rooms = new Map<string, Map<string, Occupant>>();
  readonly #traits: ReadonlyMap<string, RoomTraits>;
  readonly #flavour: "prosody" | "ejabberd";

  constructor(flavour: "prosody" | "ejabberd", traits: ReadonlyMap<string, RoomTraits>) {
    this.#flavour = flavour;
    this.#traits = traits;
  }

  has(session: string, room: string): boolean {
    return this.#rooms.get(room)?.has(session) ?? false;
  }

  occupants(room: string): string[] {
    return [...this.#rooms.get(room)?.keys() ?? []];
  }

  /** Returns whether the join made the room. */
  join(session: string, room: string, nick: string): boolean {
    const created = !this.#exists(room);
    const occupants = this.#rooms.get(room) ?? new Map<string, Occupant>();
    this.#rooms.set(room, occupants.set(session, { session, nick }));
    return created;
  }

  leave(session: string, room: string): boolean {
    const occupants = this.#rooms.get(room);
    const left = occupants?.delete(session) ?? false;
    if (occupants?.size === 0) this.#rooms.delete(room);
    return left;
  }

  roomsOf(session: string): string[] {
    return [...this.#rooms.keys()].filter((room) => this.has(session, room));
  }

  /** All occupants are forgotten. */
  crash(): void {
    this.#rooms.clear();
  }

  ping(session: string, room: string, nick: string): Answer {
    const truth = new Set(this.occupants(room));
    const occupant = this.#rooms.get(room)?.get(session);
    if (!this.#exists(room)) {
      return { truth, answer: this.#error("item-not-found", "cancel", DOMAIN) };
    }
    if (occupant === undefined) {
      const type = this.#flavour === "prosody" ? "cancel" : "modify";
      return { truth, answer: this.#error("not-acceptable", type, room) };
    }
    if (occupant.nick !== nick) {
      return { truth, answer: this.#error("item-not-found", "cancel", room) };
    }
    if (this.#traits.get(room)!.optimised) return { truth, answer: { type: "result" } };
    const clients = [...truth].filter((other) => bareJid(other) === bareJid(session));
    const client = clients[nick.length % clients.length]!;
    const able = !client.endsWith("/b");
    return {
      truth,
      reflectedTo: client,
      answer: able ? { type: "result" } : { ...error("service-unavailable", "cancel") },
    };
  }

  disco(room: string): Answer {
    const truth = new Set(this.occupants(room));
    if (this.#exists(room)) return { truth, answer: { type: "result" } };
    return { truth, answer: this.#error("item-not-found", "cancel", DOMAIN) };
  }

  #exists(room: string): boolean {
    return this.#traits.get(room)!.persistent || this.#rooms.has(room);
  }

  #error(condition: string, errorType: ErrorType, by: string): Answer["answer"] {
    return this.#flavour === "prosody" ? { ...error(condition, errorType), by } : error(
      condition,
      errorType,
    );
  }
}

type ErrorAnswer = Extract<IqAnswer, { type: "error" }>;
type ErrorType = ErrorAnswer["errorType"];

/** An error as a server would answer. */
export function error(condition: string, errorType: ErrorType): ErrorAnswer {
  return { type: "error", condition: condition as ErrorAnswer["condition"], errorType };
}
