import type { Direction, DomainEvent, KnownJoin } from "../../../actors/messages/events.ts";
import { type Answer, DOMAIN, error, HOST, type RoomsServer } from "./rooms_server.ts";
import type { Timeline } from "./timeline.ts";

/** How the servers of one simulation behave. */
export interface HomeTraits {
  /** A plugin reports links and knows the joins; otherwise messages are copied. */
  readonly plugin: boolean;
  /** Clients that are told of a loss join again by themselves. */
  readonly rejoin: boolean;
  /** An error that the home server makes says so. */
  readonly signed: boolean;
}

/** A question of ours on its way. */
export interface Asked {
  readonly id: string;
  readonly user: string;
  readonly room: string;
  /** Absent: disco#info. */
  readonly nick?: string;
}

type Feed = (event: DomainEvent, about?: Answer) => void;
type State = "up" | "down" | "frozen" | "cut";

/**
 * The users' own server with its clients, and the link to the server of the rooms. `feed` is what
 * the server copies to us.
 */
export class HomeServer {
  readonly rooms: RoomsServer;
  /** What the clients believe: session and room -> nick. A client that was told to be out is out. */
  readonly clients = new Map<string, string>();
  /** When the rooms' server was last anything but well. */
  trouble: number;
  /** How the rooms answer rejoins; undefined: they let them in. */
  refusal:
    | { readonly condition: string; readonly errorType: "cancel" | "auth" | "wait" }
    | undefined;
  #flaky = 0;
  readonly #time: Timeline;
  readonly #traits: HomeTraits;
  readonly #random: () => number;
  readonly #feed: Feed;
  readonly #online = new Set<string>();
  /** What the plugin knows; as {@linkcode clients}, but kept by what passes through the server. */
  readonly #table = new Map<string, string>();
  #state: State = "up";
  #open = false;
  /** The rooms' server has lost the link; the home server has not noticed. */
  #stale = false;
  #epoch = 0;
  #frozen: (() => void)[] = [];
  #arrival = { in: 0, out: 0 };
  #asked = 0;

  constructor(
    time: Timeline,
    rooms: RoomsServer,
    traits: HomeTraits,
    random: () => number,
    feed: Feed,
  ) {
    this.#time = time;
    this.rooms = rooms;
    this.#traits = traits;
    this.#random = random;
    this.#feed = feed;
    this.trouble = time.now;
  }

  /** Whether a stanza sent now would be answered. */
  get well(): boolean {
    return this.#state === "up" && this.#flaky === 0;
  }

  /** Every so many-th question is put off by the rooms' server; 0: none. */
  set flaky(every: number) {
    this.trouble = this.#time.now;
    this.#flaky = every;
  }

  /** Whether it is certain that nothing can be sent to the rooms' server. */
  get unreachable(): boolean {
    return this.#state === "down" || this.#state === "cut";
  }

  // --- what clients do ------------------------------------------------------------------------

