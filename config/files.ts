/**
 * The configuration from the file system.
 *
 * @module
 */
import { parseConfig } from "./load.ts";
import { ConfigFileError } from "./problem.ts";
import type { Config } from "./schema.ts";

/** A configuration and what the operator should know about its files. */
export interface LoadedConfig {
  /** The configuration. */
  readonly config: Config;
  /** Files with secrets that other users of the machine may read, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * Loads the configuration from `fileName`, its secrets from wherever that says.
 *
 * Needs permission to read the files and the environment variable `ROOMKEEPER_SECRET`.
 *
 * @throws {ConfigError} If anything is wrong with the configuration.
 * @throws {ConfigFileError} If the file can't be read.
 */
export function loadConfig(fileName: string): LoadedConfig {
  const secretFiles: string[] = [];
  const text = readConfiguration(fileName);
  const config = parseConfig(text, {
    fileName,
    env: (name) => Deno.env.get(name),
    readSecret(path) {
      secretFiles.push(path);
      return Deno.readTextFileSync(path);
    },
  });
  const inside = [config.server.secret, config.http.token]
    .some((secret) => secret !== undefined && text.includes(secret.reveal()));
  if (inside) secretFiles.unshift(fileName);
  return { config, warnings: secretFiles.flatMap(readableByOthers) };
}

function readConfiguration(fileName: string): string {
  try {
    return Deno.readTextFileSync(fileName);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "is not there; roomkeeper init writes one, --config names another"
      : `can't be read: ${(error as Error).message}`;
    throw new ConfigFileError(`${fileName} ${why}`, { cause: error });
  }
}

function readableByOthers(path: string): string[] {
  const { mode } = Deno.statSync(path);
  if (mode === null || (mode & 0o004) === 0) return [];
  return [`${path} holds a secret and every user of this machine can read it: chmod 600 ${path}`];
}
