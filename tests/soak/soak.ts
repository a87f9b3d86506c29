/** One keeper, one home server, and what happens to them. */

import { delay } from "@std/async/delay";
import type { KnownJoin } from "../../actors/messages/events.ts";
import { domainOf } from "../../xmpp/jid.ts";
import { Home } from "../support/home.ts";
import { KeeperProgram } from "../support/keeper_program.ts";
import { type Domain, World } from "../support/world.ts";
import { Random } from "../xml/scanner/random.ts";
import { countBy, type Counts, differences } from "./counts.ts";
import { type Outcome, REPEATED_MS } from "./outcome.ts";
import { GIVE_UP_MS, type Leg, plan, type Trouble } from "./plan.ts";
import { Vitals } from "./vitals.ts";

const DOMAINS = 10;
/** The one that is abandoned at times. */
const ABANDONED = 0;
/** How often somebody does something, and somebody writes, in milliseconds. */
const BUSTLE_MS = 20;
const CHAT_MS = 60;
/** How often the keeper is asked whether it is done, in milliseconds. */
const POLL_MS = 100;
/** How long the keeper may take to find out everything once all is quiet, in milliseconds. */
const PATIENCE_MS = 240_000;

/** How to soak. */
export interface SoakOptions {
  readonly feed: "plugin" | "stock";
  readonly seed: number;
  /** About how long, in milliseconds. */
  readonly ms: number;
  /** How many joins there are. @default {2000} */
  readonly joins?: number;
}

