/**
 * Whether a keeper can do its work right now.
 *
 * @module
 */
import type { KeeperView } from "./keeper_view.ts";

/** What keeps a keeper from its work, in sentences; none if nothing does. */
export function troubles(keeper: KeeperView): string[] {
  const { connection: { state, reason }, store } = keeper;
  if (state !== "connected") {
    return [`not connected to the server${reason ? `: ${reason.message}` : ""}`];
  }
  const found = keeper.hosts.filter((host) => host.state !== "synced")
    .map(({ host }) => `the plugin of ${host} has not told its joins yet`);
  if (store?.state === "failing") {
    found.push(`the store can't be written: ${store.error?.message ?? "unknown error"}`);
  }
  return found;
}
