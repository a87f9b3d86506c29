/**
 * Notices on their way to the users.
 *
 * @module
 */
import type { NoticeEffect } from "../actors/domain_actor.ts";
import type { LinkName } from "../actors/router.ts";
import { Ring } from "../actors/runtime/ring.ts";

/** What a queue of notices needs. */
export interface NoticePorts {
  /** Sends one; "full": there is no room for it now; "closed": there never will be. */
  send(link: LinkName, notice: NoticeEffect): "done" | "full" | "closed";
  /** Resolves when there may be room again. */
  drained(): Promise<void>;
  /** Whether the notice is still true: the user may have rejoined while it waited. */
  holds(notice: NoticeEffect): boolean;
}

/** Sends notices in order, as fast as the connection takes them. None is dropped. */
export class NoticeQueue {
  readonly #ports: NoticePorts;
  readonly #waiting = new Ring<{ readonly link: LinkName; readonly notice: NoticeEffect }>();
  #sending = false;
  #paused = false;

  /** Starts empty. */
  constructor(ports: NoticePorts) {
    this.#ports = ports;
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length;
  }

  /** Whether all are held back. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Whether notices come faster than the server takes them. */
  get behind(): boolean {
    return !this.#paused && this.length > 0;
  }

  /** Adds one at the end. */
  push(link: LinkName, notice: NoticeEffect): void {
    this.#waiting.push({ link, notice });
    this.#send();
  }

  /** Holds back all that come, until {@linkcode resume}. */
  pause(): void {
    this.#paused = true;
  }

  /** Sends what was held back. */
  resume(): void {
    this.#paused = false;
    this.#send();
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#waiting.length > 0 && !this.#paused) {
      const { link, notice } = this.#waiting.first;
      const sent = this.#ports.holds(notice) ? this.#ports.send(link, notice) : "done";
      if (sent === "closed") break;
      if (sent === "full") await this.#ports.drained();
      else this.#waiting.shift();
    }
    this.#sending = false;
  }
}
