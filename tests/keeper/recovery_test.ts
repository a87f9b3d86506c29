/** A keeper and its server's plugin bring users back: small servers, real sockets. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { configureSync, getLogger, type LogRecord, resetSync } from "@logtape/logtape";
import { Keeper, type KeeperOptions, tcpTransport } from "../../mod.ts";
import type { Report } from "../../actors/messages/effects.ts";
import { logObserver } from "../../keeper/log_observer.ts";
import type { KeeperObserver } from "../../keeper/observer.ts";
import { COMPONENT } from "../support/component_port.ts";
import { Home, type HomeOptions } from "../support/home.ts";
import { type Domain, HOME, World, type WorldOptions } from "../support/world.ts";

/** As ever, only sooner. */
const SOON: Partial<KeeperOptions> = {
  pingDelay: 50,
  settle: 50,
  backoffMin: 1,
  pingTimeout: 2_000,
};

/** With so many joins there is one room, which is never empty: people from elsewhere are in it. */
const ONE_ROOM = 49;

/** A world, a home server in it, and a keeper, as far as it was watched. */
class Stage implements AsyncDisposable {
  readonly world: World;
  readonly home: Home;
  readonly keeper: Keeper;
  readonly reports: Report[] = [];
  /** Plugins that are said to be out of date. */
  readonly outdated: string[] = [];
  /** What notices said. */
  readonly reasons: (string | undefined)[] = [];
  #changed = Promise.withResolvers<void>();

  private constructor(
    { world = {}, home = {}, keeper = {}, observer = {} }: StageOptions,
  ) {
    this.world = new World({ joins: ONE_ROOM, domains: 1, ...world });
    this.home = new Home(this.world, { patience: 30_000, ...home });
    this.keeper = new Keeper({
      ...SOON,
      transport: tcpTransport({ port: this.home.component.port }),
      domain: COMPONENT.domain,
      secret: COMPONENT.secret,
      watch: [HOME],
      backoff: { minMs: 1, maxMs: 1 },
      ...keeper,
      observers: [observer, {
        connected: () => this.#change(),
        synced: () => this.#change(),
        outdated: (host) => void this.outdated.push(host),
        reported: (_link, report) => {
          this.reports.push(report);
          this.#change();
        },
        notified: (_link, { because }) => void this.reasons.push(because),
      }],
    });
  }

  /** Everybody is in some room, and the keeper knows. */
  static async begin(options: StageOptions = {}): Promise<Stage> {
    const stage = new Stage(options);
    await stage.keeper.start();
    await stage.until(() =>
      stage.keeper.connection.state === "connected" &&
      stage.keeper.hosts.every(({ state }) => state === "synced")
    );
    while (stage.home.join());
    await stage.home.fence();
    return stage;
  }

  /** The only domain. */
  get domain(): Domain {
    return [...this.world.domains.values()][0]!;
  }

  reported(type: Report["type"]): number {
    return this.reports.filter((report) => report.type === type).length;
  }

  /** The link is lost for a moment, and the rooms forget so many of their occupants. */
  lose(part: number): void {
    this.world.forget(this.domain.name, part);
    this.home.cut(this.domain, 1);
  }

  /** Resolves when everything is decided that was in doubt. */
  async decided(): Promise<void> {
    await this.until(() => this.reported("settled") > 0);
    await this.home.fence();
  }

  /** Resolves when something is so, which only changes with a report. */
  async until(so: () => boolean): Promise<void> {
    while (!so()) await this.#changed.promise;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.keeper.stop();
    this.home[Symbol.dispose]();
  }
}

interface StageOptions {
  readonly world?: Partial<WorldOptions>;
  readonly home?: HomeOptions;
  readonly keeper?: Partial<KeeperOptions>;
  readonly observer?: KeeperObserver;
}

const NO_FAULT = { mistaken: [], doubled: [] };

Deno.test("whoever is out is back, by the plugin, with no notice; whoever is in is left alone", async () => {
  await using stage = await Stage.begin();
  const { world, home } = stage;
  const { size } = world;
  stage.lose(0.5);
  const out = world.misled.map(({ user, room }) => ({ by: "plugin", user, room }) as const);
  assert(out.length > 0 && out.length < size);
  await stage.decided();
  assertEquals([world.misled, world.back, world.told], [[], out.length, 0]);
  assertEquals(new Set(home.joinsAgain), new Set(out));
  assertEquals(home.joinsAgain.length, out.length, "each once");
  assertEquals(world.faults, NO_FAULT);
  const rejoined = stage.reports.filter((report) => report.type === "rejoined");
  assertEquals(rejoined.length, out.length);
  assert(rejoined.every(({ after }) => after > 0 && after < 30_000));
  assert(stage.keeper.router.isJoined(out[0]!.user, out[0]!.room), "and is kept from now on");
});

