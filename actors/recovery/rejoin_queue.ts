/**
 * Whose turn it is to rejoin: rooms take turns, and in each room one user goes first.
 *
 * @module
 */
import { Ring } from "../runtime/ring.ts";
import type { Rejoin } from "./rejoin.ts";

interface RoomQueue {
  readonly urgent: Ring<Rejoin>;
  readonly rest: Ring<Rejoin>;
  /** How many rejoins hold the room. */
  held: number;
  /** Somebody is in, so the others may follow. */
  entered: boolean;
  /** A rejoin has made the room, which nobody wanted. */
  unwanted: boolean;
}

/** The rejoins of one domain that wait for their turn. */
export class RejoinQueue {
  readonly #rooms = new Map<string, RoomQueue>();
  /** Rooms that may have somebody whose turn it is; those with somebody who waited before first. */
  readonly #urgent = new Ring<RoomQueue>();
  readonly #ready = new Ring<RoomQueue>();

  /** Whether it may be somebody's turn. */
  get ready(): boolean {
    return this.#urgent.length > 0 || this.#ready.length > 0;
  }

  /** Adds a rejoin; `urgent`: before all that are not. */
  add(rejoin: Rejoin, urgent: boolean): void {
    const room = this.#room(rejoin);
    rejoin.phase = "queued";
    (urgent ? room.urgent : room.rest).push(rejoin);
    this.#list(room);
  }

  /** Takes out the rejoin whose turn it is. */
  take(): Rejoin | undefined {
    while (this.ready) {
      const room = this.#urgent.length > 0 ? this.#urgent.shift() : this.#ready.shift();
      if (!isOpen(room)) continue;
      const rejoin = next(room.urgent) ?? next(room.rest);
      if (rejoin === undefined) continue;
      this.#list(room);
      return rejoin;
    }
    return undefined;
  }

  /** The others of the room wait, unless somebody is in. */
  hold(rejoin: Rejoin): void {
    if (rejoin.holdsRoom) return;
    rejoin.holdsRoom = true;
    this.#room(rejoin).held++;
  }

  /** The others of the room wait no longer for this one. */
  release(rejoin: Rejoin): void {
    if (!rejoin.holdsRoom) return;
    rejoin.holdsRoom = false;
    const room = this.#room(rejoin);
    room.held--;
    this.#list(room);
  }

  /** Somebody is in the room. */
  enter(jid: string): void {
    const room = this.#rooms.get(jid);
    if (room === undefined) return;
    room.entered = true;
    this.#list(room);
  }

  /** Whether somebody is in the room. */
  isEntered({ join }: Rejoin): boolean {
    return this.#rooms.get(join.room.jid)?.entered ?? false;
  }

  /** A rejoin has made a room that nobody wanted. */
  refuse(rejoin: Rejoin): void {
    const room = this.#room(rejoin);
    room.unwanted = true;
    this.#list(room);
  }

  /** Whether nobody else is to join the room. */
  isUnwanted({ join }: Rejoin): boolean {
    return this.#rooms.get(join.room.jid)?.unwanted ?? false;
  }

  #room({ join }: Rejoin): RoomQueue {
    const { jid } = join.room;
    let room = this.#rooms.get(jid);
    if (room === undefined) {
      room = { urgent: new Ring(), rest: new Ring(), held: 0, entered: false, unwanted: false };
      this.#rooms.set(jid, room);
    }
    return room;
  }

  #list(room: RoomQueue): void {
    if (!isOpen(room)) return;
    if (room.urgent.length > 0) this.#urgent.push(room);
    else if (room.rest.length > 0) this.#ready.push(room);
  }
}

function isOpen({ entered, unwanted, held }: RoomQueue): boolean {
  return entered || unwanted || held === 0;
}

/** The first that still waits: others were called off meanwhile. */
function next(ring: Ring<Rejoin>): Rejoin | undefined {
  while (ring.length > 0) {
    const rejoin = ring.shift();
    if (rejoin.phase === "queued") return rejoin;
  }
  return undefined;
}
