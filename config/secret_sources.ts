/**
 * Secrets, from the configuration file, from files of their own, or from the environment.
 *
 * @module
 */
import type { Given } from "./given.ts";
import { at, type Report } from "./problem.ts";
import { Secret } from "./secret.ts";

/** The environment variable that may hold the component's secret. */
export const SECRET_VARIABLE = "ROOMKEEPER_SECRET";

/** Where secrets come from, besides the configuration file. */
export interface SecretSources {
  /** Looks up an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Reads a file with a secret; throws if it can't. */
  readonly readSecret: (path: string) => string;
}

/** The options that a secret can be given by, and the variable that wins over them. */
const PLACES = [
  { section: "server", key: "secret", fileKey: "secret_file", variable: SECRET_VARIABLE },
  { section: "http", key: "token", fileKey: "token_file", variable: undefined },
] as const;

/** Puts every secret into the option that is named for it, wherever it comes from. */
export function takeSecrets(given: Given, sources: SecretSources, report: Report): void {
  for (const { section, key, fileKey, variable } of PLACES) {
    const place = given.place(section, fileKey);
    const path = given.get(section, fileKey) as string | undefined;
    const fromEnvironment = variable && sources.env(variable);
    if (given.has(section, key) && path) {
      report(at(place, `${key} and ${fileKey} are both set; keep one of them`));
    } else if (fromEnvironment) {
      given.set(section, key, new Secret(fromEnvironment), place);
    } else if (path) {
      const refuse = (message: string) => report(at(place, `${fileKey} ${message}`));
      given.set(section, key, readSecretFile(path, sources, refuse), place);
    }
  }
}

function readSecretFile(
  path: string,
  { readSecret }: SecretSources,
  refuse: (message: string) => void,
): Secret | undefined {
  let text: string;
  try {
    text = readSecret(path).replace(/\r?\n$/, "");
  } catch (error) {
    refuse(`can't be read: ${(error as Error).message}`);
    return undefined;
  }
  if (text !== "" && !/[\r\n]/.test(text)) return new Secret(text);
  refuse(`must hold exactly one line: ${JSON.stringify(path)} ${text ? "has more" : "is empty"}`);
  return undefined;
}
