/**
 * `roomkeeper run`: the keeper as a service.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { LogEntry } from "../actors/runtime/mod.ts";
import { Administration } from "../admin/administration.ts";
import { loadConfig } from "../config/files.ts";
import type { Config } from "../config/schema.ts";
import { Keeper } from "../keeper/keeper.ts";
import { logObserver } from "../keeper/log_observer.ts";
import { openStore, type SqliteStore } from "../store/mod.ts";
import type { Given } from "./commands.ts";
import { keeperOptions } from "./keeper_options.ts";
import { setUpLogging } from "./logging.ts";
import { VERSION } from "./version.ts";

/** Keeps the users in their rooms until SIGTERM or SIGINT. */
export async function run(given: Given<"run">): Promise<number> {
  const { config, warnings } = loadConfig(given.config);
  setUpLogging({ ...config.log, secrets: [config.server.secret, config.http.token] });
  const logger = getLogger(["roomkeeper"]);
  for (const warning of warnings) logger.warn(warning);
  const store = await storeAt(config);
  const administration = new Administration(config, VERSION);
  const keeper = new Keeper({
    ...keeperOptions(config),
    ...administration.keeperOptions,
    ...(store && { store }),
    observers: [logObserver(), ...administration.observers],
    system: { log: logActors },
  });
  const stopping = stopSignal();
  logger.info("Roomkeeper {version} starts as {domain}", {
    event: "start",
    version: VERSION,
    domain: config.server.domain,
    watch: config.server.watch,
  });
  await using _ = administration.start(keeper);
  await keeper.start();
  const signal = await stopping;
  logger.info("{signal}: stopping in order", { event: "stop", signal });
  const { unsent } = await keeper.stop();
  if (unsent > 0) {
    logger.warn("{unsent} stanzas could not be sent; the joins are verified at the next start", {
      unsent,
    });
  }
  logger.info("Stopped", { event: "stopped" });
  return 0;
}

/**
 * How long a change may wait to be written with a stock feed, in milliseconds. What kill -9 takes
 * with it is told anew by the plugin, but by nobody there.
 */
const STOCK_TICK_MS = 20;

/** The store of the configuration; none if the joins are to be kept in memory only. */
async function storeAt({ server, store }: Config): Promise<SqliteStore | undefined> {
  if (store.path === "" || store.path === ":memory:") return undefined;
  return await openStore(store.path, server.feed === "stock" ? { tick: STOCK_TICK_MS } : {});
}

/** Resolves at the first signal to stop. A second one ends the process at once, as usual. */
function stopSignal(): Promise<Deno.Signal> {
  return new Promise((resolve) => {
    const listeners = (["SIGTERM", "SIGINT"] as const).map((signal) => {
      const listener = () => {
        for (const [each, other] of listeners) Deno.removeSignalListener(each, other);
        resolve(signal);
      };
      Deno.addSignalListener(signal, listener);
      return [signal, listener] as const;
    });
  });
}

/** Logs what the actor system tells: failures of actors. */
function logActors(entry: LogEntry): void {
  const { level, text, ...fields } = entry;
  getLogger(["roomkeeper", "actors"])[level](`${text.replaceAll("{", "{{")}`, fields);
}
