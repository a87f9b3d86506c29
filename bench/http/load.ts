/**
 * Clients of the status page that mean no good, or are too many: a process of its own.
 *
 * Arguments: what to do, the port, how many. Goes on until standard input ends; prints a line when all
 * of them have begun.
 *
 * @module
 */
import { delay } from "@std/async/delay";

const [kind = "", port = "", many = "1"] = Deno.args;
const encoder = new TextEncoder();

/** What each client sends, and how long it waits before it says more, in milliseconds. */
const SAID: Readonly<Record<string, readonly [said: string, more: string, ms: number]>> = {
  silent: ["", "", 60_000],
  unfinished: ["GET / HTTP/1.1\r\nHost: localhost\r\n", "", 60_000],
  slow: ["GET / HTTP/1.1\r\nHost: localhost\r\n", "X-More: 1\r\n", 1_000],
  "bad-host": ["GET /api/domains HTTP/1.1\r\nHost: [a b%/@\r\n\r\n", "", 0],
  "wrong-token": ["GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n", "", 0],
  viewers: ["GET /api/events?size=500 HTTP/1.1\r\nHost: localhost\r\n\r\n", "", 60_000],
  domains: ["GET /api/domains HTTP/1.1\r\nHost: localhost\r\n\r\n", "", 0],
};

const [said, more, ms] = SAID[kind]!;
let begun = 0;

async function client(): Promise<void> {
  for (;;) {
    try {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
      const ended = conn.readable.pipeTo(new WritableStream(), { preventCancel: true })
        .catch(() => {});
      await conn.write(encoder.encode(said));
      begin();
      const over = ended.then(() => "over");
      while (ms > 0 && await Promise.race([over, delay(ms)]) === undefined) {
        if (more) await conn.write(encoder.encode(more));
      }
      await over;
    } catch {
      begin();
    }
    await delay(ms === 0 ? 0 : 500);
  }
}

function begin(): void {
  if (++begun === Number(many)) console.log("begun");
}

for (let n = 0; n < Number(many); n++) client();
for await (const _ of Deno.stdin.readable);
Deno.exit();
