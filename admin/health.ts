/**
 * Whether a keeper can do its work right now.
 *
 * @module
 */
import type { StoreHealth } from "../keeper/join_store.ts";
import type { KeeperView } from "./keeper_view.ts";

/**
 * What keeps a keeper from its work, in sentences; none if nothing does.
 *
 * @param store How the store is doing, if there is one.
 */
export function troubles(keeper: KeeperView, store?: StoreHealth): string[] {
  const { state, reason } = keeper.connection;
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
