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
  component: "keeper.home.example, no user involved",
  host: "home.example, no user involved",
  user: "one user",
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
            return tell("waits a moment: restarts and short cuts settle by themselves");
          case "probing":
            return tell(`probes rooms.example in the name of ${PROBERS[report.by]}`);
          case "unreached":
            return tell("no answer: will probe again");
          case "reachable":
            return tell(`rooms.example is reachable: asks about ${report.unverified} joins`);
          case "asked":
            return tell(`pings ${report.room}/${report.nick} in the name of ${report.user}`);
          case "verdict":
            return tell(`verdict on ${report.user}: ${report.verdict} (${report.because})`);
          case "settled":
            lost = false;
            return tell("everything is decided");
          case "refused":
        }
      },
    };
  }
}
