/**
 * The XML declaration, the one construct of `<?…?>` form that may begin a stream.
 *
 * @module
 */

import { StreamError } from "./stream_error.ts";

const S = "[ \\t\\r\\n]";
const EQ = `${S}*=${S}*`;
const DECLARATION = new RegExp(
  `^<\\?xml${S}+version${EQ}(["'])1\\.[0-9]+\\1` +
    `(?:${S}+encoding${EQ}(["'])([A-Za-z][A-Za-z0-9._-]*)\\2)?` +
    `(?:${S}+standalone${EQ}(["'])(?:yes|no)\\4)?${S}*\\?>$`,
);

/**
 * Checks the `<?…?>` that a stream begins with.
 *
 * @param text All of it.
 * @throws {StreamError} `restricted-xml` for a processing instruction, `not-well-formed` for a
 * declaration with mistakes, `unsupported-encoding` for another encoding than UTF-8 (RFC 6120
 * §11.6).
 */
export function checkDeclaration(text: string): void {
  const match = DECLARATION.exec(text);
  if (match === null) {
    throw /^<\?xml[ \t\r\n?]/.test(text)
      ? new StreamError("not-well-formed", "a mistake in the XML declaration")
      : new StreamError("restricted-xml", "a processing instruction");
  }
  const encoding = match[3] ?? "UTF-8";
  if (encoding.toUpperCase() !== "UTF-8") {
    throw new StreamError("unsupported-encoding", `the encoding is ${encoding}, not UTF-8`);
  }
}
