/**
 * The commands with their flags and help. What a handler is given has its type from here.
 *
 * @module
 */
import { Command, Option } from "@commander-js/extra-typings";
import { config, port, text, texts } from "./flags.ts";
import { exampleSection, exitCodes, type Rows } from "./help.ts";

/** How each command is made, in the order of the help. */
const makers = {
  run: () =>
    command("run", {
      summary: "keep the users in their rooms, until stopped",
      about: [
        "Connects to the XMPP server as a component and watches the users' rooms until it gets " +
        "SIGTERM or SIGINT (Ctrl-C). When a link to a room's server is lost it verifies who is " +
        "still in, and joins the rooms again in the names of those who are not.",
        "A lost connection to the server is made again; logs go to standard error.",
      ],
      examples: [
        ["roomkeeper run", "with roomkeeper.toml of this folder"],
        ["ROOMKEEPER_SECRET=… roomkeeper run -c keeper.toml", "with the secret from outside"],
      ],
      exits: { 0: "stopped in order" },
    }).addOption(config()),

  check: () =>
    command("check", {
      summary: "try the configuration against the server, and tell what to change",
      about: [
        "Connects to the server and tries whether the secret is right, whether Roomkeeper may " +
        "send as the users, and whether the feed works. For what doesn't, it names the setting " +
        "to change. No user notices anything, and a Roomkeeper that runs should be stopped before.",
      ],
      examples: [["roomkeeper check", "with roomkeeper.toml of this folder"]],
      exits: { 0: "everything works", 1: "something doesn't, as told" },
    }).addOption(config()),

  init: () =>
    command("init", {
      summary: "write roomkeeper.toml and what the server's configuration needs",
      about: [
        "Asks which server you have and which hosts to watch, makes up a secret, and writes the " +
        "configuration together with the lines for the server, in a file beside it. Both hold " +
        "the secret and can be read by you alone (mode 0600).",
        "Whatever a flag tells is not asked. Without a terminal nothing is asked: --watch is " +
        "needed then, the rest has defaults.",
      ],
      examples: [
        ["roomkeeper init", "asks for what it needs"],
        [
          "roomkeeper init --server ejabberd --watch home.example --feed stock",
          "asks for the rest",
        ],
      ],
      exits: { 1: "nothing was written: a file is there already, or can't be written" },
    })
      .addOption(
        new Option("--server <SERVER>", "Your server. Default: prosody.")
          .choices(["prosody", "ejabberd"]),
      )
      .addOption(
        new Option(
          "--feed <FEED>",
          "How the server tells what happens: Roomkeeper's own plugin for it, or what it brings " +
            "along. Default: plugin.",
        ).choices(["plugin", "stock"]),
      )
      .addOption(
        texts(
          "--watch <HOST>",
          "A host of your server whose users are to be kept; repeat for more.",
        ),
      )
      .addOption(
        text(
          "--domain <DOMAIN>",
          "The component's domain. Default: keeper. before the first host.",
        ),
      )
      .addOption(
        text("--host <ADDRESS>", "Where the server listens for components. Default: 127.0.0.1."),
      )
      .addOption(port("--port <PORT>", "At which port. Default: 5347."))
      .addOption(
        texts(
          "--gateways <DOMAIN>",
          "A gateway with many users in your server's rooms, which is to get their presence once " +
            "(docs/gateways.md); repeat for more. It is not asked for.",
        ),
      )
      .addOption(
        text(
          "--store <FILE>",
          "The database. A service of systemd may write to /var/lib/roomkeeper alone. " +
            "Default: roomkeeper.sqlite beside the configuration.",
        ),
      )
      .addOption(
        text(
          "-o, --output <FILE>",
          "Where to write the configuration; the server's lines go beside it.",
        ).default("roomkeeper.toml"),
      )
      .option("-f, --force", "Overwrite files that are there already."),

  demo: () =>
    command("demo", {
      summary: "show the main job in 15 seconds, with no server",
      about: [
        "Runs a small home server and a small room server inside this program, connected over " +
        "the loopback interface, and Roomkeeper beside them. The room server dies and comes back " +
        "without one of its users: the timeline shows how Roomkeeper finds out, and what the " +
        "client is told.",
      ],
      examples: [["roomkeeper demo", ""]],
      exits: { 0: "the outcome was right", 1: "it was not" },
    }),

  status: () =>
    command("status", {
      summary: "show what the running Roomkeeper knows",
      about: [
        "Asks the Roomkeeper that runs with the same configuration, which needs [http] listen: " +
        "domains with the state of their links, joins, losses and verifications.",
      ],
      examples: [
        ["roomkeeper status --watch", "live"],
        ["roomkeeper status --json | jq .", "for programs"],
      ],
      exits: { 1: "nobody answers there" },
    })
      .addOption(config())
      .option("-w, --watch", "Go on showing it, until Ctrl-C.")
      .option("--json", "Print JSON, for programs."),

  version: () =>
    command("version", {
      summary: "tell the version",
      about: ["Tells the version of Roomkeeper and of what it runs on."],
      examples: [["roomkeeper version", "the same as roomkeeper -v"]],
    }),
};

/** What the help of a command tells. */
interface Description {
  /** What it does, in half a line. */
  readonly summary: string;
  /** What it does, in full, one paragraph an item. */
  readonly about: readonly string[];
  /** Uses worth showing, with what each does. */
  readonly examples: Rows;
  /** What its exit codes mean, where that says more than what they mean of all. */
  readonly exits?: Readonly<Record<number, string>>;
}

function command(name: string, { summary, about, examples, exits }: Description) {
  return new Command(name)
    .summary(summary)
    .description(about.join("\n\n"))
    .addHelpText("after", `${exampleSection(examples)}\n${exitCodes(exits)}`);
}

/** The name of a command. */
export type CommandName = keyof typeof makers;

/** What a command is given: the values of its flags by their names. */
export type Given<Name extends CommandName> = Readonly<
  ReturnType<ReturnType<(typeof makers)[Name]>["opts"]>
>;

/** The names of all commands but `help`. */
export const commandNames: readonly CommandName[] = Object.keys(makers) as CommandName[];

/** Makes a command. */
export function makeCommand(name: CommandName): Command {
  return makers[name]() as Command;
}
