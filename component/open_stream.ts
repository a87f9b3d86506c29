/**
 * From nothing to an authenticated stream, within its time limits.
 *
 * @module
 */

import type { Clock } from "./clock.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { ComponentError, ConnectError, ConnectionLostError } from "./errors.ts";
import { parserReader } from "./reader.ts";
import { ComponentStream } from "./stream.ts";
import type { ByteStream } from "./transport.ts";

/**
 * Connects and authenticates.
 *
 * @param options Those of the connection.
 * @param clock Where the time limits come from.
 * @param signal Gives up when it aborts.
 * @returns The stream, or why there is none.
 */
export async function openStream(
  options: ConnectionOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<ComponentStream | ComponentError> {
  const { domain, secret, createReader = parserReader() } = options;
  let bytes: ByteStream | undefined;
  const hangUp = () => bytes?.close();
  signal.addEventListener("abort", hangUp);
  try {
    const reader = await createReader();
    bytes = await connect(options, clock, signal);
    return await ComponentStream.open({
      bytes,
      reader,
      domain,
      secret,
      clock,
      handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
      closeTimeoutMs: options.closeTimeoutMs ?? 5_000,
    });
  } catch (error) {
    if (signal.aborted) return new ConnectionLostError("stopped");
    if (error instanceof ComponentError) return error;
    return new ConnectionLostError("internal", { cause: error });
  } finally {
    signal.removeEventListener("abort", hangUp);
  }
}

async function connect(
  options: ConnectionOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<ByteStream> {
  const { transport, connectTimeoutMs = 10_000 } = options;
  const timeout = new AbortController();
  const stopTimer = clock.after(connectTimeoutMs, () => timeout.abort());
  try {
    return await transport.connect(AbortSignal.any([signal, timeout.signal]));
  } catch (error) {
    if (!timeout.signal.aborted) throw error;
    throw new ConnectError("timeout", transport.address, { cause: error });
  } finally {
    stopTimer();
  }
}
