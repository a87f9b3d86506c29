/**
 * The commands and their flags, as data: parsing, help and the types of handlers come from here.
 *
 * @module
 */

/** One flag of a command. */
export type Flag =
  & {
    /** What it does, in a sentence. */
    readonly doc: string;
    /** One letter that can stand for it. */
    readonly short?: string;
  }
  & (
    | { readonly type: "switch" }
    | { readonly type: "text"; readonly value: string; readonly default?: string }
    | { readonly type: "texts"; readonly value: string }
    | { readonly type: "choice"; readonly choices: readonly string[] }
    | {
      readonly type: "integer";
      readonly value: string;
      readonly min: number;
      readonly max: number;
    }
  );

/** One command. */
export interface Command {
  /** What it does, in half a line. */
  readonly summary: string;
  /** What it does, in full, one paragraph an item. */
  readonly about: readonly string[];
  /** Its flags, by their long names, which are single words. */
  readonly flags: Readonly<Record<string, Flag>>;
  /** The name of an argument that may follow. */
  readonly argument?: string;
  /** Uses worth showing, with what each does. */
  readonly examples: readonly (readonly [use: string, what: string])[];
  /** What the exit codes mean, where that says more than {@linkcode exitCodes}. */
  readonly exits?: Readonly<Record<number, string>>;
}

/** What the exit codes mean, of every command. */
export const exitCodes: Readonly<Record<number, string>> = {
  0: "done, and all is well",
  1: "it went wrong, as the message says",
  2: "the command line or the configuration is wrong: starting again doesn't help",
};

const config = {
  type: "text",
  short: "c",
  value: "FILE",
  default: "roomkeeper.toml",
  doc: "The configuration file.",
} as const;

const json = { type: "switch", doc: "Print JSON, for programs." } as const;

/** Every command, in the order of the help. */
export const commands = {
  run: {
    summary: "keep the users in their rooms, until stopped",
    about: [
      "Connects to the XMPP server as a component and watches the users' rooms until it gets " +
      "SIGTERM or SIGINT (Ctrl-C). When a link to a room's server is lost it verifies who is " +
      "still in, and tells the clients of those who are not.",
      "A lost connection to the server is made again; logs go to standard error.",
    ],
    flags: { config },
    examples: [
      ["roomkeeper run", "with roomkeeper.toml of this folder"],
      ["ROOMKEEPER_SECRET=… roomkeeper run -c keeper.toml", "with the secret from outside"],
    ],
    exits: { 0: "stopped in order" },
  },
  check: {
    summary: "try the configuration against the server, and tell what to change",
    about: [
      "Connects to the server and tries whether the secret is right, whether Roomkeeper may send " +
      "as the users, and whether the feed works. For what doesn't, it names the setting to change. " +
      "No user notices anything, and a Roomkeeper that runs should be stopped before.",
    ],
    flags: { config },
    examples: [["roomkeeper check", "with roomkeeper.toml of this folder"]],
    exits: { 0: "everything works", 1: "something doesn't, as told" },
  },
  init: {
    summary: "write roomkeeper.toml and what the server's configuration needs",
    about: [
      "Asks which server you have and which hosts to watch, makes up a secret, and writes the " +
      "configuration together with the lines for the server, in a file beside it. Both hold the " +
      "secret and can be read by you alone (mode 0600).",
      "Whatever a flag tells is not asked. Without a terminal nothing is asked: --watch is needed " +
      "then, the rest has defaults.",
    ],
    flags: {
      server: {
        type: "choice",
        choices: ["prosody", "ejabberd"],
        doc: "Your server. Default: prosody.",
      },
      feed: {
        type: "choice",
        choices: ["plugin", "stock"],
        doc: "How the server tells what happens: Roomkeeper's own plugin for it, or what it " +
          "brings along. Default: plugin.",
      },
      watch: {
        type: "texts",
        value: "HOST",
        doc: "A host of your server whose users are to be kept; repeat for more.",
      },
      domain: {
        type: "text",
        value: "DOMAIN",
        doc: "The component's domain. Default: keeper. before the first host.",
      },
      host: {
        type: "text",
        value: "ADDRESS",
        doc: "Where the server listens for components. Default: 127.0.0.1.",
      },
      port: {
        type: "integer",
        value: "PORT",
        min: 1,
        max: 65_535,
        doc: "At which port. Default: 5347.",
      },
      output: {
        type: "text",
        short: "o",
        value: "FILE",
        default: "roomkeeper.toml",
        doc: "Where to write the configuration; the server's lines go beside it.",
      },
      force: { type: "switch", short: "f", doc: "Overwrite files that are there already." },
    },
    examples: [
      ["roomkeeper init", "asks for what it needs"],
      ["roomkeeper init --server ejabberd --watch home.example --feed stock", "asks for the rest"],
    ],
    exits: { 1: "nothing was written: a file is there already, or can't be written" },
  },
  demo: {
    summary: "show the main job in 15 seconds, with no server",
    about: [
      "Runs a small home server and a small room server inside this program, connected over the " +
      "loopback interface, and Roomkeeper beside them. The room server dies and comes back " +
      "without one of its users: the timeline shows how Roomkeeper finds out, and what the " +
      "client is told.",
    ],
    flags: {},
    examples: [["roomkeeper demo", ""]],
    exits: { 0: "the outcome was right", 1: "it was not" },
  },
  status: {
    summary: "show what the running Roomkeeper knows",
    about: [
      "Asks the Roomkeeper that runs with the same configuration, which needs [http] listen: " +
      "domains with the state of their links, joins, losses and verifications.",
    ],
    flags: {
      config,
      watch: { type: "switch", short: "w", doc: "Go on showing it, until Ctrl-C." },
      json,
    },
    examples: [
      ["roomkeeper status --watch", "live"],
      ["roomkeeper status --json | jq .", "for programs"],
    ],
    exits: { 1: "nobody answers there" },
  },
  version: {
    summary: "tell the version",
    about: ["Tells the version of Roomkeeper and of what it runs on."],
    flags: {},
    examples: [["roomkeeper version", ""]],
  },
  help: {
    summary: "explain a command",
    about: ["Explains a command with its flags, examples and exit codes."],
    flags: {},
    argument: "COMMAND",
    examples: [["roomkeeper help init", "the same as roomkeeper init --help"]],
  },
} as const satisfies Readonly<Record<string, Command>>;

/** The name of a command. */
export type CommandName = keyof typeof commands;

/** The commands as plain data, for code that walks over them. */
export const commandTable: Readonly<Record<CommandName, Command>> = commands;

/** The names of all commands. */
export const commandNames: readonly CommandName[] = Object.keys(commands) as CommandName[];

/** The command of this name among those that there are, if it is one. */
export function findCommand(
  name: string | undefined,
  names: readonly CommandName[] = commandNames,
): CommandName | undefined {
  return names.find((known) => known === name);
}

/** The type of a flag's value. */
export type FlagValue<F> = F extends { type: "switch" } ? boolean
  : F extends { type: "text"; default: string } ? string
  : F extends { type: "text" } ? string | undefined
  : F extends { type: "texts" } ? readonly string[]
  : F extends { type: "choice"; choices: readonly (infer Choice)[] } ? Choice | undefined
  : F extends { type: "integer" } ? number | undefined
  : never;

/** What a command is given: the values of its flags by their names. */
export type Given<Name extends CommandName> =
  & {
    readonly [Key in keyof (typeof commands)[Name]["flags"]]: FlagValue<
      (typeof commands)[Name]["flags"][Key]
    >;
  }
  & ((typeof commands)[Name] extends { argument: string }
    ? { readonly argument: string | undefined }
    : unknown);
