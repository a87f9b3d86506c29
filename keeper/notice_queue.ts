/**
 * Notices on their way to the users.
 *
 * @module
 */
import type { NoticeEffect } from "../actors/messages/effects.ts";
import type { DomainKey } from "../actors/messages/domains.ts";
import { Ring } from "../actors/runtime/ring.ts";

/** A notice, and the link that it is about. */
export interface UserNotice {
  /** The link. */
  readonly link: DomainKey;
  /** What a user is to be told. */
  readonly notice: NoticeEffect;
}

/** What a queue of notices needs. */
export interface NoticePorts {
  /**
   * Sends one; "full": there is no room for it now; "closed": there never will be; "failed": it
   * can't be sent at all.
   */
  send(notice: UserNotice): "sent" | "full" | "closed" | "failed";
  /** Resolves when there may be room again. */
  drained(): Promise<void>;
  /** Resolves when what was sent so far is on its way to the server; false: it will not be. */
  written(): Promise<boolean>;
  /** Whether the notice is still true: the user may have rejoined while it waited. */
  holds(notice: UserNotice): boolean;
  /** The notice is on its way to the server. */
  delivered(notice: UserNotice): void;
}

/**
 * Sends notices in order, as fast as the connection takes them, and keeps each until it is on its
 * way to the server. None is dropped.
 */
export class NoticeQueue {
  readonly #ports: NoticePorts;
  #waiting = new Ring<UserNotice>();
  /** Those that wait, and those that were sent but are not written. */
  readonly #undelivered = new Set<UserNotice>();
  #sending = false;
  #paused = false;

  /** Starts empty. */
  constructor(ports: NoticePorts) {
    this.#ports = ports;
  }

  /** How many wait to be sent. */
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

  /** Those that are not on their way to the server and still hold, the oldest first. */
  get undelivered(): UserNotice[] {
    return [...this.#undelivered].filter((notice) => this.#ports.holds(notice));
  }

  /** Whether this one is among them. */
  isUndelivered(notice: UserNotice): boolean {
    return this.#undelivered.has(notice) && this.#ports.holds(notice);
  }

  /** Adds one at the end. */
  push(notice: UserNotice): void {
    this.#undelivered.add(notice);
    this.#waiting.push(notice);
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

  /** Gives back those that are {@linkcode undelivered}, and forgets them. */
  takeBack(): UserNotice[] {
    const { undelivered } = this;
    this.#undelivered.clear();
    this.#waiting = new Ring();
    return undelivered;
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#waiting.length > 0 && !this.#paused) {
      const notice = this.#waiting.first;
      const sent = this.#ports.holds(notice) ? this.#ports.send(notice) : "outdated";
      if (sent === "closed") break;
      if (sent === "full") {
        await this.#ports.drained();
        continue;
      }
      this.#waiting.shift();
      if (sent === "sent") this.#written(notice);
      else this.#undelivered.delete(notice);
    }
    this.#sending = false;
  }

  async #written(notice: UserNotice): Promise<void> {
    const written = await this.#ports.written();
    if (written && this.#undelivered.delete(notice)) this.#ports.delivered(notice);
  }
}
