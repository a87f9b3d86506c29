/**
 * Views that keep themselves up to date: server-sent events.
 *
 * @module
 */
import { respond, text } from "./responses.ts";

/** How often a view is looked at again, in milliseconds. */
const LOOK_MS = 1_000;

/** A sign of life is sent after so many looks without change. */
const QUIET_LOOKS = 15;

/** How many views may be watched at the same time. */
const MAX_VIEWERS = 32;

/** Sends views to those who watch them, whenever they change. */
export class Live {
  readonly #encoder = new TextEncoder();
  readonly #ends = new Set<() => void>();

  /** How many views are watched. */
  get viewers(): number {
    return this.#ends.size;
  }

  /** A response that sends `view()` as JSON now and at each change, looked for once a second. */
  follow(view: () => unknown): Response {
    if (this.#ends.size >= MAX_VIEWERS) {
      return text("Too many are watching already", 503, { "retry-after": "10" });
    }
    let timer: ReturnType<typeof setInterval> | undefined;
    let last = "";
    let quiet = 0;
    let end = () => {};
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const look = () => {
          // A viewer that reads slowly gets the latest view, not all of them.
          if ((controller.desiredSize ?? 0) <= 0) return;
          const now = JSON.stringify(view());
          const changed = now !== last;
          if (!changed && ++quiet < QUIET_LOOKS) return;
          controller.enqueue(this.#encoder.encode(changed ? `data: ${now}\n\n` : ":\n\n"));
          last = now;
          quiet = 0;
        };
        end = () => {
          clearInterval(timer);
          this.#ends.delete(end);
          try {
            controller.close();
          } catch {
            // The viewer has gone already.
          }
        };
        this.#ends.add(end);
        timer = setInterval(look, LOOK_MS);
        look();
      },
      cancel: () => end(),
    });
    return respond(body, "text/event-stream");
  }

  /** Ends all views. */
  end(): void {
    for (const end of [...this.#ends]) end();
  }
}
