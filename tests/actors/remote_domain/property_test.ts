/**
 * The heart of the matter in a simulated world: whatever happens to servers, links, clients and
 * ourselves, in any order, users are told what is true, once, in time.
 */
import fc from "fast-check";
import { HOST } from "../support/home_server.ts";
import type { RoomTraits } from "../support/rooms_server.ts";
import { Simulation, type SimulationOptions } from "../support/simulation.ts";

const SESSIONS = ["u0", "u1", "u2"].flatMap((user) =>
  ["a", "b"].map((resource) => `${user}@${HOST}/${resource}`)
);
const ROOMS = ["red", "green", "blue"].map((room) => `${room}@rooms.example`);

const REFUSALS = [
  { condition: "conflict", errorType: "cancel" },
  { condition: "item-not-found", errorType: "cancel" },
  { condition: "registration-required", errorType: "auth" },
  { condition: "resource-constraint", errorType: "wait" },
] as const;

/** A step of the world: what happens, to whom, and how long nothing happens after it. */
interface Step {
  readonly what: (simulation: Simulation) => void;
  readonly name: string;
}

const session = fc.constantFrom(...SESSIONS);
const room = fc.constantFrom(...ROOMS);

function step<T extends unknown[]>(
  name: string,
  args: fc.Arbitrary<T>,
  what: (simulation: Simulation, ...args: T) => void,
): fc.Arbitrary<Step> {
  return args.map((args) => ({
    name: `${name}(${args.join(", ")})`,
    what: (simulation) => what(simulation, ...args),
  }));
}

const nothing = fc.constant<[]>([]);
const nick = (session: string, change: number) =>
  `${session.slice(0, 2)}${change === 0 ? "" : change}`;

const happening: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: step(
      "join",
      fc.tuple(session, room, fc.nat(2)),
      ({ home }, user, room, change) => home.join(user, room, nick(user, change)),
    ),
  },
  step("leave", fc.tuple(session, room), ({ home }, user, room) => home.leave(user, room)),
  step("end", fc.tuple(session), ({ home }, user) => home.end(user)),
  {
    weight: 2,
    arbitrary: step("speak", fc.tuple(room), ({ home }, room) => home.speak(room)),
  },
  step("chat", fc.tuple(session), ({ home }, user) => home.chat(user)),
  {
    weight: 2,
    arbitrary: step(
      "kill",
      fc.tuple(fc.boolean()),
      ({ home }, noticed) => home.stop("lost", noticed),
    ),
  },
  step(
    "terminate",
    fc.tuple(fc.boolean()),
    ({ home }, noticed) => home.stop("restored", noticed),
  ),
  step(
    "cut",
    fc.tuple(fc.subarray(SESSIONS)),
    ({ home }, removed) => home.cut((user) => removed.includes(user)),
  ),
  step("freeze", nothing, ({ home }) => home.freeze()),
  { weight: 6, arbitrary: step("recover", nothing, ({ home }) => home.recover()) },
  { weight: 2, arbitrary: step("close", nothing, ({ home }) => home.close()) },
  step("flaky", fc.tuple(fc.nat(4)), ({ home }, every) => void (home.flaky = every)),
  step("disconnect", nothing, (simulation) => simulation.disconnect()),
  { weight: 2, arbitrary: step("connect", nothing, (simulation) => simulation.connect()) },
  { weight: 2, arbitrary: step("restart", nothing, (simulation) => simulation.restart()) },
  step("defer", fc.tuple(fc.boolean()), (simulation, on) => void (simulation.deferring = on)),
  step("outage", fc.tuple(fc.boolean()), (simulation, on) => void (simulation.outage = on)),
  step("stray", fc.tuple(fc.nat(9)), (simulation, kind) => simulation.stray(kind)),
  step(
    "refuse",
    fc.tuple(fc.nat(REFUSALS.length)),
    ({ home }, which) => void (home.refusal = REFUSALS[which]),
  ),
  step("verify", nothing, (simulation) => simulation.receive({ type: "verify" })),
);

const pause = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 300, max: 30_000 }),
  fc.integer({ min: 30_000, max: 400_000 }),
);

const traits: fc.Arbitrary<RoomTraits> = fc.record({
  optimised: fc.boolean(),
  persistent: fc.boolean(),
});

const options: fc.Arbitrary<SimulationOptions> = fc.record({
  seed: fc.integer(),
  flavour: fc.constantFrom("prosody" as const, "ejabberd" as const),
  componentKnown: fc.boolean(),
  hostProbes: fc.boolean(),
  home: fc.record({ plugin: fc.boolean(), rejoin: fc.boolean(), signed: fc.boolean() }),
  rooms: fc.tuple(traits, traits, traits).map((each) =>
    new Map(ROOMS.map((room, index) => [room, each[index]!]))
  ),
  domain: fc.record({
    recover: fc.constantFrom("rejoin" as const, "notify" as const),
    vanished: fc.constantFrom("notify" as const, "recreate" as const),
    rejoinsPerSecond: fc.constantFrom(0.5, 10),
    settle: fc.constantFrom(0, 3_000),
    pingDelay: fc.constantFrom(0, 2_000, 60_000),
    giveUp: fc.constantFrom(0, 60_000, 600_000),
    pingsPerSecond: fc.constantFrom(1, 3, 15, 50),
    unconfirmed: fc.constantFrom("notify" as const, "keep" as const),
    probe: fc.constantFrom("auto" as const, "user" as const),
  }),
}).map((options) => ({
  ...options,
  // Without a plugin, only silence tells of a loss that nobody ran into.
  domain: { ...options.domain, silence: options.home.plugin ? 0 : 300_000 },
}));

/** More simulations, or others, for those who look for trouble. */
function environment(name: string): number | undefined {
  const value = Deno.env.get(name);
  return value === undefined ? undefined : Number(value);
}

Deno.test("whatever happens, users are told what is true, once, in time", () => {
  fc.assert(
    fc.property(
      options,
      fc.array(fc.tuple(happening, pause), { maxLength: 60, size: "max" }),
      (options, steps) => {
        const simulation = new Simulation(options);
        for (const [{ what }, ms] of steps) {
          simulation.calm();
          what(simulation);
          simulation.time.advance(ms);
        }
        simulation.finish();
      },
    ),
    { numRuns: environment("SIMULATIONS") ?? 2_000, seed: environment("SEED") ?? 20250101 },
  );
});