/** Soaks one keeper. */
export class Soak implements AsyncDisposable {
  readonly #options: SoakOptions;
  readonly #chance: () => number;
  readonly #world: World;
  readonly #home: Home;
  readonly #keeper: KeeperProgram;
  readonly #domains: readonly Domain[];
  readonly #faults: string[] = [];
  readonly #counts: Record<Trouble["type"], number> = {
    "cut": 0,
    "close": 0,
    "lose": 0,
    "stall": 0,
    "cut-all": 0,
    "abandon": 0,
    "hang-up": 0,
    "restart": 0,
  };
  #kills = 0;
  #repeatable = 0;
  #comparisons = 0;
  #vitals: Vitals | undefined;

  constructor(options: SoakOptions) {
    const { feed, seed, joins = 2_000 } = options;
    this.#options = options;
    // The order in which users act depends on the machine, so the plan has a chance of its own.
    const [ofPlan, ofUsers] = [new Random(seed), new Random(seed + 1)];
    this.#chance = () => ofPlan.fraction();
    this.#world = new World({ joins, domains: DOMAINS, random: () => ofUsers.fraction() });
    this.#domains = [...this.#world.domains.values()];
    this.#home = new Home(this.#world, {
      feed,
      lossy: 0.04,
      rejoining: 0.7,
      patience: PATIENCE_MS,
    });
    this.#keeper = new KeeperProgram({
      port: this.#home.component.port,
      feed,
      open: true,
      keeper: {
        ping_delay: "300ms",
        ping_timeout: 4,
        give_up: GIVE_UP_MS / 1_000,
        backoff_min: 1,
        backoff_max: 2,
        retry_delay: 0,
        pings_per_second: 200,
        ...feed === "stock" && { silence: 10 },
      },
    });
  }

  /** In one line, what it is like now. */
  get progress(): string {
    const { rss = NaN, handles = NaN } = this.#vitals?.latest ?? {};
    const { restart, "hang-up": hangUps, ...links } = this.#counts;
    const losses = Object.values(links).reduce((sum, count) => sum + count, 0);
    const { mistaken, doubled } = this.#world.faults;
    return [
      `${this.#options.feed}:`,
      `${this.#world.size} joins,`,
      `${losses} losses,`,
      `${restart + 1} keepers,`,
      `${hangUps} hang-ups,`,
      `${this.#world.back} back,`,
      `${this.#world.told} told,`,
      `${this.#faults.length + mistaken.length + doubled.length} faults,`,
      `${rss.toFixed(0)} MB, ${handles} handles`,
    ].join(" ");
  }

  /** Runs to the end, or to the first failure. */
  async run(): Promise<Outcome> {
    const { ms } = this.#options;
    const { first, second } = plan(ms, DOMAINS, this.#chance);
    let metrics: ReadonlyMap<string, number> = new Map();
    this.#start();
    const chat = setInterval(() => {
      const stay = this.#world.anyStay();
      if (stay) this.#home.write(stay);
    }, CHAT_MS);
    try {
      await this.#arrived();
      while (this.#home.join());
      for (const leg of first) await this.#play(leg);
      // The one that has to live long.
      await this.#end("SIGTERM");
      this.#start();
      await this.#arrived();
      for (const leg of second) await this.#play(leg);
      metrics = await this.#keeper.metrics();
      await this.#compareStore();
    } catch (error) {
      this.#faults.push(error instanceof Error ? error.message : String(error));
    } finally {
      clearInterval(chat);
    }
    return this.#outcome(metrics);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#vitals?.[Symbol.dispose]();
    await this.#keeper[Symbol.asyncDispose]();
    this.#home[Symbol.dispose]();
  }

  // --- what happens ---------------------------------------------------------------------------

  async #play({ ms, events }: Leg): Promise<void> {
    const home = this.#home;
    home.quiet = false;
    const bustle = setInterval(() => home.attended && home.bustle(), BUSTLE_MS);
    try {
      const start = performance.now();
      for (const { at, trouble } of events) {
        await delay(Math.max(0, start + at - performance.now()));
        await this.#happen(trouble);
      }
      await delay(Math.max(0, start + ms - performance.now()));
    } finally {
      clearInterval(bustle);
    }
    await this.#compare();
  }

  async #happen(trouble: Trouble): Promise<void> {
    const [home, world] = [this.#home, this.#world];
    const domain = "domain" in trouble ? this.#domains[trouble.domain]! : undefined;
    if (domain?.dead || domain?.reachable === false) return;
    this.#counts[trouble.type]++;
    switch (trouble.type) {
      case "cut":
        world.forget(domain!.name, trouble.forgotten);
        return home.cut(domain!, trouble.away);
      case "close":
        world.forget(domain!.name, trouble.forgotten);
        return home.close(domain!);
      case "lose":
        world.forget(domain!.name, trouble.forgotten);
        return home.lose(domain!);
      case "stall":
        world.forget(domain!.name, trouble.forgotten);
        home.cut(domain!, 0);
        return home.stall(domain!, trouble.mood, trouble.ms);
      case "cut-all":
        for (const each of this.#domains) if (!each.dead) home.cut(each, trouble.away);
        return;
      case "abandon":
        this.#domains[ABANDONED]!.dead = true;
        return home.cut(this.#domains[ABANDONED]!, Infinity);
      case "hang-up":
        return await this.#hangUp(trouble.polite, trouble.away);
      case "restart":
        await this.#end(trouble.signal);
        await delay(trouble.away);
        this.#start();
        return await this.#arrived();
    }
  }

  async #hangUp(polite: boolean, away: number): Promise<void> {
    await this.#calmDown();
    const { component } = this.#home;
    component.open(false);
    // What is on its way to a server that breaks off is lost, and without the plugin for good.
    if (polite || this.#options.feed === "stock") component.hangUp();
    else component.drop();
    await this.#parted();
    await delay(away);
    component.open(true);
    await this.#arrived();
  }

  // --- the keeper -----------------------------------------------------------------------------

  #start(): void {
    this.#keeper.start();
    this.#vitals = new Vitals(this.#keeper.pid, this.#keeper.inspector!);
  }

  /** Waits until the server knows that the connection is over, and has read what came over it. */
  async #parted(): Promise<void> {
    const { component } = this.#home;
    await this.#home.until(() => !component.connected, () => "The keeper did not hang up");
  }

  /** Waits until it is connected, and lets users go on. */
  async #arrived(): Promise<void> {
    const { component } = this.#home;
    await this.#home.until(() => component.connected, () => "The keeper did not connect");
    this.#home.quiet = false;
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await this.#calmDown();
    this.#vitals?.[Symbol.dispose]();
    const killedAt = performance.now();
    if (signal === "SIGTERM") {
      const code = await this.#keeper.stop();
      if (code !== 0) this.#faults.push(`The keeper ended with ${code}`);
    } else {
      this.#kills++;
      await this.#keeper.kill();
    }
    await this.#parted();
    if (signal === "SIGKILL" && this.#options.feed === "stock") {
      this.#repeatable += this.#home.excuse(killedAt - REPEATED_MS);
    }
  }

  /** With the stock feed nobody tells the keeper what it has not heard or written down. */
  async #calmDown(): Promise<void> {
    if (this.#options.feed === "plugin") return;
    this.#home.quiet = true;
    await this.#home.fence();
    await this.#keeperDone(/^roomkeeper_(mailbox_events|store_pending_changes)/);
  }

  // --- comparing ------------------------------------------------------------------------------

  /** Waits until all links are there, and everybody knows what is true; then compares. */
  async #compare(): Promise<void> {
    const [home, world] = [this.#home, this.#world];
    home.quiet = true;
    await home.told("abandoned");
    const abandoned = this.#domains[ABANDONED]!;
    if (abandoned.dead) [abandoned.dead, abandoned.reachable] = [false, true];
    await home.until(
      () => this.#domains.every(({ reachable, mood }) => reachable && mood === "well"),
      () => "The links did not come back",
    );
    // Whoever is misled and writes finds out; so does the plugin, when a closed link is needed.
    const nudge = setInterval(() => {
      const told = new Set<string>();
      for (const stay of world.misled) {
        const domain = domainOf(stay.room);
        if (told.has(domain)) continue;
        told.add(domain);
        home.write(stay);
      }
    }, 500);
    try {
      await home.told("misled");
      await this.#keeperDone(/^roomkeeper_(verifying_domains|mailbox_events|outbox_stanzas)/);
    } finally {
      clearInterval(nudge);
    }
    const truth = countBy(this.#world.stays, ({ room }) => domainOf(room));
    this.#compareCounts("joins", await this.#keeper.domains(), truth);
    this.#comparisons++;
  }

  /** Waits until these metrics of the keeper are 0. */
  async #keeperDone(done: RegExp): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const metrics = await this.#keeper.metrics();
      const left = [...metrics].filter(([name, value]) => done.test(name) && value > 0);
      if (left.length === 0) return;
      if (performance.now() > end) throw new Error(`The keeper is still at ${left.join("; ")}`);
      await delay(POLL_MS);
    }
  }

  async #compareStore(): Promise<void> {
    await this.#end("SIGTERM");
    const stored = (await this.#keeper.stored()).flatMap((link) => link.joins);
    this.#compareCounts("the store", countBy(stored, show), countBy(this.#world.stays, show));
    const files = this.#keeper.files.join(" ");
    if (files !== "joins.sqlite roomkeeper.toml") this.#faults.push(`There are files ${files}`);
  }

  #compareCounts(what: string, known: Counts, truth: Counts): void {
    const wrong = differences(known, truth);
    if (wrong.length === 0) return;
    this.#faults.push(`${wrong.length} differences in ${what}: ${wrong.slice(0, 5).join(", ")}`);
  }

  #outcome(metrics: ReadonlyMap<string, number>): Outcome {
    const { mistaken, doubled } = this.#world.faults;
    const sum = (prefix: string) =>
      [...metrics].reduce((sum, [name, value]) => name.startsWith(prefix) ? sum + value : sum, 0);
    const vitals = this.#vitals!;
    return {
      feed: this.#options.feed,
      faults: [
        ...this.#faults,
        ...this.#keeper.complaints.map((line) => `Logged: ${line}`),
        ...mistaken.map((where) =>
          `False rejoin or notice: ${where} (${this.#keeper.reason(where)})`
        ),
        ...doubled.map((where) => `Doubled notice: ${where} (${this.#keeper.reason(where)})`),
      ],
      joins: this.#world.size,
      back: this.#world.back,
      told: this.#world.told,
      missed: this.#world.misled.length + this.#world.abandoned.length,
      mistaken: mistaken.length,
      doubled: doubled.length,
      repeatable: this.#repeatable,
      counts: this.#counts,
      kills: this.#kills,
      comparisons: this.#comparisons,
      fed: sum("roomkeeper_feed_stanzas_total"),
      pings: sum("roomkeeper_pings_total"),
      life: vitals.age,
      heap: vitals.trend("heap"),
      rss: vitals.trend("rss"),
      handles: vitals.trend("handles"),
    };
  }
}

function show({ user, room, nick }: KnownJoin): string {
  return `${user} ${room} ${nick}`;
}
