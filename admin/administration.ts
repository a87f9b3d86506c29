/**
 * The operator's side of one keeper, as the configuration wants it.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { parseListen } from "../config/formats.ts";
import type { Config } from "../config/schema.ts";
import type { Keeper, KeeperOptions } from "../keeper/keeper.ts";
import type { KeeperObserver } from "../keeper/observer.ts";
import { AD_HOC_FEATURES, answerCommand } from "./ad_hoc.ts";
import { History } from "./history.ts";
import { type AdminServer, serveAdmin } from "./http.ts";
import { watchLoopLag } from "./loop_lag.ts";
import { Metrics } from "./metrics.ts";

/** Nobody can listen at the address that the configuration names. */
export class ListenError extends Error {
  /** `ListenError` */
  override readonly name = "ListenError";
}

/** Metrics, the status page and ad-hoc commands; each only if the configuration asks for it. */
export class Administration {
  readonly #config: Config;
  readonly #version: string;
  readonly #history = new History();
  readonly #metrics = new Metrics();
  #keeper: Keeper | undefined;

  /** Prepares it; nothing happens before {@linkcode start}. */
  constructor(config: Config, version: string) {
    this.#config = config;
    this.#version = version;
  }

  /** What the keeper's options need for this. */
  get keeperOptions(): Pick<KeeperOptions, "identity" | "request"> {
    const software = { name: "Roomkeeper", version: this.#version };
    const { jids } = this.#config.admin;
    if (jids.length === 0) return { identity: { software } };
    const admins = new Set(jids);
    const done = (command: string, by: string, what: string) =>
      getLogger(["roomkeeper", "ad-hoc"]).info("{by} used {command}: {what}", {
        by,
        command,
        what,
      });
    return {
      identity: { software, features: AD_HOC_FEATURES },
      request: (iq) => this.#keeper && answerCommand(iq, { admins, keeper: this.#keeper, done }),
    };
  }

  /** Who has to be told what happens. */
  get observers(): readonly KeeperObserver[] {
    return this.#config.http.listen === "" ? [] : [this.#history, this.#metrics];
  }

  /**
   * Starts: takes commands, and listens if there is where.
   *
   * @throws {ListenError} If it can't.
   */
  start(keeper: Keeper): AsyncDisposable {
    this.#keeper = keeper;
    const { http } = this.#config;
    const listen = parseListen(http.listen);
    this.#metrics.watch(keeper, this.#version);
    const stack = new AsyncDisposableStack();
    if (listen === undefined) return stack;
    stack.defer(watchLoopLag((seconds) => this.#metrics.lagged(seconds)));
    const served = listenAt(listen, () =>
      serveAdmin(listen, {
        keeper,
        history: this.#history,
        metrics: this.#metrics,
        version: this.#version,
        ...http.token && { token: http.token.reveal() },
        privacy: http.privacy,
      }));
    const { hostname, port } = stack.use(served).address;
    getLogger(["roomkeeper", "http"]).info("Status page at {url}", {
      url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`,
    });
    return stack;
  }
}

function listenAt(
  { hostname, port }: { readonly hostname: string; readonly port: number },
  serve: () => AdminServer,
): AdminServer {
  try {
    return serve();
  } catch (error) {
    const why = error instanceof Deno.errors.AddrInUse
      ? "another program listens there; choose another port"
      : error instanceof Deno.errors.NotCapable
      ? `Deno was not given the permission: add --allow-net=${hostname}:${port}`
      : error instanceof Error
      ? error.message
      : String(error);
    throw new ListenError(`Cannot listen at ${hostname}:${port} ([http] listen): ${why}`, {
      cause: error,
    });
  }
}
