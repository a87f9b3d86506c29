/** What a server's plugin says of a link. */

import type { LinkNotice } from "../../xmpp/link_notices.ts";

/** Both streams of a link are up or down now. */
export function linkNotices(domain: string, state: "up" | "down", clean = false): LinkNotice[] {
  return (["out", "in"] as const).map((direction) => (
    { type: "link", domain, state, direction, clean }
  ));
}
