/**
 * The server plugins of the watched hosts: what they tell, in its order.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";
import type { KnownJoin } from "../actors/messages/events.ts";
import type { Router } from "../actors/remote_domain/router.ts";
import { domainOf } from "../xmpp/jid.ts";
import { isPluginAnswer, isPluginEvent } from "../xmpp/plugin_message.ts";
import type {
  PluginAnswer,
  PluginEvent,
  PluginPayload,
  PluginRequest,
} from "../xmpp/plugin_events.ts";
import { PluginRequests } from "./plugin_requests.ts";
import { HELLO_INTERVAL_MS, PluginSync } from "./plugin_sync.ts";
import type { KeeperObserver } from "./observer.ts";

/** What it takes to get on with plugins. */
export interface PluginPorts {
  /** The time, in milliseconds. */
  now(): number;
  /** Sends a hello to the plugin of a host; false: not now. */
  greet(host: string): boolean;
  /** Sends a plugin something else; false: not now. */
  send(host: string, request: PluginRequest): boolean;
  /** Who learns what they tell. */
  readonly router: Router;
  /** Who is told how it goes. */
  readonly observer: Required<KeeperObserver>;
}

/** The plugins, and how far each is in step with us. */
export class Plugins {
  readonly #hosts: ReadonlyMap<string, PluginSync>;
  readonly #ports: PluginPorts;
  readonly #requests = new PluginRequests();
  #greeter: ReturnType<typeof setInterval> | undefined;

  /** One for each watched host, none of them greeted. */
  constructor(watch: readonly string[], ports: PluginPorts) {
    this.#hosts = new Map(watch.map((host) => [host, new PluginSync(host)]));
    this.#ports = ports;
  }

  /** How far each is. */
  get all(): PluginSync[] {
    return [...this.#hosts.values()];
  }

  /** Whether we know all that the plugin of the host knows. */
  isSynced(host: string): boolean {
    return this.#hosts.get(host)?.state === "synced";
  }

  /** Whether the plugin of the host carries out requests. */
  takesRequests(host: string): boolean {
    return this.#hosts.get(host)?.takesRequests ?? false;
  }

  /** Asks the plugin on the link's host for something; false: not now. */
  request(link: DomainKey, request: PluginRequest): boolean {
    const sent = this.#ports.send(link.host, request);
    if (sent) this.#requests.begin(request.id, link);
    return sent;
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
    this.#requests.clear();
  }

  /** Takes events of a host. They keep their order: what follows a snapshot is applied after it. */
  async take(host: string, payloads: readonly PluginPayload[]): Promise<void> {
    const sync = this.#hosts.get(host);
    if (sync === undefined) return;
    const { router } = this.#ports;
    let named: KnownJoin[] = [];
    for (const event of payloads) {
      if (named.length > 0 && event.type !== "joined") {
        await router.name(host, named);
        named = [];
      }
      if (!this.#isInOrder(sync, event)) continue;
      if (event.type === "joined") named.push(event);
      await this.#apply(sync, event);
    }
    if (named.length > 0) await router.name(host, named);
  }

  #isInOrder({ host, syncing }: PluginSync, event: PluginPayload): event is PluginEvent {
    const { observer } = this.#ports;
    if ("user" in event && domainOf(event.user) !== host) {
      observer.ignored("forged", host, `tells of ${event.user}, a user of another host`);
      return false;
    }
    if (!isPluginEvent(event) || (event.type === "joined" && !syncing)) {
      observer.ignored("unexpected", host, `<${event.type}/> out of turn`);
      return false;
    }
    return true;
  }

  async #apply(sync: PluginSync, event: PluginEvent): Promise<void> {
    const { host } = sync;
    const { router, observer } = this.#ports;
    if (isPluginAnswer(event)) return this.#answered(host, event);
    if (event.type === "ended" || event.type === "dropped") return await router.route(event);
    if (event.type === "link" && (!sync.syncing || event.state === "down")) {
      if (sync.syncing) sync.take(event, this.#ports.now());
      return await router.route({ ...event, host });
    }
    const step = sync.take(event, this.#ports.now());
    if (step.type === "greet") this.#greet(sync);
    else if (step.type === "begin") await router.beginSnapshot(host);
    else if (step.type === "synced") {
      await router.endSnapshot(host, step.links);
      observer.synced(host, step.software, step.joins);
      if (step.outdated) observer.outdated(host, step.software);
    }
  }

  #answered(host: string, answer: PluginAnswer): void {
    const link = this.#requests.end(answer.id, host);
    // An answer to what was asked before the connection was lost comes too late.
    if (link === undefined) return;
    const { router } = this.#ports;
    const { id } = answer;
    switch (answer.type) {
      case "rejoining":
        return router.answered(link, answer);
      case "norejoin":
        return router.answered(link, { type: "not-rejoined", id, reason: answer.reason });
      case "probed":
        return router.answered(link, { type: "probed", id, reachable: answer.reached });
    }
  }

  #greet(sync: PluginSync): void {
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
