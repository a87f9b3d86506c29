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

/** How many viewers there may be at the same time. */
const MAX_VIEWERS = 32;

/** Makes a view as JSON; `undefined` if that has to wait. */
export type MakeView = () => Promise<string> | undefined;

const encoder = new TextEncoder();

/** Sends views to those who watch them, whenever they change. */
export class Live {
  readonly #channels = new Map<string, Channel>();
  #viewers = 0;

  /** How many viewers there are. */
  get viewers(): number {
    return this.#viewers;
  }

  /**
   * A response that sends a view now and at each change, looked for once a second.
   *
   * @param key Names the view: all viewers of one are sent the same bytes.
   */
  follow(key: string, make: MakeView): Response {
    if (this.#viewers >= MAX_VIEWERS) {
      return text("Too many are watching already", 503, { "retry-after": "10" });
    }
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      const made = channel = new Channel(make, () => {
        this.#viewers--;
        if (made.viewers === 0) this.#channels.delete(key);
      });
      this.#channels.set(key, channel);
    }
    this.#viewers++;
    return respond(channel.open(), "text/event-stream");
  }

  /** Ends all views. */
  end(): void {
    for (const channel of [...this.#channels.values()]) channel.end();
  }
}

/** Who watches, and what was sent last. */
interface Viewer {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  sent: Uint8Array | undefined;
  quiet: number;
}

/** One view and those who watch it. */
class Channel {
  readonly #make: MakeView;
  readonly #left: () => void;
  readonly #viewers = new Set<Viewer>();
  #json = "";
  /** The view as it is sent. */
  #event: Uint8Array | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking = false;

  /** Nobody watches yet; `left` is called whenever somebody stops. */
  constructor(make: MakeView, left: () => void) {
    this.#make = make;
    this.#left = left;
  }

  /** How many watch. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /** What one more viewer is sent. */
  open(): ReadableStream<Uint8Array> {
    let viewer: Viewer;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        viewer = { controller, sent: undefined, quiet: 0 };
        this.#viewers.add(viewer);
        if (this.#event === undefined) this.#look();
        else this.#send(viewer);
      },
      cancel: () => this.#leave(viewer),
    });
  }

  /** Ends the view for all. */
  end(): void {
    for (const viewer of [...this.#viewers]) {
      this.#leave(viewer);
      viewer.controller.close();
    }
  }

  #leave(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    if (this.#viewers.size === 0) clearTimeout(this.#timer);
    this.#left();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    clearTimeout(this.#timer);
    try {
      const json = await this.#make();
      if (json !== undefined && json !== this.#json) {
        this.#json = json;
        this.#event = encoder.encode(`data: ${json}\n\n`);
      }
    } catch (error) {
      for (const { controller } of this.#viewers) controller.error(error);
      for (const viewer of [...this.#viewers]) this.#leave(viewer);
    }
    this.#looking = false;
    for (const viewer of this.#viewers) this.#send(viewer);
    if (this.#viewers.size > 0) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  #send(viewer: Viewer): void {
    // A viewer that reads slowly gets the latest view, not all of them.
    if ((viewer.controller.desiredSize ?? 0) <= 0 || this.#event === undefined) return;
    if (viewer.sent === this.#event && ++viewer.quiet < QUIET_LOOKS) return;
    viewer.controller.enqueue(viewer.sent === this.#event ? SIGN_OF_LIFE : this.#event);
    viewer.sent = this.#event;
    viewer.quiet = 0;
  }
}

const SIGN_OF_LIFE = encoder.encode(":\n\n");
