/**
 * Asks rooms now and then, while all is well: a room may lose its users although the link stands, as
 * when it belongs to a component of the remote server that was restarted.
 *
 * @module
 */
import {
  interpretSelfPing,
  type SelfPingAnswer,
  selfPingContext,
  type SelfPingVerdict,
} from "../../xmpp/self_ping.ts";
import type { Evidence } from "../joins/evidence.ts";
import type { Join, Room } from "../joins/join.ts";
import type { FullDomainOptions } from "../messages/options.ts";
import type { DomainPorts } from "../ports/ports.ts";

/** How many joins are gone through at a time for one whose room was not asked yet. */
const PORTION = 500;

/** What a room says of one user. */
interface Finding {
  readonly join: Join;
  readonly state: SelfPingVerdict["state"];
}

/** Goes round the rooms of a domain, and asks each about one user. */
export class Patrol {
  readonly #host: string;
  readonly #evidence: Evidence;
  readonly #every: number;
  readonly #ports: DomainPorts;
  /** The rooms that were asked on this lap. */
  #asked: Set<Room> | undefined;
  #place = 0;
  #next: number;
  /** The question that waits for an answer. */
  #id: string | undefined;
  #about: Join | undefined;

  /** Starts at a random time, so that not all domains are asked at once. */
  constructor(
    host: string,
    evidence: Evidence,
    options: FullDomainOptions,
    ports: DomainPorts,
  ) {
    this.#host = host;
    this.#evidence = evidence;
    this.#every = options.patrol;
    this.#ports = ports;
    this.#next = ports.now() + this.#every * ports.random();
  }

  /** When {@linkcode walk} is to be called, in milliseconds since the epoch. */
  get due(): number | undefined {
    return this.#every > 0 && this.#evidence.joins.size > 0 ? this.#next : undefined;
  }

  /** Asks the next room, if it is time and `quiet`: nothing is verified, and the link is up. */
  walk(quiet: boolean): void {
    const now = this.#ports.now();
    if (this.due === undefined || now < this.#next) return;
    this.#next = now + this.#every / this.#evidence.joins.rooms;
    this.#id = this.#about = undefined;
    const join = quiet ? this.#nextJoin() : undefined;
    if (join === undefined) return;
    this.#ports.reserve(1);
    const { user, nick, room } = join;
    this.#id = this.#ports.id();
    this.#about = join;
    this.#evidence.want({ type: "ping", id: this.#id, user, room: room.jid, nick });
  }

  /** What an answer says, if it answers the question of the patrol and its user is still there. */
  answered(id: string, answer: SelfPingAnswer): Finding | undefined {
    if (id !== this.#id) return undefined;
    const join = this.#about!;
    this.#id = this.#about = undefined;
    if (!this.#evidence.joins.has(join)) return undefined;
    const { state } = interpretSelfPing(
      answer,
      selfPingContext(join.room.jid, new Set([this.#host])),
    );
    return { join, state };
  }

  /** Somebody of a room that was not asked on this lap; nobody where that takes too long to find. */
  #nextJoin(): Join | undefined {
    const { joins } = this.#evidence;
    const asked = this.#asked ??= new Set();
    for (let left = PORTION; left > 0; left--) {
      const join = joins.at(this.#place++);
      if (join === undefined) {
        this.#place = 0;
        asked.clear();
        continue;
      }
      if (asked.has(join.room) || this.#evidence.isRenaming(join)) continue;
      asked.add(join.room);
      return join;
    }
    return undefined;
  }
}
