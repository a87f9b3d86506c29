/**
 * The server plugins of the watched hosts: what they tell, in its order.
 *
 * @module
 */
import type { KnownJoin } from "../actors/events.ts";
import type { Router } from "../actors/router.ts";
import { domainOf } from "../xmpp/jid.ts";
import type { LinkNotice } from "../xmpp/link_notices.ts";
import { HELLO_INTERVAL_MS, HostSync } from "./host_sync.ts";
import type { KeeperObserver } from "./observer.ts";

/** What it takes to get on with plugins. */
export interface PluginPorts {
  /** The time, in milliseconds. */
  now(): number;
  /** Sends a hello to the plugin of a host; false: not now. */
  greet(host: string): boolean;
  /** Who learns what they tell. */
  readonly router: Router;
  /** Who is told how it goes. */
  readonly observer: Required<KeeperObserver>;
}

/** The plugins, and how far each is in step with us. */
export class Plugins {
  readonly #hosts: ReadonlyMap<string, HostSync>;
  readonly #ports: PluginPorts;
  #greeter: ReturnType<typeof setInterval> | undefined;

  /** One for each watched host, none of them greeted. */
  constructor(watch: readonly string[], ports: PluginPorts) {
    this.#hosts = new Map(watch.map((host) => [host, new HostSync(host)]));
    this.#ports = ports;
  }

  /** How far each is. */
  get all(): HostSync[] {
    return [...this.#hosts.values()];
  }

  /** Whether we know all that the plugin of the host knows. */
  isSynced(host: string): boolean {
    return this.#hosts.get(host)?.state === "synced";
  }

  /** From now on, those that do not answer are greeted again and again. */
  start(): void {
    this.#greeter = setInterval(() => this.#greetAgain(), HELLO_INTERVAL_MS);
  }

  /** Greets nobody any more. */
  stop(): void {
    clearInterval(this.#greeter);
  }

  /** The connection is there. */
  connected(): void {
    for (const host of this.#hosts.values()) this.#greet(host);
  }

  /** The connection is lost, and with it what was told half. */
  disconnected(): void {
    for (const host of this.#hosts.values()) host.lost();
  }

  /** Takes notices of a host. They keep their order: what follows a snapshot is applied after it. */
  async take(host: string, notices: readonly LinkNotice[]): Promise<void> {
    const sync = this.#hosts.get(host);
    if (sync === undefined) return;
    const { router } = this.#ports;
    let named: KnownJoin[] = [];
    for (const notice of notices) {
      if (named.length > 0 && notice.type !== "joined") {
        await router.name(host, named);
        named = [];
      }
      if (!this.#isInOrder(sync, notice)) continue;
      if (notice.type === "joined") named.push(notice);
      await this.#apply(sync, notice);
    }
    if (named.length > 0) await router.name(host, named);
  }

  #isInOrder({ host, syncing }: HostSync, notice: LinkNotice): boolean {
    const { observer } = this.#ports;
    if ("user" in notice && domainOf(notice.user) !== host) {
      observer.ignored("forged", host, `tells of ${notice.user}, a user of another host`);
      return false;
    }
    if (notice.type === "keeper-hello" || (notice.type === "joined" && !syncing)) {
      observer.ignored("unexpected", host, `<${notice.type}/> out of turn`);
      return false;
    }
    return true;
  }

  async #apply(sync: HostSync, notice: LinkNotice): Promise<void> {
    const { host } = sync;
    const { router, observer } = this.#ports;
    if (notice.type === "ended") return await router.route(notice);
    if (notice.type === "link" && (!sync.syncing || notice.state === "down")) {
      if (sync.syncing) sync.take(notice, this.#ports.now());
      return await router.route({ ...notice, host });
    }
    const step = sync.take(notice, this.#ports.now());
    if (step.type === "greet") this.#greet(sync);
    else if (step.type === "begin") await router.beginSnapshot(host);
    else if (step.type === "synced") {
      await router.endSnapshot(host, step.links);
      observer.synced(host, step.software, step.joins);
    }
  }

  #greet(sync: HostSync): void {
    if (this.#ports.greet(sync.host)) sync.greeted(this.#ports.now());
  }

  #greetAgain(): void {
    for (const sync of this.#hosts.values()) {
      if (!sync.due(this.#ports.now())) continue;
      if (sync.state === "greeted") this.#ports.observer.unanswered(sync.host);
      this.#greet(sync);
    }
  }
}
