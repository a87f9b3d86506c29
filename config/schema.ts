/**
 * Every option of `roomkeeper.toml`, once: the reader, the reference in `docs/configuration.md`,
 * the sample file and the type {@linkcode Config} all come from here.
 *
 * @module
 */
import type { Camel, Section, ValueOf } from "./option.ts";

/** The sections of the configuration file, in the order in which they are documented. */
export const schema = {
  server: {
    doc: "The XMPP server that Roomkeeper is a component of, and whose users it keeps.",
    options: {
      host: {
        type: "text",
        format: "host",
        default: "127.0.0.1",
        doc: "Name or address at which the server listens for components. " +
          "The connection is not encrypted: keep it on one machine or in a private network.",
      },
      port: {
        type: "integer",
        default: 5347,
        min: 1,
        max: 65_535,
        doc: "Port at which the server listens for components.",
      },
      domain: {
        type: "text",
        format: "domain",
        required: true,
        example: '"keeper.home.example"',
        doc: "The component's own domain, as the server's configuration names it. " +
          "Needs no DNS record.",
      },
      secret: {
        type: "secret",
        required: true,
        example: '"the component\'s password"',
        doc:
          "The password that the server expects of the component. Give it in exactly one place: " +
          "here, in `secret_file`, or in the environment variable `ROOMKEEPER_SECRET`, " +
          "which wins over the other two.",
      },
      secret_file: {
        type: "text",
        format: "path",
        default: "",
        example: '"/etc/roomkeeper/component.secret"',
        doc: "A file that holds the secret; a line end after it is ignored.",
      },
      watch: {
        type: "texts",
        format: "domain",
        required: true,
        example: '["home.example"]',
        doc: "The server's own hosts whose users are kept in their rooms. " +
          "What arrives from any other address is not believed.",
      },
      feed: {
        type: "choice",
        choices: ["plugin", "stock"],
        default: "plugin",
        doc: "How the server tells what happens: `plugin` is Roomkeeper's own module " +
          "(lost links are known at once), `stock` is what the server brings along " +
          "(Prosody's mod_firewall, ejabberd's mod_service_log).",
      },
      max_queue: {
        type: "integer",
        unit: "characters of XML",
        default: 1_048_576,
        min: 65_536,
        max: 268_435_456,
        doc: "How much may wait for a server that reads slowly or is away; notices to users may " +
          "take eight times as much besides. Beyond that sending waits in turn, nothing is lost.",
      },
    },
  },
  keeper: {
    doc:
      "When and how Roomkeeper verifies that a user is still in a room, and how it brings back " +
      "those who are not.",
    options: {
      recover: {
        type: "choice",
        choices: ["rejoin", "notify"],
        default: "rejoin",
        doc:
          "What is done for a user who has fallen out of a room. `rejoin`: Roomkeeper joins the " +
          "room again in the user's name, and tells the client only where that fails. `notify`: " +
          "the client is told that it is out, and has to see to it itself.",
      },
      vanished: {
        type: "choice",
        choices: ["notify", "recreate"],
        default: "notify",
        doc: "What is done where the room itself is not there any more. `notify`: its users are " +
          "told. `recreate`: one of them makes it again and becomes its owner, the others follow.",
      },
      ping_delay: {
        type: "duration",
        default: 1,
        min: 0,
        max: 3600,
        doc:
          "How long to wait after a link is lost before looking for the domain again. A random " +
          "part is added, so that not all domains are looked for in the same moment.",
      },
      settle: {
        type: "duration",
        default: 3,
        min: 0,
        max: 600,
        doc: "How long a domain must have been there again before its rooms are asked: a server " +
          "that has just started may not have loaded its rooms.",
      },
      ping_timeout: {
        type: "duration",
        default: 30,
        min: 1,
        max: 600,
        doc: "How long to wait for the answer to a ping before it counts as undecided.",
      },
      give_up: {
        type: "duration",
        default: 86_400,
        min: 1,
        max: 2_592_000,
        zero: "the first answer that does not confirm that the user is in the room decides",
        doc:
          "How long after the loss of a link to go on trying, as long as the user is logged in. " +
          'With `recover = "notify"` some minutes serve users better, such as `"10min"`: who is ' +
          "not brought back is to know soon.",
      },
      unconfirmed: {
        type: "choice",
        choices: ["notify", "keep"],
        default: "notify",
        doc:
          "What to do with a join that could not be confirmed in time: tell the client that it " +
          "is out of the room, or leave it alone.",
      },
      rejoins_per_second: {
        type: "integer",
        unit: "joins a second",
        default: 10,
        min: 1,
        max: 1000,
        doc: "The fastest pace of rejoins to one remote domain. Usually the rooms' own pace is " +
          "slower: few joins are on their way at a time, and the next follows when one is in.",
      },
      max_rejoins_per_second: {
        type: "integer",
        unit: "joins a second",
        default: 100,
        min: 1,
        max: 1000,
        doc: "The fastest pace of rejoins to all remote domains together.",
      },
      pings_per_second: {
        type: "integer",
        unit: "pings a second",
        default: 50,
        min: 1,
        max: 1000,
        doc: "The fastest pace of pings to one remote domain.",
      },
      max_pings_per_second: {
        type: "integer",
        unit: "pings a second",
        default: 500,
        min: 1,
        max: 10_000,
        doc: "The fastest pace of pings to all remote domains together.",
      },
      silence: {
        type: "duration",
        default: 900,
        min: 1,
        max: 86_400,
        zero: "silence is never a reason",
        doc: "How long nothing may be known of a room before somebody is asked. With " +
          '`feed = "plugin"` each room is asked about one of its users once in so long, while the ' +
          'link is up: a gateway may lose everybody behind a living link. With `feed = "stock"`, ' +
          "where a lost link is not reported, a domain from which nothing has come for so long is " +
          "verified.",
      },
      probe: {
        type: "choice",
        choices: ["auto", "component", "user"],
        default: "auto",
        doc: "Who asks first whether a domain can be reached again. `component`: a ping from the " +
          "component's own domain, which needs a DNS record and a certificate for it. `user`: one " +
          "user's self-ping. `auto`: the host of the users itself, where its plugin can do that; " +
          "else the component, and a user where nobody outside can reach the component.",
      },
      retry_delay: {
        type: "duration",
        default: 300,
        min: 0,
        max: 3600,
        doc:
          "How long your server may refuse everything to a domain after it could not connect to " +
          "it: ejabberd's `s2s_max_retry_delay`. With `probe = \"auto\"` no user's ping finds out " +
          "about a domain for so long after a failure, since that could begin such a time anew. " +
          "Only for the stock feed: the plugins need no user's ping to find out. Prosody has no " +
          "such time: set 0 there.",
      },
      backoff_min: {
        type: "duration",
        default: 1,
        min: 1,
        max: 600,
        doc: "The wait after the first unanswered probe, at most: waits are random, and the most " +
          "doubles each time.",
      },
      backoff_max: {
        type: "duration",
        default: 30,
        min: 1,
        max: 3600,
        doc: "The longest wait between two probes. Soon after a loss it is eight times " +
          "`backoff_min`, and then it grows with the time that the domain has been away, to a " +
          "sixtieth of it.",
      },
      notice_statuses: {
        type: "integers",
        default: [330, 333],
        min: 100,
        max: 999,
        doc: "Status codes of the notice besides 110. XEP-0045 registers 333, and 330 is what " +
          "Prosody's mod_ping_muc sends. With 332 and 333 Gajim 2.1 joins again by itself, and " +
          "Conversations waits before it does.",
      },
      notice_reason: {
        type: "text",
        default: "Connection to remote server lost",
        doc: "The reason that clients show to the user; empty for none.",
      },
      max_joins_per_user: {
        type: "integer",
        unit: "rooms",
        default: 1000,
        min: 1,
        max: 100_000,
        doc:
          "In how many rooms one session of a user is kept. Further ones are counted and logged " +
          "but not kept, unless they are at a domain that has less than half as many: then up to " +
          "twice as many, so that one domain can't use them up.",
      },
    },
  },
  store: {
    doc: "Where the joins are kept over a restart of Roomkeeper.",
    options: {
      path: {
        type: "text",
        format: "path",
        default: "roomkeeper.sqlite",
        doc: 'The SQLite database. With `""` or `":memory:"` the joins are kept in memory only, ' +
          "and what users joined before a restart is known again only from the plugin.",
      },
    },
  },
  log: {
    doc: "What is logged, to standard error.",
    options: {
      level: {
        type: "choice",
        choices: ["trace", "debug", "info", "warning", "error", "fatal"],
        default: "info",
        doc: "The least severe level to log.",
      },
      format: {
        type: "choice",
        choices: ["auto", "text", "json"],
        default: "auto",
        doc:
          "`text` is for people, `json` is one JSON object a line; `auto` is text on a terminal " +
          "and JSON otherwise. Colours only on a terminal, and never with `NO_COLOR` set.",
      },
    },
  },
  http: {
    doc: "The status page, health checks and metrics.",
    options: {
      listen: {
        type: "text",
        format: "listen",
        default: "",
        example: '"127.0.0.1:9090"',
        doc: "Address and port to listen at; empty turns HTTP off. " +
          "Beyond the loopback interface a token is required.",
      },
      token: {
        type: "secret",
        example: '"a long random text"',
        doc:
          "Requests must carry this bearer token: ASCII letters, digits and punctuation, and spaces " +
          "within. Give it here or in `token_file`, not both.",
      },
      token_file: {
        type: "text",
        format: "path",
        default: "",
        example: '"/etc/roomkeeper/http.token"',
        doc: "A file that holds the token; a line end after it is ignored.",
      },
      privacy: {
        type: "boolean",
        default: false,
        doc: "Show hashes in place of users' addresses.",
      },
    },
  },
  admin: {
    doc: "Who may steer Roomkeeper over XMPP, with ad-hoc commands.",
    options: {
      jids: {
        type: "texts",
        format: "jid",
        default: [],
        example: '["admin@home.example"]',
        doc: "Bare addresses of the users who may; anybody else is refused.",
      },
    },
  },
} as const satisfies Readonly<Record<string, Section>>;

/** The sections and options as plain data, for code that walks over them. */
export const sections: Readonly<Record<string, Section>> = schema;

/** The values of one section's options. */
export type Values<Options> = {
  readonly [Key in keyof Options as Camel<Key & string>]: ValueOf<Options[Key]>;
};

/**
 * A configuration that has been checked: sections by name, options by their name in camel case,
 * durations in milliseconds, secrets wrapped so that they can't be printed.
 */
export type Config = {
  readonly [Name in keyof typeof schema]: Values<(typeof schema)[Name]["options"]>;
};
