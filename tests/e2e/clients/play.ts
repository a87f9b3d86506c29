/**
 * A program for the sandbox: starts servers and clients, lets the room lose them, and writes what
 * became of them to standard output, as JSON.
 *
 * @module
 */
import {
  type KeptObservation,
  type LeaverObservation,
  observeKept,
  observeLeavers,
} from "./leavers.ts";
import { CLIENTS } from "./mod.ts";
import { type Clients, enter, type Observation, observe } from "./observe.ts";
import { converseFolder } from "./converse_package.ts";
import { runInSandbox } from "./sandbox.ts";
import { type Cell, type Loss, Setting } from "./setting.ts";

/** What to play. */
export interface Plan {
  /** The names of the clients. */
  readonly clients: readonly string[];
  /** Which home server, and what is installed on it. */
  readonly cell: Cell;
  /** How they get lost; `leavers`: silently, while somebody else leaves. */
  readonly loss: Loss | "leavers";
  /** Milliseconds after which a client that is still out stays out. */
  readonly patience: number;
  /** Options of Roomkeeper's `[keeper]`. @default {{}} */
  readonly keeper?: Readonly<Record<string, string>>;
  /** The client that a picture is taken of, at the end. */
  readonly picture?: string;
}

/** What came of it. */
export interface Played {
  /** What became of the clients; empty for leavers. */
  readonly observations: readonly Observation[];
  /** For leavers, where the test brings the clients back. */
  readonly leavers: readonly LeaverObservation[];
  /** For leavers, where Roomkeeper does. */
  readonly kept: readonly KeptObservation[];
  /** The picture, as PNG in base64. */
  readonly picture?: string;
}

/**
 * Plays in a sandbox of its own.
 *
 * @throws {Error} If servers or clients could not be started.
 */
export async function play(plan: Plan): Promise<Played> {
  // There is no network inside to fetch it from.
  if (plan.clients.includes("converse")) await converseFolder();
  const { code, output } = await runInSandbox(new URL(import.meta.url), [JSON.stringify(plan)]);
  if (code !== 0) throw new Error(`${JSON.stringify(plan)} failed, see above`);
  return JSON.parse(output);
}

async function playHere(plan: Plan): Promise<Played> {
  const { clients: names, cell, keeper, picture } = plan;
  await using setting = await Setting.start(cell, names, keeper);
  await using parts = new AsyncDisposableStack();
  const kinds = CLIENTS.filter(({ name }) => names.includes(name));
  const clients = await enter(setting, kinds, parts);
  const played = await observeAll(setting, clients, plan);
  const png = picture === undefined ? undefined : await clients.get(picture)?.picture?.();
  return { ...played, ...png && { picture: png.toBase64() } };
}

async function observeAll(
  setting: Setting,
  clients: Clients,
  { cell, loss, patience }: Plan,
): Promise<Played> {
  const nothing = { observations: [], leavers: [], kept: [] };
  if (loss !== "leavers") {
    return { ...nothing, observations: await observe(setting, clients, loss, patience) };
  }
  return cell.remedy === "roomkeeper"
    ? { ...nothing, kept: await observeKept(setting, clients, patience) }
    : { ...nothing, leavers: await observeLeavers(setting, clients) };
}

if (import.meta.main) {
  console.log(JSON.stringify(await playHere(JSON.parse(Deno.args[0]!))));
  Deno.exit();
}
