/**
 * What must hold of several options together.
 *
 * @module
 */
import { isLoopback, parseListen } from "./formats.ts";
import type { Given } from "./given.ts";
import { at, type Report } from "./problem.ts";
import { sections } from "./schema.ts";
import type { Secret } from "./secret.ts";
import { SECRET_VARIABLE } from "./secret_sources.ts";

/** Reports options that are missing and have no default. */
export function requireOptions(given: Given, report: Report): void {
  for (const [section, { options }] of Object.entries(sections)) {
    for (const [key, option] of Object.entries(options)) {
      if (!option.required || given.has(section, key)) continue;
      const message = option.type === "secret"
        ? `[${section}] needs the secret: set ${key}, ${key}_file or ${SECRET_VARIABLE}`
        : `[${section}] needs ${key}, such as ${key} = ${option.example}`;
      report(at(given.place(section, key), message));
    }
  }
}

/** Reports options that don't go together. */
export function checkTogether(given: Given, report: Report): void {
  const watch = given.get("server", "watch") as readonly string[] | undefined;
  const domain = given.get("server", "domain") as string | undefined;
  const watchPlace = given.place("server", "watch");
  if (watch?.length === 0) report(at(watchPlace, "watch must name at least one host"));
  if (domain !== undefined && watch?.includes(domain)) {
    report(at(watchPlace, `watch must not have the component's own domain ${domain} in it`));
  }

  const least = given.get("keeper", "backoff_min") as number | undefined;
  const most = given.get("keeper", "backoff_max") as number | undefined;
  if (least !== undefined && most !== undefined && least > most) {
    report(at(given.place("keeper", "backoff_min"), "backoff_min must not exceed backoff_max"));
  }

  const listen = parseListen((given.get("http", "listen") as string | undefined) ?? "");
  if (listen && !isLoopback(listen.hostname) && !given.has("http", "token")) {
    const message = "listen is not a loopback address, so that anybody may come: set token or " +
      "token_file too";
    report(at(given.place("http", "listen"), message));
  }

  const token = given.get("http", "token") as Secret | undefined;
  if (token !== undefined && !SENDABLE.test(token.reveal())) {
    const message = "token can't be sent in a header: it must be of ASCII letters, digits and " +
      "punctuation, with spaces only within";
    report(at(given.place("http", "token"), message));
  }
}

/** What the value of an `Authorization` header can be (RFC 9110 §5.5), and not be changed on its way. */
const SENDABLE = /^[!-~](?:[ -~]*[!-~])?$/;
