/**
 * The operator's side over HTTP: health, metrics, data, and the status page.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../actors/runtime/mod.ts";
import { ASSETS } from "./assets.ts";
import { DOMAIN_PAGE, LOGIN_PAGE, STATUS_PAGE, WRONG_TOKEN_PAGE } from "./documents.ts";
import { Gate } from "./gate.ts";
import { troubles } from "./health.ts";
import type { History } from "./history.ts";
import type { KeeperView } from "./keeper_view.ts";
import { Live } from "./live.ts";
import type { Metrics } from "./metrics.ts";
import { domainDetail, overview } from "./overview.ts";
import { hashedNames, type Names, plainNames } from "./privacy.ts";
import { html, json, respond, seeOther, text } from "./responses.ts";
import { domainRows, type RowQuery, type Sort, SORTS } from "./rows.ts";

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
/** The longest page of rows. */
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
    if (request.method === "POST") return await this.#post(request, url);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text("Only GET and HEAD are answered here", 405, { allow: "GET, HEAD" });
    }
    const response = await this.#get(request, url);
    if (request.method === "GET") return response;
    await response.body?.cancel();
    return new Response(null, response);
  }

  /** Ends the views that keep themselves up to date. */
  end(): void {
    this.#live.end();
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
    if (admission === "token-needed") {
      if (isPage) return html(LOGIN_PAGE, 401);
      return text("A token is needed", 401, { "www-authenticate": `Bearer realm="Roomkeeper"` });
    }
    if (path === "/login") return seeOther("/");
    return await this.#show(url);
  }

  async #show(url: URL): Promise<Response> {
    const { metrics } = this.#options;
    switch (url.pathname) {
      case "/":
        return html(STATUS_PAGE);
      case "/metrics":
        return respond(await metrics.text(), metrics.contentType);
      case "/api/domains":
        return json(this.#status(rowQuery(url.searchParams)));
      case "/api/events":
        return this.#follow(url.searchParams);
    }
    const [, kind, name] = /^\/(domains|api\/domains)\/([^/]+)$/.exec(url.pathname) ?? [];
    const domain = name === undefined ? undefined : decode(name);
    if (domain !== undefined && kind === "domains") return html(DOMAIN_PAGE);
    const detail = domain && this.#detail(domain, url.searchParams);
    return detail ? json(detail) : text("There is nothing here", 404);
  }

  #follow(parameters: URLSearchParams): Response {
    const domain = parameters.get("domain");
    if (domain !== null) return this.#live.follow(() => this.#detail(domain, parameters) ?? null);
    const query = rowQuery(parameters);
    return this.#live.follow(() => this.#status(query));
  }

  #status(query: RowQuery): unknown {
    const { keeper, history } = this.#options;
    return { ...this.#frame(), ...domainRows(keeper, history, query, this.#now()) };
  }

  #detail(domain: string, parameters: URLSearchParams): unknown {
    const { keeper, history } = this.#options;
    const query = { domain, search: searchOf(parameters) };
    const detail = domainDetail(keeper, history, this.#names, query, this.#now());
    return detail && { ...this.#frame(), ...detail };
  }

  /** What every page shows. */
  #frame() {
    const { keeper, history, version, privacy = false } = this.#options;
    return {
      overview: overview(keeper, history, version, this.#now()),
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
    getLogger(["roomkeeper", "http"]).warn("Somebody gave a wrong token on the login page");
    return html(WRONG_TOKEN_PAGE, 401);
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
  const server = Deno.serve({
    ...listen,
    onListen: () => {},
    onError: (error) => {
      getLogger(["roomkeeper", "http"]).error("A request could not be answered: {error}", {
        error,
      });
      return text("This went wrong; the log tells more", 500);
    },
  }, (request) => admin.answer(request));
  return {
    address: { hostname: server.addr.hostname, port: server.addr.port },
    async [Symbol.asyncDispose](): Promise<void> {
      admin.end();
      await server.shutdown();
    },
  };
}

function rowQuery(parameters: URLSearchParams): RowQuery {
  const size = parameters.get("size");
  return {
    search: searchOf(parameters),
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? "trouble" satisfies Sort,
    reverse: parameters.get("reverse") === "1",
    page: whole(parameters.get("page"), 1, Number.MAX_SAFE_INTEGER),
    size: size === null ? undefined : whole(size, 50, MAX_ROWS),
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
