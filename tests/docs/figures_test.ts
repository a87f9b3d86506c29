/** The times and paces in docs/how-it-decides.md and SECURITY.md are those of the code. */

import { assert, assertStringIncludes } from "@std/assert";
import { DOMAIN_DEFAULTS, domainOptions } from "../../actors/messages/options.ts";
import { ROOT } from "./markdown.ts";

/** A document as one line, so that it may be broken anywhere. */
function read(name: string): string {
  return Deno.readTextFileSync(`${ROOT}/${name}`).replaceAll(/\s+/g, " ");
}

/** The value of a number that is private to a file. */
function constant(file: string, name: string): number {
  const text = Deno.readTextFileSync(`${ROOT}/${file}`);
  const [, value] = new RegExp(`^const ${name} = ([\\d_]+);`, "m").exec(text) ?? [];
  assert(value !== undefined, `${file} has no ${name}`);
  return Number(value.replaceAll("_", ""));
}

const recovery = (name: string) => constant("actors/recovery/recovery.ts", name);
const seconds = (ms: number) => `${ms / 1000} s`;

Deno.test("docs/how-it-decides.md has the defaults of the options", () => {
  const text = read("docs/how-it-decides.md");
  const { pingDelay, settle, backoffMin, backoffMax, pingsPerSecond, rejoinsPerSecond } =
    DOMAIN_DEFAULTS;
  for (
    const phrase of [
      `${pingDelay / 1000} to ${seconds(pingDelay * 1.2)} (\`ping_delay\` and a random part)`,
      `it has ${seconds(settle)} (\`settle\`)`,
      `up to ${seconds(backoffMin)}, then 2, 4, 8 s`,
      `up to ${seconds(backoffMax)} (\`backoff_min\`, \`backoff_max\`)`,
      `at most ${pingsPerSecond} a second for each domain (\`pings_per_second\`)`,
      `never faster than ${rejoinsPerSecond} a second (\`rejoins_per_second\`)`,
    ]
  ) assertStringIncludes(text, phrase);
  assert(DOMAIN_DEFAULTS.giveUp === 86_400_000);
  const telling = domainOptions({ recover: "notify" }).giveUp / 60_000;
  const day = "a day after the loss (`give_up`; " + telling + ' min with `recover = "notify"`)';
  assertStringIncludes(text, day);
});

Deno.test("docs/how-it-decides.md and SECURITY.md have the times of rejoins", () => {
  const text = read("docs/how-it-decides.md");
  for (
    const phrase of [
      `A verdict is good for ${seconds(recovery("FRESH_MS"))}`,
      `after ${seconds(recovery("SLOT_MS"))} at the latest`,
      `nothing for ${seconds(recovery("ANSWER_MS"))}`,
      `${seconds(recovery("LOCKED_WAIT"))} apart`,
    ]
  ) assertStringIncludes(text, phrase);
  assert(recovery("IN_FLIGHT") === 2 && text.includes("Two joins at most are on their way"));
  assert(recovery("LOCKED_WAITS") === 3 && text.includes("tries again three times"));
  assert(recovery("UNANSWERED") === 3 && text.includes("the third time it tells the client"));
  const security = read("SECURITY.md");
  assertStringIncludes(security, `which is ${recovery("FRESH_MS") / 1000} seconds old at most`);
  const pace = `\`rejoins_per_second\` (${DOMAIN_DEFAULTS.rejoinsPerSecond})`;
  assertStringIncludes(security, pace);
});
