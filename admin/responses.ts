/**
 * HTTP responses, each with the headers that keep a browser from doing what it need not do.
 *
 * @module
 */

/** Nothing from elsewhere, no inline code or style, and nobody may frame us. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** A response with a body of this type. */
export function respond(
  body: string | ReadableStream<Uint8Array> | null,
  type: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...HEADERS, "content-type": type, ...headers } });
}

/** A page. */
export function html(document: string, status = 200): Response {
  return respond(document, "text/html; charset=utf-8", status);
}

/** A line of text. */
export function text(
  line: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return respond(`${line}\n`, "text/plain; charset=utf-8", status, headers);
}

/** Sends a browser elsewhere. */
export function seeOther(location: string, cookie?: string): Response {
  return respond(null, "text/plain", 303, { location, ...cookie && { "set-cookie": cookie } });
}
