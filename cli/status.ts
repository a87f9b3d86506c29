/**
 * `roomkeeper status`: what the running Roomkeeper knows, on the terminal.
 *
 * @module
 */
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { Overview } from "../admin/overview.ts";
import type { RowPage } from "../admin/rows.ts";
import { loadConfig } from "../config/files.ts";
import { parseListen } from "../config/formats.ts";
import type { Config } from "../config/schema.ts";
import type { Given } from "./commands.ts";
import { statusText } from "./status_text.ts";
import type { Terminal } from "./terminal.ts";

/** What Roomkeeper answers. */
export type StatusView = RowPage & { readonly overview: Overview };

/** It can't be asked; the message tells what to do. */
export class StatusError extends Error {
  /** `StatusError` */
  override readonly name = "StatusError";
}

/** Goes to the top left and clears the screen from there; what was scrolled away is kept. */
const WIPE = "\x1b[H\x1b[J";
/** Rows that are asked for at most while watching. */
const MAX_ROWS = 500;
/** Lines of the screen that are not rows. */
const FRAME_LINES = 15;

/** Shows the status, once or until Ctrl-C. */
export async function status(given: Given<"status">, terminal: Terminal): Promise<number> {
  const { config } = loadConfig(given.config);
  const screen = screenSize();
  const show = (view: StatusView) =>
    given.json ? JSON.stringify(view) : statusText(view, {
      now: Date.now(),
      colour: screen !== undefined && !Deno.noColor,
      ...screen,
    });
  if (!given.watch) {
    const response = await ask(config, "/api/domains");
    terminal.print(show(await response.json()));
    return 0;
  }
  const wipe = !given.json && screen !== undefined;
  const rows = wipe ? Math.max(1, screen.rows - FRAME_LINES) : MAX_ROWS;
  const response = await ask(config, `/api/events?size=${Math.min(rows, MAX_ROWS)}`);
  const events = response.body!
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    const lines = show(JSON.parse(data)).split("\n");
    terminal.print(wipe ? WIPE + lines.slice(0, screen.rows - 1).join("\n") : lines.join("\n"));
    if (!wipe && !given.json) terminal.print("");
  }
  throw new StatusError("Roomkeeper has stopped");
}

/** The size of the terminal that is printed to, if it is one. */
function screenSize(): { readonly columns: number; readonly rows: number } | undefined {
  return Deno.stdout.isTerminal() ? Deno.consoleSize() : undefined;
}

/** Asks the Roomkeeper of this configuration. */
async function ask(config: Config, path: string): Promise<Response> {
  const listen = parseListen(config.http.listen);
  if (listen === undefined) {
    throw new StatusError(
      'Roomkeeper tells its status over HTTP only: set listen = "127.0.0.1:9090" under [http] in ' +
        "its configuration, and restart it",
    );
  }
  const { hostname, port } = listen;
  const address = `${reachable(hostname)}:${port}`;
  const token = config.http.token?.reveal();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(`http://${address}${path}`, { headers });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new StatusError(`Nobody answers at ${address}: is Roomkeeper running?`, { cause: error });
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw new StatusError(
    response.status === 401
      ? `Roomkeeper at ${address} wants another token: it runs with another configuration`
      : `What answers at ${address} is no Roomkeeper that can tell: ${response.status}`,
  );
}

/** An address at which one can reach what listens at `hostname`. */
function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  if (hostname === "::") return "[::1]";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
