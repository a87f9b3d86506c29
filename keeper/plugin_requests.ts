/**
 * What the plugins have been asked for and have not answered yet.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";

/** How many requests are remembered: far more than are open at a time at any pace. */
const MOST = 100_000;

/**
 * Which remote domain each request was for: a plugin answers with the id alone. Whoever waits for an
 * answer has a time limit of its own, so the oldest request may be forgotten when there are too many.
 */
export class PluginRequests {
  readonly #open = new Map<string, DomainKey>();
  readonly #most: number;

  /** Starts with none, and remembers `most` at a time. */
  constructor(most = MOST) {
    this.#most = most;
  }

  /** A request is sent. */
  begin(id: string, link: DomainKey): void {
    this.#open.set(id, { host: link.host, domain: link.domain });
    if (this.#open.size <= this.#most) return;
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      return;
    }
  }

  /** The plugin of `host` answers: for which domain, or undefined if it was not asked. */
  end(id: string, host: string): DomainKey | undefined {
    const link = this.#open.get(id);
    if (link?.host !== host) return undefined;
    this.#open.delete(id);
    return link;
  }

  /** The connection is lost: what was not answered will not be. */
  clear(): void {
    this.#open.clear();
  }
}
