/**
 * A TCP connection as the stream that `node:http` wants.
 *
 * @module
 */
import { Duplex } from "node:stream";

/** Bytes that are read at once. */
const READ = 4_096;
/** A client that takes nothing for so long is gone, in milliseconds. */
const STALLED_MS = 30_000;

/** One client. */
export class ClientSocket extends Duplex {
  readonly #conn: Deno.TcpConn;

  /** Takes over a connection, which is closed when the stream is destroyed. */
  constructor(conn: Deno.TcpConn) {
    super();
    this.#conn = conn;
  }

  /** Reads some. */
  override async _read(): Promise<void> {
    try {
      const bytes = new Uint8Array(READ);
      const count = await this.#conn.read(bytes);
      this.push(count === null ? null : bytes.subarray(0, count));
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  /** Writes all, or gives up. */
  override async _write(
    chunk: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): Promise<void> {
    const stalled = setTimeout(() => this.destroy(), STALLED_MS);
    try {
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await this.#conn.write(rest));
      done();
    } catch (error) {
      done(error as Error);
    } finally {
      clearTimeout(stalled);
    }
  }

  /** Says that nothing more comes. */
  override _final(done: (error?: Error | null) => void): void {
    // A client that has gone already need not hear it.
    this.#conn.closeWrite().then(() => done(), () => done());
  }

  /** Closes the connection. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#conn.close();
    done(error);
  }
}
