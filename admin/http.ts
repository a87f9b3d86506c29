/**
 * The operator's side over HTTP: health, metrics, data, and the status page.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../actors/runtime/mod.ts";
import { RateLimitedLog } from "../keeper/rate_limited_log.ts";
import { ASSETS } from "./assets.ts";
import { takeCensus } from "./census.ts";
import { DOMAIN_PAGE, LOGIN_PAGE, STATUS_PAGE, WRONG_TOKEN_PAGE } from "./documents.ts";
import { Gate, isFromElsewhere } from "./gate.ts";
import { troubles } from "./health.ts";
import type { History } from "./history.ts";
import type { KeeperView } from "./keeper_view.ts";
import { HttpServer } from "./http_server.ts";
import { Live } from "./live.ts";
import type { Metrics } from "./metrics.ts";
import { domainDetail, overview } from "./overview.ts";
import { hashedNames, type Names, plainNames } from "./privacy.ts";
import { html, respond, seeOther, text } from "./responses.ts";
import { domainRows, type RowQuery, type Sort, SORTS } from "./rows.ts";
import type { Sliced } from "./sliced.ts";
import { Views } from "./views.ts";

/** What the operator's side shows, and to whom. */
export interface HttpOptions {
  /** What to show. */
  readonly keeper: KeeperView;
  /** What happened; an observer of the same keeper. */
  readonly history: History;
  /** The figures; an observer of the same keeper. */
  readonly metrics: Metrics;
  /** The version of Roomkeeper. */
  readonly version: string;
  /** What requests must carry; without it only loopback names are answered. */
  readonly token?: string;
  /** Whether to show hashes in place of users. @default {false} */
  readonly privacy?: boolean;
  /** The time, in milliseconds since the epoch. @default {systemClock} */
  readonly now?: () => number;
}

/** The longest body of a request that is read, in bytes. */
const MAX_BODY = 4_096;
/** The longest page of rows, and the one that is shown unless a shorter one is asked for. */
const MAX_ROWS = 500;
/** The longest text to search for. */
const MAX_SEARCH = 200;

/** Answers requests; opens no port by itself. */
export class AdminHttp {
  readonly #options: HttpOptions;
  readonly #gate: Gate;
  readonly #names: Names;
  readonly #now: () => number;
  readonly #live = new Live();
  readonly #views = new Views();
  readonly #log = new RateLimitedLog({
    now: () => performance.now(),
    write: (message, fields) => getLogger(["roomkeeper", "http"]).warn(message, { ...fields }),
  });

  /** Makes it; nothing happens before {@linkcode answer}. */
  constructor(options: HttpOptions) {
    this.#options = options;
    this.#gate = new Gate(options.token);
    this.#names = options.privacy ? hashedNames() : plainNames;
    this.#now = options.now ?? systemClock.now;
  }

  /** Answers one request. */
  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (isFromElsewhere(request)) return text("Only this site's own pages are answered", 403);
    if (request.method === "POST") return await this.#post(request, url);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text("Only GET and HEAD are answered here", 405, { allow: "GET, HEAD" });
    }
    const response = await this.#get(request, url);
    if (request.method === "GET") return response;
    await response.body?.cancel();
    return new Response(null, response);
  }

  /** Logs a request that could not be answered, and says so. */
  failed(error: unknown): Response {
    this.#log.note("failed", "A request could not be answered: {error}", { error });
    return text("This went wrong; the log tells more", 500);
  }

  /** Logs that nobody can connect for now. */
  deaf(error: unknown): void {
    this.#log.note("deaf", "No connection can be taken over HTTP for now: {error}", { error });
  }

  /** Ends the views that keep themselves up to date. */
  end(): void {
    this.#live.end();
    this.#log.flush({ all: true });
  }

  async #get(request: Request, url: URL): Promise<Response> {
    const path = url.pathname;
    if (path === "/healthz") return text("ok");
    if (path === "/readyz") return this.#ready();
    const asset = ASSETS[path];
    if (asset) return this.#asset(request, asset);
    const admission = this.#gate.admit(request);
    if (admission === "wrong-host") {
      return text("Without a token only loopback names such as localhost are answered", 421);
    }
    const isPage = path === "/" || path === "/login" || path.startsWith("/domains/");
    if (admission === "wrong-token") this.#wrongToken();
    if (admission !== "admitted") {
      if (isPage) return html(LOGIN_PAGE, 401);
      return text("A token is needed", 401, { "www-authenticate": `Bearer realm="Roomkeeper"` });
    }
    if (path === "/login") return seeOther("/");
    return await this.#show(url);
  }

  async #show(url: URL): Promise<Response> {
    switch (url.pathname) {
      case "/":
        return html(STATUS_PAGE);
      case "/metrics":
        return await this.#metrics();
      case "/api/domains":
        return await this.#json(this.#status(url.searchParams));
      case "/api/events":
        return this.#follow(url.searchParams);
    }
    const [, kind, name] = /^\/(domains|api\/domains)\/([^/]+)$/.exec(url.pathname) ?? [];
    const domain = name === undefined ? undefined : decode(name);
    if (domain !== undefined && kind === "domains") return html(DOMAIN_PAGE);
    if (domain === undefined) return NOT_FOUND();
    return await this.#json(this.#detail(domain, url.searchParams));
  }

  async #metrics(): Promise<Response> {
    const { keeper, metrics } = this.#options;
    const census = this.#views.make("census", () => takeCensus(keeper));
    if (census === undefined) return BUSY();
    return respond(await metrics.text(await census), metrics.contentType);
  }

  #follow(parameters: URLSearchParams): Response {
    const domain = parameters.get("domain");
    const view = domain === null ? this.#status(parameters) : this.#detail(domain, parameters);
    return this.#live.follow(view.key, () => this.#views.json(view.key, view.make));
  }

  async #json({ key, make }: View): Promise<Response> {
    const json = this.#views.json(key, make);
    if (json === undefined) return BUSY();
    const body = await json;
    return body === "null" ? NOT_FOUND() : respond(body, "application/json");
  }

  #status(parameters: URLSearchParams): View {
    const { keeper, history } = this.#options;
    const query = rowQuery(parameters);
    const [frame, now] = [() => this.#frame(), this.#now];
    return {
      key: JSON.stringify(query),
      *make() {
        return { ...yield* frame(), ...yield* domainRows(keeper, history, query, now()) };
      },
    };
  }

  #detail(domain: string, parameters: URLSearchParams): View {
    const { keeper, history } = this.#options;
    const query = { domain, search: searchOf(parameters) };
    const [frame, now, names] = [() => this.#frame(), this.#now, this.#names];
    return {
      key: JSON.stringify(query),
      *make() {
        const detail = yield* domainDetail(keeper, history, names, query, now());
        return detail === undefined ? null : { ...yield* frame(), ...detail };
      },
    };
  }

  /** What every page shows. */
  *#frame() {
    const { keeper, history, version, privacy = false } = this.#options;
    return {
      overview: yield* overview(keeper, history, version, this.#now()),
      locked: this.#gate.locked,
      privacy,
    };
  }

  #ready(): Response {
    const found = troubles(this.#options.keeper);
    return found.length === 0 ? text("ready") : text(found.join("\n"), 503);
  }

  #asset(request: Request, { type, body, tag }: (typeof ASSETS)[string]): Response {
    const headers = { "cache-control": "no-cache", etag: tag };
    if (request.headers.get("if-none-match") === tag) return respond(null, type, 304, headers);
    return respond(body, type, 200, headers);
  }

  async #post(request: Request, url: URL): Promise<Response> {
    if (url.pathname === "/logout") return seeOther("/", this.#gate.leave(request));
    if (url.pathname !== "/login") {
      return text("Nothing takes this here", 405, { allow: "GET, HEAD" });
    }
    const form = await readForm(request);
    if (form === undefined) return text("That is no form", 413);
    if (this.#gate.knows(form.get("token") ?? "")) return seeOther("/", this.#gate.pass(request));
    this.#wrongToken();
    return html(WRONG_TOKEN_PAGE, 401);
  }

  #wrongToken(): void {
    this.#log.note("token", "Somebody gave a wrong token");
  }
}

