/**
 * What is known of the s2s link between a home server and a remote domain: one stream each way.
 *
 * @module
 */
import type { Direction } from "../messages/events.ts";

/** What is known of one stream. */
export type StreamState = "unknown" | "up" | "down";

/** What is known of the whole link, for the operator. */
export type LinkState = "unknown" | "up" | "idle" | "down";

/** What a change of a stream means for the joins. */
export type LinkChange =
  /** The link is as good as it was. */
  | "fine"
  /** It was lost: joins are in doubt from now on. */
  | "lost"
  /** It was closed in good order: nothing to do before it is needed again. */
  | "closed"
  /** It is back after a closing, or after a loss that nobody told us of. */
  | "back"
  /** It is back after a loss that we were told of. */
  | "restored";

/**
 * The two streams of one s2s link.
 *
 * ```ts
 * import { Link } from "./link.ts";
 *
 * const link = new Link();
 * link.up("out"); // "fine"
 * link.down("out", false); // "lost"
 * ```
 */
export class Link {
  readonly #streams: Record<Direction, StreamState> = { in: "unknown", out: "unknown" };
  #closed = false;
  #lost = false;

  /** One word for the operator. */
  get state(): LinkState {
    if (this.#lost) return "down";
    const { in: inward, out } = this.#streams;
    if (inward === "up" || out === "up") return "up";
    if (inward === "unknown" && out === "unknown") return "unknown";
    return "idle";
  }

  /** A stanza that needed both streams came through: both are up. */
  proved(): void {
    this.#streams.in = "up";
    this.#streams.out = "up";
    this.#lost = false;
  }

  /** The server plugin's list of streams that are up; the others are not. */
  set(up: readonly Direction[]): void {
    for (const direction of ["in", "out"] as const) {
      this.#streams[direction] = up.includes(direction) ? "up" : "down";
    }
    this.#closed = up.length < 2;
    this.#lost = false;
  }

  /** A stream was established. */
  up(direction: Direction): LinkChange {
    // ejabberd's stop_s2s_connections and a restarted peer report no "down", only the next "up".
    const missed = this.#streams[direction] === "up";
    const change = missed || this.#closed ? "back" : this.#lost ? "restored" : "fine";
    this.#streams[direction] = "up";
    this.#closed = false;
    this.#lost = false;
    return change;
  }

  /** A stream is no more. `clean`: closed in good order because it was idle. */
  down(direction: Direction, clean: boolean): LinkChange {
    this.#streams[direction] = "down";
    this.#closed = clean;
    this.#lost = !clean;
    return clean ? "closed" : "lost";
  }
}
