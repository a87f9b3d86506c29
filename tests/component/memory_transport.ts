/** Byte streams in memory, bounded as sockets are. */

import {
  type ByteStream,
  ConnectError,
  type ConnectFailure,
  type Transport,
} from "../../component/mod.ts";
import { Inbox } from "./inbox.ts";

/** One direction: a buffer with a bounded number of bytes. */
class Pipe {
  #bytes: Uint8Array = new Uint8Array();
  #ended = false;
  #changed: () => void = () => {};
  #change: Promise<void> = Promise.resolve();

  constructor(readonly capacity: number) {
    this.#notify();
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#bytes.length === 0) {
      if (this.#ended) return null;
      await this.#change;
    }
    const length = Math.min(into.length, this.#bytes.length);
    into.set(this.#bytes.subarray(0, length));
    this.#bytes = this.#bytes.slice(length);
    this.#notify();
    return length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (!this.#ended && this.#bytes.length >= this.capacity) await this.#change;
    if (this.#ended) throw new Deno.errors.BrokenPipe("The other side has hung up");
    const length = Math.min(bytes.length, this.capacity - this.#bytes.length);
    const joined = new Uint8Array(this.#bytes.length + length);
    joined.set(this.#bytes);
    joined.set(bytes.subarray(0, length), this.#bytes.length);
    this.#bytes = joined;
    this.#notify();
    return length;
  }

  end(): void {
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    this.#changed();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#change = promise;
    this.#changed = resolve;
  }
}

/** Two byte streams, each the other's far end. What was written before a close can still be read. */
export function byteStreamPair(capacity = 65_536): [ByteStream, ByteStream] {
  const there = new Pipe(capacity);
  const back = new Pipe(capacity);
  const end = (from: Pipe, to: Pipe): ByteStream => {
    let closed = false;
    return {
      async read(into) {
        const length = closed ? null : await from.read(into);
        if (closed) throw new Deno.errors.Interrupted("closed here");
        return length;
      },
      write(bytes) {
        if (closed) throw new Deno.errors.BadResource("closed here");
        return to.write(bytes);
      },
      close() {
        closed = true;
        from.end();
        to.end();
      },
    };
  };
  return [end(back, there), end(there, back)];
}

/** A transport whose far ends the test accepts, or refuses. */
export class MemoryTransport implements Transport {
  readonly address = "memory";
  /** Why attempts fail now, if they do. */
  failure: ConnectFailure | undefined;
  /** How many bytes fit into each direction of new connections. */
  capacity = 65_536;
  /** The server's ends of the connections made. */
  readonly accepted = new Inbox<ByteStream>();

  connect(): Promise<ByteStream> {
    if (this.failure) return Promise.reject(new ConnectError(this.failure, this.address));
    const [near, far] = byteStreamPair(this.capacity);
    this.accepted.put(far);
    return Promise.resolve(near);
  }
}
