/**
 * Who may see the operator's pages.
 *
 * Programs send the token as `Authorization: Bearer …`. A browser can't, so a person types the
 * token into a form, once, and gets a cookie that holds a pass: the time until which it is good,
 * signed with the token. It does not hold the token, no session is kept, and another token ends it.
 *
 * @module
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { isLoopback } from "../config/formats.ts";

/** The name of the cookie. */
export const COOKIE = "roomkeeper-pass";

/** How long a pass is good, in milliseconds. */
const PASS_MS = 12 * 3_600_000;

/** What becomes of a request. */
export type Admission = "admitted" | "token-needed" | "wrong-token" | "wrong-host";

/** Lets in those who know the token; without one, those who call us by a loopback name. */
export class Gate {
  readonly #token: string | undefined;
  readonly #now: () => number;

  /** Makes a gate that is opened with `token`. */
  constructor(token: string | undefined, now: () => number = Date.now) {
    this.#token = token;
    this.#now = now;
  }

  /** Whether there is a token at all. */
  get locked(): boolean {
    return this.#token !== undefined;
  }

  /** Whether the request may see what an operator sees. */
  admit(request: Request): Admission {
    if (this.#token === undefined) {
      // A web page from elsewhere could have its own name resolve to this machine, and read us.
      return isLoopback(calledName(request)) ? "admitted" : "wrong-host";
    }
    // A token may have spaces within, though not around it.
    const [, bearer] = /^Bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (bearer !== undefined) return this.knows(bearer.trim()) ? "admitted" : "wrong-token";
    return this.#isPass(cookieOf(request)) ? "admitted" : "token-needed";
  }

  /** Whether this is the token; takes as long for a wrong one as for the right one. */
  knows(token: string): boolean {
    return this.#token !== undefined && equal(token, this.#token);
  }

  /** The `Set-Cookie` of somebody who knows the token. */
  pass(request: Request): string {
    const until = String(this.#now() + PASS_MS);
    return cookie(request, `${until}.${this.#sign(until)}`, PASS_MS / 1000);
  }

  /** The `Set-Cookie` that takes the pass away. */
  leave(request: Request): string {
    return cookie(request, "", 0);
  }

  #isPass(value: string | undefined): boolean {
    const [, until, signature] = /^(\d{1,16})\.([\w-]+)$/.exec(value ?? "") ?? [];
    if (until === undefined || signature === undefined) return false;
    return equal(signature, this.#sign(until)) && this.#now() < Number(until);
  }

  #sign(until: string): string {
    return createHmac("sha256", this.#token ?? "").update(`pass until ${until}`).digest(
      "base64url",
    );
  }
}

function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text, "utf8").digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Whether a page from elsewhere made a browser ask this. It could not read the answer, but it could
 * keep us busy, take the places of viewers, or log its visitor in or out. Links to us are fine.
 */
export function isFromElsewhere({ method, headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  // Browsers of before 2023 tell the origin alone, and that not always.
  if (site === null) return origin !== null && URL.parse(origin)?.host !== headers.get("host");
  if (site === "same-origin" || site === "none") return false;
  const follows = headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document";
  return !(follows && method === "GET");
}

/** The name that the client has for us, without port. */
function calledName(request: Request): string {
  const host = request.headers.get("host") ?? "";
  return host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

function cookieOf(request: Request): string | undefined {
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === COOKIE) return value;
  }
  return undefined;
}

function cookie(request: Request, value: string, maxAge: number): string {
  // A proxy that speaks TLS says so. Whoever lies here only restricts his own cookie.
  const secure = request.headers.get("x-forwarded-proto") === "https" ? "; Secure" : "";
  return `${COOKIE}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
}
