/**
 * XMPP URIs (RFC 5122), as far as rooms name each other with them.
 *
 * @module
 */
import { InvalidJidError, Jid } from "./jid.ts";

/**
 * The room that a URI names: of `gone` and `redirect` (RFC 6120 §8.3.3.5), which may say where a
 * room has moved to.
 *
 * @param uri The URI, such as `xmpp:garden@rooms.example?join`.
 * @returns The room's bare JID, or `undefined` if the URI names none.
 *
 * @example
 * ```ts
 * import { roomOfUri } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(roomOfUri("xmpp:garden@rooms.example?join"), "garden@rooms.example");
 * assertEquals(roomOfUri("https://rooms.example"), undefined);
 * ```
 */
export function roomOfUri(uri: string): string | undefined {
  const path = /^xmpp:([^/?#]+)(?:[/?#].*)?$/is.exec(uri)?.[1];
  if (path === undefined) return undefined;
  try {
    const { local, bare } = Jid.parse(decodeURIComponent(path));
    return local === undefined ? undefined : bare;
  } catch (error) {
    if (error instanceof InvalidJidError || error instanceof URIError) return undefined;
    throw error;
  }
}
