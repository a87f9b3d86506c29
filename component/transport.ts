/**
 * The byte pipe under a component's stream as a port, and TCP as its implementation.
 *
 * @module
 */

import { ConnectError, type ConnectFailure } from "./errors.ts";

/** A pipe of bytes to the server and back. */
export interface ByteStream {
  /**
   * Reads what is there, or waits for it.
   *
   * @param into Where the bytes go to.
   * @returns How many came; `null` when the other side has ended.
   */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Writes as much as there is room for.
   *
   * @param bytes What to write.
   * @returns How many of the bytes were taken, from the first.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions; a pending read or write fails. Harmless if done before. */
  close(): void;
}

/** Makes byte streams to one server. */
export interface Transport {
  /** Where it leads, for messages: `"127.0.0.1:5347"`. */
  readonly address: string;
  /**
   * Opens a byte stream.
   *
   * @param signal Gives up when it aborts.
   * @throws {ConnectError} If that can't be done.
   */
  connect(signal: AbortSignal): Promise<ByteStream>;
}

/** Where the server listens for components. */
export interface TcpOptions {
  /**
   * Name or IP address of the server.
   *
   * @default {"127.0.0.1"}
   */
  readonly hostname?: string;
  /**
   * The TCP port, 1 to 65535. Prosody's `component_ports` is 5347 unless set, ejabberd's is that of
   * its `ejabberd_service` listener.
   *
   * @default {5347}
   */
  readonly port?: number;
}

/**
 * TCP to a server. XEP-0114 has no TLS of its own: connect over loopback, a private network or a
 * tunnel. Needs the permission `--allow-net=hostname:port`.
 *
 * @throws {RangeError} If the port is none.
 */
export function tcpTransport(options: TcpOptions = {}): Transport {
  const { hostname = "127.0.0.1", port = 5347 } = options;
  if (!(Number.isInteger(port) && port >= 1 && port <= 65535)) {
    throw new RangeError(
      `Cannot connect as 'port' must be an integer from 1 to 65535: current value is ${port}`,
    );
  }
  const address = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  return {
    address,
    async connect(signal: AbortSignal): Promise<ByteStream> {
      let conn: Deno.TcpConn;
      try {
        conn = await Deno.connect({ hostname, port, signal });
      } catch (error) {
        throw new ConnectError(connectFailure(error), address, { cause: error });
      }
      // Stanzas are small and wanted at once; the batching is done above.
      conn.setNoDelay(true);
      conn.setKeepAlive(true);
      let open = true;
      return {
        read: (into: Uint8Array) => conn.read(into),
        write: (bytes: Uint8Array) => conn.write(bytes),
        close() {
          if (open) conn.close();
          open = false;
        },
      };
    },
  };
}

function connectFailure(error: unknown): ConnectFailure {
  if (error instanceof Deno.errors.ConnectionRefused) return "refused";
  if (error instanceof Deno.errors.NotCapable) return "not-permitted";
  if (error instanceof Deno.errors.TimedOut) return "timeout";
  // Deno has no class of error for a name that does not resolve.
  if (error instanceof Error && /lookup address/.test(error.message)) return "name-not-found";
  return "unreachable";
}
