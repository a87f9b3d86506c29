/**
 * Counts what a room sends to a gateway with and without the modules for gateways, and writes that to
 * docs/gateways.md: `deno task measure:gateways [FOLDER]`. With the folder of Prosody's
 * mod_muc_gateway_optimize that is measured too; its row stays as it was without it.
 *
 * @module
 */
import type { Crowd } from "../tests/e2e/support/crowd.ts";
import {
  GATEWAYS,
  GatewayStage,
  type GatewayStageOptions,
  WATCHER,
} from "../tests/e2e/support/gateway_stage.ts";
import { RoomLife } from "../tests/e2e/support/room_life.ts";

const FILE = new URL("../docs/gateways.md", import.meta.url);
const STEPS = 1_000;
/** People and users of the gateway; with the room's owner there are 100. */
const SIZES = [69, 30] as const;
const SEED = 21;

interface Figures {
  /** Presences that came while everybody joined. */
  readonly joining: number;
  /** Presences that came in the steps after that. */
  readonly steps: number;
  /** Their length, in characters of XML. */
  readonly size: number;
  /** After how many steps the picture was not the room. */
  readonly wrong: number;
  /** How many of its users are not, at the end, where they were told to be. */
  readonly misled: number;
}

async function measure(options: GatewayStageOptions): Promise<Figures> {
  await using stage = await GatewayStage.start(options);
  const people = await stage.openRoom();
  const gateway = await stage.gateway(GATEWAYS[0]);
  const crowds = [people, gateway];
  const life = new RoomLife({ crowds, sizes: SIZES, owner: WATCHER, seed: SEED });
  await life.fill();
  const [joining, before] = [gateway.presences, gateway.size];
  let wrong = 0;
  for (let step = 0; step < STEPS; step++) {
    await life.step();
    if (!isEqual(gateway, people)) wrong++;
  }
  const nicks = new Set(gateway.inside.values());
  const there = [...people.picture.keys()].filter((nick) => nick.startsWith("gateway"));
  return {
    joining,
    steps: gateway.presences - joining,
    size: gateway.size - before,
    wrong,
    misled: [...nicks].filter((nick) => !people.picture.has(nick)).length +
      there.filter((nick) => !nicks.has(nick)).length,
  };
}

function isEqual(gateway: Crowd, people: Crowd): boolean {
  return gateway.picture.size === people.picture.size &&
    [...people.picture].every(([nick, seen]) => gateway.picture.get(nick) === seen);
}

const OTHER = "mod_muc_gateway_optimize";

function row(
  { rooms, gateways, by = "ours" }: GatewayStageOptions,
  { joining, steps, size, wrong, misled }: Figures,
  plain: Figures,
): string {
  const module = by === "ours" ? "mod_roomkeeper_gateways" : by === "nothing" ? "none" : OTHER;
  const times = by === "nothing" ? "" : ` (÷ ${(plain.steps / steps).toFixed(1)})`;
  const cells = [
    rooms === "prosody" ? "Prosody" : "ejabberd",
    gateways === "remote" ? "over s2s" : "component",
    module,
    `${joining}`,
    `${steps}${times}`,
    `${(size / 1e6).toFixed(2)} MB`,
    `${wrong} of ${STEPS}`,
    `${misled} of ${SIZES[1]}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

async function rows(folder: string | undefined, old: string): Promise<string[]> {
  const lines = [
    "| Rooms | Gateway | Module | Joining | 1,000 steps | Their size | Picture wrong | Users misled |",
    "| --- | --- | --- | --: | --: | --: | --: | --: |",
  ];
  for (const rooms of ["prosody", "ejabberd"] as const) {
    for (const gateways of ["remote", "local"] as const) {
      const plain = await measure({ rooms, gateways, by: "nothing" });
      const options: GatewayStageOptions[] = [{ rooms, gateways, by: "nothing" }, {
        rooms,
        gateways,
      }];
      const hasOther = rooms === "prosody" && gateways === "remote";
      if (hasOther && folder !== undefined) options.push({ rooms, gateways, by: { folder } });
      for (const each of options) {
        const line = row(each, each.by === "nothing" ? plain : await measure(each), plain);
        lines.push(line);
        console.log(line);
      }
      if (hasOther && folder === undefined) {
        lines.push(...old.split("\n").filter((line) => line.includes(OTHER)));
      }
    }
  }
  return lines;
}

if (import.meta.main) {
  const text = Deno.readTextFileSync(FILE);
  const [start, end] = ["<!-- measured -->", "<!-- /measured -->"];
  const [head, old, tail] = [
    text.slice(0, text.indexOf(start) + start.length),
    text.slice(text.indexOf(start), text.indexOf(end)),
    text.slice(text.indexOf(end)),
  ];
  const table = (await rows(Deno.args[0], old)).join("\n");
  Deno.writeTextFileSync(FILE, `${head}\n\n${table}\n\n${tail}`);
}