Deno.test("the home host itself finds out that the rooms are back; no user's stanza goes before", async () => {
  await using stage = await Stage.begin();
  stage.world.forget(stage.domain.name, 1);
  stage.home.cut(stage.domain, Infinity);
  await stage.until(() => stage.reported("unreached") > 0);
  assertEquals([stage.reported("asked"), stage.home.joinsAgain], [0, []]);
  const probes = stage.reports.flatMap((report) => report.type === "probing" ? [report.by] : []);
  assertEquals(new Set(probes), new Set(["host"]));
  stage.domain.reachable = true;
  await stage.decided();
  assertEquals([stage.world.misled, stage.world.told], [[], 0]);
});

Deno.test("a room that refuses: its users are told once, with the reason; others are brought back", async () => {
  await using stage = await Stage.begin({ world: { joins: 100 } });
  const { world } = stage;
  stage.lose(0.5);
  const { room } = world.misled[0]!;
  world.refusals.set(room, { type: "auth", condition: "forbidden" });
  const refused = world.misled.filter((stay) => stay.room === room).length;
  const others = world.misled.length - refused;
  await stage.decided();
  await stage.home.told("misled");
  assertEquals([world.told, world.back], [refused, others]);
  assertEquals(stage.reasons, Array.from({ length: refused }, () => "forbidden"));
  assertEquals(world.faults, NO_FAULT);
});

Deno.test("a user who has left or logged out unseen gets nothing", async () => {
  await using stage = await Stage.begin();
  const { world, home } = stage;
  stage.lose(1);
  // The plugin knows it, but could not tell.
  const user = world.end()!;
  await stage.decided();
  assert(!home.joinsAgain.some((join) => join.user === user));
  assertEquals([world.misled, world.told], [[], 0]);
  assert(
    stage.keeper.router.domains.every(({ joins }) => [...joins].every((j) => j.user !== user)),
  );
  assertEquals(world.faults, NO_FAULT);
});

Deno.test("with a plugin that is out of date users are back by a plain join, and the log says to update", async () => {
  const records: LogRecord[] = [];
  configureSync({
    sinks: { all: (record) => void records.push(record) },
    loggers: [
      { category: "test", sinks: ["all"], lowestLevel: "warning" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    const observer = logObserver(getLogger(["test"]));
    await using stage = await Stage.begin({ home: { version: 1 }, observer });
    assertEquals(stage.outdated, [HOME]);
    const [warning] = records;
    assertEquals(warning?.properties["event"], "outdated");
    assertStringIncludes(String(warning?.rawMessage), "install the plugin that came with");
    stage.lose(1);
    const out = stage.world.misled.length;
    await stage.decided();
    assertEquals([stage.world.misled, stage.world.back, stage.world.told], [[], out, 0]);
    assert(stage.home.joinsAgain.every(({ by }) => by === "component"));
    assertEquals(stage.world.faults, NO_FAULT);
  } finally {
    resetSync();
  }
});

Deno.test("with a stock feed users are back by a plain join", async () => {
  await using stage = await Stage.begin({ home: { feed: "stock" }, keeper: { feed: "stock" } });
  stage.lose(1);
  const out = stage.world.misled.length;
  await stage.decided();
  assertEquals([stage.world.misled, stage.world.back, stage.world.told], [[], out, 0]);
  assert(stage.home.joinsAgain.every(({ by }) => by === "component"));
  assertEquals(stage.world.faults, NO_FAULT);
});

Deno.test("while paused nobody is brought back; afterwards everybody is", async () => {
  await using stage = await Stage.begin();
  const { world, home, keeper } = stage;
  keeper.pause();
  stage.lose(1);
  const out = world.misled.length;
  await stage.until(() => stage.reported("rejoining") > 0);
  await home.fence();
  assertEquals([home.joinsAgain, world.told, keeper.paused], [[], 0, true]);
  keeper.resume();
  await stage.decided();
  assertEquals([world.misled, world.back, world.told], [[], out, 0]);
  assertEquals(world.faults, NO_FAULT);
});

for (const when of ["before", "after"] as const) {
  Deno.test(`the connection to the server is lost ${when} the room's answer: everybody is in, once`, async () => {
    await using stage = await Stage.begin();
    const { world, home } = stage;
    home.joiningAgain = () => {
      home.joiningAgain = () => {};
      if (when === "before") home.component.drop();
      else home.later(30, () => home.component.drop());
    };
    stage.lose(1);
    const out = world.misled.length;
    await stage.until(() =>
      stage.reports.some((report) => report.type === "loss" && report.cause === "restart")
    );
    await home.told("misled");
    await stage.decided();
    assertEquals([world.back, world.told], [out, 0]);
    assertEquals(world.faults, NO_FAULT);
  });
}

Deno.test("recover = notify: users are told, and nobody is joined again", async () => {
  await using stage = await Stage.begin({ keeper: { recover: "notify" } });
  const { world, home } = stage;
  stage.lose(1);
  const out = world.misled.length;
  await home.told("misled");
  assertEquals([world.told, world.back, home.joinsAgain], [out, 0, []]);
  assertEquals(world.faults, NO_FAULT);
});