/** The operator's side at a port. */
export interface AdminServer extends AsyncDisposable {
  /** Where it listens. */
  readonly address: { readonly hostname: string; readonly port: number };
}

/**
 * Listens.
 *
 * @param listen Where; port 0 is any that is free.
 * @throws {Deno.errors.AddrInUse} If something listens there already.
 */
export function serveAdmin(
  listen: { readonly hostname: string; readonly port: number },
  options: HttpOptions,
): AdminServer {
  const admin = new AdminHttp(options);
  const server = new HttpServer(listen, {
    answer: (request) => admin.answer(request),
    failed: (error) => admin.failed(error),
    deaf: (error) => admin.deaf(error),
  });
  return {
    address: server.address,
    async [Symbol.asyncDispose](): Promise<void> {
      admin.end();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** What can be shown: its name, which tells what exactly, and how it is made. */
interface View {
  readonly key: string;
  readonly make: () => Sliced<unknown>;
}

const BUSY = () => text("Too much is asked for at the moment", 503, { "retry-after": "10" });
const NOT_FOUND = () => text("There is nothing here", 404);

function rowQuery(parameters: URLSearchParams): RowQuery {
  const size = parameters.get("size");
  return {
    search: searchOf(parameters),
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? "trouble" satisfies Sort,
    reverse: parameters.get("reverse") === "1",
    page: whole(parameters.get("page"), 1, Number.MAX_SAFE_INTEGER),
    size: size === null ? MAX_ROWS : whole(size, 50, MAX_ROWS),
  };
}

function searchOf(parameters: URLSearchParams): string {
  return (parameters.get("search") ?? "").slice(0, MAX_SEARCH);
}

function whole(text: string | null, standard: number, most: number): number {
  const value = /^\d{1,9}$/.test(text ?? "") ? Number(text) : standard;
  return Math.min(Math.max(1, value), most);
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** The fields of a form, unless it is something else or far too long. */
async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  let body = "";
  const decoder = new TextDecoder();
  for await (const chunk of request.body ?? []) {
    body += decoder.decode(chunk, { stream: true });
    if (body.length > MAX_BODY) return undefined;
  }
  return new URLSearchParams(body);
}
