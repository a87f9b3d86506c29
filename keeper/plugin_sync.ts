/**
 * Brings us and the plugin of one watched host in step: our hello, its snapshot. Pure.
 *
 * @module
 */
import type { KnownStream } from "../actors/messages/domains.ts";
import type { PluginEvent } from "../xmpp/plugin_events.ts";

/** How long a plugin may be silent before it is greeted again, in milliseconds. */
export const HELLO_INTERVAL_MS = 10_000;

/** The version of the vocabulary that brought requests to the plugin: rejoins and probes. */
const REQUESTS_SINCE = 2;

/** What is to be done after an event. */
export type SyncStep =
  /** Nothing. */
  | { readonly type: "none" }
  /** Send the plugin our hello. */
  | { readonly type: "greet" }
  /** A snapshot begins. */
  | { readonly type: "begin" }
  /** It is complete. */
  | {
    readonly type: "synced";
    /** The streams that are up. */
    readonly links: readonly KnownStream[];
    /** How many joins were told. */
    readonly joins: number;
    /** What server the plugin runs in. */
    readonly software: string;
    /** Whether it is too old to carry out requests. */
    readonly outdated: boolean;
  };

/** How far the plugin of a host is in step with us. */
export type SyncState = "away" | "greeted" | "syncing" | "synced";

/** The state of one watched host. */
export class PluginSync {
  /** The watched host. */
  readonly host: string;
  #state: SyncState = "away";
  #software = "";
  #version = 0;
  #joins = 0;
  readonly #links = new Map<string, KnownStream>();
  #last = 0;

  /** Starts out of step. */
  constructor(host: string) {
    this.host = host;
  }

  /** How far we are. */
  get state(): SyncState {
    return this.#state;
  }

  /** What server the plugin runs in, once it has said so. */
  get software(): string {
    return this.#software;
  }

  /** The version of the vocabulary that the plugin speaks; 0 before it has said so. */
  get version(): number {
    return this.#version;
  }

  /** Whether the plugin carries out requests: it is in step, and not older than those. */
  get takesRequests(): boolean {
    return this.#state === "synced" && this.#version >= REQUESTS_SINCE;
  }

  /** Whether events are part of a snapshot now, rather than news. */
  get syncing(): boolean {
    return this.#state === "syncing";
  }

  /** Our hello goes out now. */
  greeted(now: number): void {
    this.#state = "greeted";
    this.#last = now;
  }

  /** The connection is gone. */
  lost(): void {
    this.#state = "away";
    this.#links.clear();
  }

  /** Whether our hello is due again: it, or the plugin's answer, may have been lost. */
  due(now: number): boolean {
    return (this.#state === "greeted" || this.#state === "syncing") &&
      now - this.#last >= HELLO_INTERVAL_MS;
  }

  /** Takes an event that is a hello or part of a snapshot. */
  take(event: PluginEvent, now: number): SyncStep {
    this.#last = now;
    switch (event.type) {
      case "plugin-hello":
        this.#software = event.software;
        this.#version = event.version;
        if (this.#state !== "greeted") return { type: "greet" };
        this.#state = "syncing";
        this.#joins = 0;
        this.#links.clear();
        return { type: "begin" };
      case "joined":
        this.#joins++;
        break;
      case "link": {
        const { domain, direction, state } = event;
        const key = `${direction} ${domain}`;
        if (state === "up") this.#links.set(key, { domain, direction });
        else this.#links.delete(key);
        break;
      }
      case "synced": {
        if (this.#state !== "syncing") break;
        this.#state = "synced";
        const links = [...this.#links.values()];
        this.#links.clear();
        return {
          type: "synced",
          links,
          joins: this.#joins,
          software: this.#software,
          outdated: !this.takesRequests,
        };
      }
      case "ended":
      case "dropped":
      case "rejoining":
      case "norejoin":
      case "probed":
    }
    return { type: "none" };
  }
}
