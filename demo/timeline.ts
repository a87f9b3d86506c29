/**
 * What happens in the demo, as lines on the terminal.
 *
 * @module
 */
import { bold, cyan, dim, green, red, setColorEnabled, yellow } from "@std/fmt/colors";
import type { KeeperObserver } from "../keeper/observer.ts";

/** Who does something. */
export type Actor = "client" | "rooms" | "home" | "keeper";

const PAINT: Readonly<Record<Actor, (text: string) => string>> = {
  client: green,
  rooms: yellow,
  home: cyan,
  keeper: bold,
};

const PROBERS = {
  component: "in the name of keeper.home.example, no user involved",
  host: "through home.example itself, no user involved",
  user: "in the name of one user",
} as const;

/** Prints lines with the seconds since the start. */
export class Timeline {
  readonly #start = performance.now();
  readonly #print: (line: string) => void;

  /** Prints with `print`. */
  constructor(print: (line: string) => void) {
    setColorEnabled(Deno.stdout.isTerminal() && !Deno.noColor);
    this.#print = print;
  }

  /** Prints what somebody does. */
  tell(actor: Actor, text: string): void {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1).padStart(5);
    this.#print(`${dim(`${seconds}s`)}  ${PAINT[actor](actor.padEnd(8))}${text}`);
  }

  /** Prints the last line. */
  verdict(good: boolean, text: string): void {
    this.#print(`\n${good ? green("✔") : red("✘")} ${text}`);
  }

  /** An observer that prints what a keeper does. */
  observer(): KeeperObserver {
    const tell = (text: string) => this.tell("keeper", text);
    let lost = false;
    return {
      connected: () => tell("connected to the home server as keeper.home.example"),
      synced: (_host, _software, joins) =>
        tell(`the server's plugin answers; ${joins} joins so far`),
      notified: (_link, { user, room }) => tell(`tells ${user} that it is no longer in ${room}`),
      reported(_link, report) {
        switch (report.type) {
          case "loss":
            // Both directions of the link tell of the same loss.
            if (lost) return;
            lost = true;
            return tell(`hears that the link is lost: ${report.joins} joins are in doubt`);
          case "waiting":
            return tell("waits a moment: restarts and brief outages pass");
          case "probing":
            return tell(`probes rooms.example ${PROBERS[report.by]}`);
          case "unreached":
            return tell("no answer: will probe again");
          case "reachable":
            return tell(
              `rooms.example can be reached and stays so: asks about ${report.unverified} joins`,
            );
          case "asked":
            return tell(`pings ${report.room}/${report.nick} in the name of ${report.user}`);
          case "verdict":
            return tell(`verdict on ${report.user}: ${report.verdict} (${report.because})`);
          case "settled":
            lost = false;
            return tell("everything is decided");
          case "rejoining":
            return tell(`joins ${report.room} again in the name of ${report.user}`);
          case "rejoined": {
            const seconds = (report.after / 1000).toFixed(1);
            return tell(`${report.user} is back in, ${seconds} s after the loss`);
          }
          case "rejoin-failed":
            return tell(`${report.user} could not be brought back: ${report.because}`);
          case "unwanted-room":
            return tell(`${report.room} had vanished, and a rejoin has made it`);
          case "refused":
        }
      },
    };
  }
}
