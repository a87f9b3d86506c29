/**
 * Logging as a port.
 *
 * @module
 */

import { getLogger } from "@logtape/logtape";

/** How much a message matters. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/**
 * Takes a message.
 *
 * @param level How much it matters.
 * @param message The text; `{name}` stands for the field of that name.
 * @param fields The values.
 */
export type Log = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** Logs to LogTape's category `roomkeeper.component`, which the application may configure. */
export const logtape: Log = (level, message, fields = {}) => {
  const logger = getLogger(["roomkeeper", "component"]);
  logger[level](message, fields);
};
