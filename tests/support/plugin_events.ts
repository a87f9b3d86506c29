/** What a server's plugin says of a link. */

import type { PluginEvent } from "../../xmpp/plugin_events.ts";

/** Both streams of a link are up or down now. */
export function pluginEvents(domain: string, state: "up" | "down", clean = false): PluginEvent[] {
  return (["out", "in"] as const).map((direction) => (
    { type: "link", domain, state, direction, clean }
  ));
}
