/**
 * Loopback addresses for servers, so that tests can run side by side.
 *
 * @module
 */

/** An address of 127.0.0.0/8 that no other test uses until it is released. */
export interface Address extends Disposable {
  /** The address as text. */
  readonly ip: string;
}

/** The port whose listener marks an address as taken. */
const CLAIM_PORT = 4;

/** Takes an address that is free, by listening at it. */
export function claimAddress(): Address {
  for (let attempt = 0; attempt < 100; attempt++) {
    const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
    const ip = `127.${64 + a! % 128}.${b}.${1 + c! % 254}`;
    try {
      const claim = Deno.listen({ hostname: ip, port: CLAIM_PORT });
      return { ip, [Symbol.dispose]: () => claim.close() };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error("Could not find a free loopback address in 100 attempts");
}