  join(session: string, room: string, nick: string): void {
    this.#online.add(session);
    const known = this.#table.get(key(session, room));
    if (known !== undefined && known !== nick) {
      this.#feed({ type: "renaming", user: session, room, nick });
    }
    this.#send(() => {
      const renamed = this.rooms.has(session, room);
      this.rooms.join(session, room, nick);
      this.#receive(() => {
        if (!this.#online.has(session)) return;
        if (renamed) this.#copy({ type: "renamed", user: session, room, nick });
        this.clients.set(key(session, room), nick);
        this.#table.set(key(session, room), nick);
        this.#copy({ type: "joined", user: session, room, nick });
      });
    }, session);
  }

  leave(session: string, room: string): void {
    if (!this.clients.has(key(session, room))) return;
    this.#left(session, room);
    this.#send(() => this.#remove(session, room));
  }

  /** The component leaves a room in a user's name. */
  dismiss(session: string, room: string): void {
    this.#send(() => this.#remove(session, room));
  }

  end(session: string): void {
    this.#online.delete(session);
    for (const table of [this.clients, this.#table]) {
      for (const each of [...table.keys()]) {
        if (each.startsWith(`${session} `)) table.delete(each);
      }
    }
    this.#copy({ type: "ended", user: session });
    this.#send(() => {
      for (const room of this.rooms.roomsOf(session)) this.#remove(session, room);
    });
  }

  #remove(session: string, room: string): void {
    if (this.rooms.leave(session, room)) this.#receive(() => this.#left(session, room));
  }

  #left(session: string, room: string): void {
    this.clients.delete(key(session, room));
    this.#table.delete(key(session, room));
    this.#copy({ type: "left", user: session, room });
  }

  /** Somebody says something in a room. */
  speak(room: string): void {
    if (this.#state !== "up") return;
    for (const session of this.rooms.occupants(room)) {
      this.#receive(() => {
        if (!this.#traits.plugin) this.#copy({ type: "seen", user: session, room });
      });
    }
  }

  /** A client sends something that changes nothing. */
  chat(session: string): void {
    this.#send(() => {}, session);
  }

  // --- what happens to the rooms' server and the link ------------------------------------------

  /** Kill -9, or SIGTERM, which lets it restore its occupants. */
  stop(occupants: "lost" | "restored", noticed: boolean): void {
    if (occupants === "lost") this.rooms.crash();
    this.#state = "down";
    this.#frozen = [];
    this.#break(noticed);
  }

  /** The network between the servers fails. Rooms may find out, and remove who can't be reached. */
  cut(removed: (session: string) => boolean): void {
    for (const each of this.clients.keys()) {
      const [session, room] = each.split(" ") as [string, string];
      if (removed(session)) this.rooms.leave(session, room);
    }
    this.#state = "cut";
    this.#break(true);
  }

  freeze(): void {
    if (this.#state === "up") this.#state = "frozen";
  }

  recover(): void {
    this.trouble = this.#time.now;
    this.#state = "up";
    for (const each of this.#frozen.splice(0)) each();
  }

  /** Both servers close the idle link in good order. */
  close(): void {
    if (!this.#open || this.#state !== "up" || this.#stale) return;
    if (Math.max(this.#arrival.in, this.#arrival.out) > this.#time.now) return; // not idle
    this.#open = false;
    this.#epoch++;
    this.#link("down", true);
  }

  #break(noticed: boolean): void {
    this.trouble = this.#time.now;
    this.#epoch++;
    if (!this.#open) return;
    if (noticed) {
      this.#open = false;
      this.#link("down", false);
    } else this.#stale = true;
  }

  // --- what we do -------------------------------------------------------------------------------

  /** One of our questions. */
  ask(question: Asked): void {
    const { id, user, room, nick } = question;
    const answered = (about: Answer) =>
      this.#feed({ type: "answered", id, room, answer: about.answer }, about);
    this.#send(
      () => {
        const about = this.#flaky > 0 && ++this.#asked % this.#flaky === 0
          ? { truth: new Set<string>(), answer: error("resource-constraint", "wait") }
          : nick === undefined
          ? this.rooms.disco(room)
          : this.rooms.ping(user, room, nick);
        this.#receive(() => {
          const { reflectedTo } = about;
          if (reflectedTo === undefined) return answered(about);
          if (!this.#online.has(reflectedTo)) {
            const answer = error("service-unavailable", "cancel");
            return this.#send(() => this.#receive(() => answered({ ...about, answer })));
          }
          if (this.#traits.plugin) {
            this.#copy({ type: "reflected", user: reflectedTo, room, nick: nick! });
          }
          this.#send(() => this.#receive(() => answered(about)));
        });
      },
      undefined,
      (condition) => {
        const by = this.#traits.signed ? { by: HOST } : {};
        answered({ truth: new Set(), answer: { ...error(condition, "cancel"), ...by } });
      },
    );
  }

  /** One of our rejoins: with a plugin, the session itself joins if it still wants to. */
  rejoin(id: string, session: string, room: string, nick: string): void {
    const wants = () => this.#table.has(key(session, room));
    if (this.#traits.plugin) {
      const reason = !this.#online.has(session) ? "ended" : wants() ? undefined : "left";
      if (reason !== undefined) return this.#feed({ type: "not-rejoined", id, reason });
      this.#feed({ type: "rejoining", id });
    }
    const refused = (error: ReturnType<typeof answer>) =>
      this.#feed({ type: "refused", id, user: session, room, error });
    const answer = (condition: string, errorType: "cancel" | "auth" | "wait") =>
      error(condition, errorType);
    this.#send(
      () => {
        const { refusal } = this;
        if (refusal !== undefined) {
          return this.#receive(() => refused(answer(refusal.condition, refusal.errorType)));
        }
        const created = this.rooms.join(session, room, nick);
        this.#receive(() => {
          if (!this.#online.has(session) || (this.#traits.plugin && !wants())) return;
          const made = created && { created: true as const };
          this.#copy({ type: "joined", user: session, room, nick, ...made });
        });
      },
      undefined,
      (condition) => {
        const by = this.#traits.signed ? { by: HOST } : {};
        refused({ ...answer(condition, "cancel"), ...by });
      },
    );
  }

  /** A ping from the component's own address; it takes another link. */
  probe(answered: (reachable: boolean) => void): void {
    const later = (ms: number, reachable: boolean) =>
      this.#time.at(this.#time.now + ms, () => answered(reachable));
    if (this.#state === "up") later(50, true);
    else if (this.#state === "frozen") later(30_000, false);
    else later(100, false);
  }

  /** One of our notices: returns whether the client believed to be in the room. */
  notify(session: string, room: string): boolean {
    const nick = this.clients.get(key(session, room));
    this.clients.delete(key(session, room));
    this.#table.delete(key(session, room));
    if (nick === undefined) return false;
    if (this.#traits.rejoin) {
      const wait = 2_000 * this.#random();
      this.#time.at(this.#time.now + wait, () => {
        if (this.#online.has(session) && !this.clients.has(key(session, room))) {
          this.join(session, room, nick);
        }
      });
    }
    return true;
  }

  /** What the plugin answers to our hello. */
  snapshot(): { readonly joins: readonly KnownJoin[]; readonly up: readonly Direction[] } {
    const joins = [...this.#table].map(([each, nick]) => {
      const [user, room] = each.split(" ") as [string, string];
      return { user, room, nick };
    });
    return { joins, up: this.#open ? ["in", "out"] : [] };
  }

  // --- the link ---------------------------------------------------------------------------------

  #link(state: "up" | "down", clean: boolean): void {
    if (!this.#traits.plugin) return;
    this.#copy({ type: "link", state, direction: "out", clean });
    this.#copy({ type: "link", state, direction: "in", clean });
  }

  #copy(event: DomainEvent): void {
    this.#feed(event);
  }

  /** Sends to the rooms' server; `bounced` hears of the error that the home server makes. */
  #send(run: () => void, session?: string, bounced?: (condition: string) => void): void {
    const bounce = (ms: number, condition: string) =>
      this.#time.at(this.#time.now + ms, () => {
        if (session !== undefined) this.#feed({ type: "unreachable" });
        bounced?.(condition);
      });
    if (this.unreachable) {
      if (this.#stale) {
        this.#stale = this.#open = false;
        this.#link("down", false);
      }
      return void bounce(100 * this.#random(), "remote-server-not-found");
    }
    if (!this.#open && this.#state === "frozen") {
      return void bounce(60_000, "remote-server-timeout");
    }
    if (!this.#open || this.#stale) {
      this.#stale = false;
      this.#open = true;
      this.#link("up", false);
    }
    this.#carry("out", () => {
      if (this.#state === "frozen") this.#frozen.push(run);
      else run();
    });
  }

  /** What the rooms' server sends to us. */
  #receive(run: () => void): void {
    if (this.#state === "frozen") return void this.#frozen.push(() => this.#receive(run));
    if (!this.#open || this.#stale) {
      this.#stale = false;
      this.#open = true;
      this.#link("up", false);
    }
    this.#carry("in", run);
  }

  #carry(direction: "in" | "out", run: () => void): void {
    const epoch = this.#epoch;
    const at = Math.max(this.#arrival[direction], this.#time.now + 5 + 100 * this.#random());
    this.#arrival[direction] = at;
    this.#time.at(at, () => {
      if (epoch === this.#epoch) run();
    });
  }
}

/** Names a stay. */
export function key(session: string, room: string): string {
  return `${session} ${room}`;
}

export { DOMAIN, HOST };
