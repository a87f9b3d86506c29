/**
 * What the server must let Roomkeeper do, tried one after the other on a connection.
 *
 * @module
 */
import { tap } from "../feed/tap.ts";
import {
  ComponentConnection,
  type ComponentError,
  RequestError,
  tcpTransport,
} from "../component/mod.ts";
import type { Config } from "../config/schema.ts";
import { StanzaIds } from "../keeper/stanza_ids.ts";
import { type Element, xml } from "../xml/mod.ts";
import { answerOrigin } from "../xmpp/answer_origin.ts";
import { discoInfoQuery, parseDiscoInfo } from "../xmpp/disco.ts";
import { PLUGIN_VERSION, pluginMessage } from "../xmpp/plugin_message.ts";
import { parseIqAnswer } from "../xmpp/iq.ts";
import { NS } from "../xmpp/namespaces.ts";
import { ping } from "../xmpp/ping.ts";
import { parseVersion, versionQuery } from "../xmpp/version.ts";
import { describeOwnName } from "./own_name.ts";
import { type Part, serverSnippet } from "./snippets.ts";

/** How long each step waits for the server, in milliseconds. */
const PATIENCE_MS = 5_000;
/** How long to wait for somebody to send a message, in milliseconds. */
const CHATTER_MS = 15_000;
/** The servers that there are lines for. */
const SERVERS = { prosody: "Prosody", ejabberd: "ejabberd" } as const;

/** A step that failed: why, and what to do about it. */
class CheckFailed extends Error {}

/** A step: what it shows, and how; the promise may bring something worth telling. */
export type Step = readonly [what: string, step: () => Promise<string | void>];

/** A connection on which one thing after the other is tried. */
export class ServerProbe {
  readonly #config: Config;
  readonly #connection: ComponentConnection;
  readonly #connected = Promise.withResolvers<void>();
  readonly #ids = new StanzaIds();
  readonly #arrived = new Map<string, (well: boolean) => void>();
  #lost: ComponentError | undefined;
  #software = "";
  /** The version of the vocabulary of the plugin that was greeted last. */
  #pluginVersion = 0;

  constructor(config: Config) {
    this.#config = config;
    const { host: hostname, port, domain, secret } = config.server;
    // The outcome of the first attempt decides; nobody may be waiting for it when it fails.
    this.#connected.promise.catch(() => {});
    this.#connection = new ComponentConnection({
      domain,
      secret: secret.reveal(),
      transport: tcpTransport({ hostname, port }),
      log: () => {},
      events: {
        connected: () => this.#connected.resolve(),
        disconnected: ({ reason }) => this.#failed(reason),
        retrying: ({ reason }) => this.#failed(reason),
        request: (iq) => void this.#arrive(`user ${iq.attr("from")}`),
        stanza: (stanza) => this.#received(stanza),
      },
    });
  }

  /** What is tried, in order. */
  get steps(): readonly Step[] {
    const { domain, host, port, watch, feed } = this.#config.server;
    return [
      [`connected to ${host}:${port} as ${domain}; the secret is right`, () => this.#connect()],
      ...watch.map((name): Step => [`${name} is there`, () => this.#askSoftware(name)]),
      ...watch.map((name): Step => [`may send as users of ${name}`, () => this.#sendAsUser(name)]),
      ...watch.map((name): Step => [
        `the ${feed} feed of ${name} works`,
        () => feed === "plugin" ? this.#greetPlugin(name) : this.#provokeCopy(name),
      ]),
      ...(feed === "stock"
        ? [[`looks for lost domains as ${domain}`, () => describeOwnName(domain)] as const]
        : []),
    ];
  }

  async close(): Promise<void> {
    this.#untilLost.resolve();
    await this.#connection.close();
  }

  async #connect(): Promise<void> {
    this.#connection.start();
    await this.#connected.promise;
  }

  /** Whether it is a host of this server; its software decides which lines are shown later. */
  async #askSoftware(host: string): Promise<string> {
    const query = { from: this.#config.server.domain, to: host };
    const version = await this.#ask(versionQuery({ ...query, id: this.#ids.next() }));
    if (version === undefined || this.#isEnRoute(version, host)) {
      throw new CheckFailed(
        `${host} is no host of this server, or it does not answer. Correct [server] watch.`,
      );
    }
    const told = parseVersion(version);
    if (told !== undefined) {
      this.#software = told.name;
      return `${told.name} ${told.version}`;
    }
    const info = await this.#ask(discoInfoQuery({ ...query, id: this.#ids.next() }));
    const identities = info && parseDiscoInfo(info)?.identities;
    this.#software = identities?.find(({ category }) => category === "server")?.name ?? "";
    return this.#software || "of which software it does not tell (XEP-0092)";
  }

  /** Whether the server answered in the name of a host that it does not have and can't reach. */
  #isEnRoute(iq: Element, host: string): boolean {
    const answer = parseIqAnswer(iq);
    const ours = new Set([this.#config.server.domain]);
    return answer !== undefined && answerOrigin(answer, host, ours) === "en-route";
  }

  async #ask(query: Element): Promise<Element | undefined> {
    try {
      return await this.#connection.request(query, { timeoutMs: PATIENCE_MS });
    } catch (error) {
      if (error instanceof RequestError) return undefined;
      throw error;
    }
  }

  async #sendAsUser(host: string): Promise<void> {
    const user = `roomkeeper-check@${host}/check`;
    const { domain } = this.#config.server;
    const seen = await this.#whether(
      `user ${user}`,
      ping({ from: user, to: domain, id: this.#ids.next() }),
    );
    if (seen) return;
    throw new CheckFailed(
      this.#lost?.message ??
        `What is sent as a user of ${host} does not arrive. ${this.#linesFor("component", host)}`,
    );
  }

  async #greetPlugin(host: string): Promise<string> {
    if (await this.#pluginAnswers(host)) {
      return this.#pluginVersion >= PLUGIN_VERSION
        ? "mod_roomkeeper answers"
        : "mod_roomkeeper answers, but it is of an older version: install the one that came with " +
          "this Roomkeeper";
    }
    throw new CheckFailed(
      `mod_roomkeeper of ${host} does not answer. ${this.#linesFor("feed", host)}`,
    );
  }

  async #pluginAnswers(host: string): Promise<boolean> {
    const hello = {
      type: "keeper-hello",
      rejoins: false,
      prefix: this.#ids.prefix,
      version: PLUGIN_VERSION,
    } as const;
    const { domain: from } = this.#config.server;
    return await this.#whether(`hello ${host}`, pluginMessage({ from, to: host }, [hello]));
  }

  /** A presence as a room sends it, to a user who does not exist: nobody sees it but the feed. */
  async #provokeCopy(host: string): Promise<string> {
    const { domain } = this.#config.server;
    const to = `roomkeeper-check@${host}/check`;
    const status = xml("status", NS.mucUser, { code: "110" });
    const presence = xml(
      "presence",
      NS.component,
      { from: `roomkeeper-check@${domain}/check`, to, type: "unavailable" },
      xml("x", NS.mucUser, {}, status),
    );
    const onlyOnline = this.#servers.includes("ejabberd");
    const patience = onlyOnline ? CHATTER_MS : PATIENCE_MS;
    const plugin = this.#pluginAnswers(host);
    const copy = this.#whether(`copy ${host}`, presence, patience);
    const outcome = Promise.race([copy, plugin.then((answers) => answers ? false : copy)]);
    if (await outcome) return "a copy came";
    if (await plugin) {
      throw new CheckFailed(`${host} has mod_roomkeeper: set [server] feed = "plugin".`);
    }
    const lines = this.#linesFor("feed", host);
    throw new CheckFailed(
      onlyOnline
        ? `No copy came. mod_service_log of ejabberd copies what online users of ${host} send and ` +
          "get: try again, and have one of them send a message meanwhile. If no copy comes even " +
          `then: ${lines}`
        : `No copy of a stanza to a user of ${host} came. ${lines}`,
    );
  }

  /** Sends a stanza and waits for what it should bring about. */
  async #whether(event: string, stanza: Element, patienceMs = PATIENCE_MS): Promise<boolean> {
    const happened = new Promise<boolean>((resolve) => this.#arrived.set(event, resolve));
    this.#connection.send(stanza);
    const patience = Promise.withResolvers<false>();
    const timer = setTimeout(() => patience.resolve(false), patienceMs);
    const lost = this.#untilLost.promise.then(() => false);
    const outcome = await Promise.race([happened, patience.promise, lost]);
    clearTimeout(timer);
    return outcome;
  }

  readonly #untilLost = Promise.withResolvers<void>();

  #failed(reason: ComponentError): void {
    this.#lost ??= reason;
    this.#connected.reject(reason);
    this.#untilLost.resolve();
  }

  #received(stanza: Element): void {
    // Nobody there takes a hello: no plugin is loaded.
    if (stanza.name === "message" && stanza.attr("type") === "error") {
      return this.#arrive(`hello ${stanza.attr("from")}`, false);
    }
    const watched = new Set(this.#config.server.watch);
    const tapped = tap(stanza, { watched, prefix: this.#ids.prefix });
    if (tapped.type !== "feed") return;
    if (tapped.kind !== "link") return this.#arrive(`copy ${tapped.host}`);
    for (const event of tapped.pluginEvents ?? []) {
      if (event.type !== "plugin-hello") continue;
      this.#pluginVersion = event.version;
      this.#arrive(`hello ${tapped.host}`);
    }
  }

  #arrive(event: string, well = true): void {
    this.#arrived.get(event)?.(well);
  }

  /** The servers that this may be. */
  get #servers(): readonly (keyof typeof SERVERS)[] {
    const all = ["prosody", "ejabberd"] as const;
    const known = all.filter((name) => this.#software.toLowerCase().includes(name));
    return known.length > 0 ? known : all;
  }

  /** The lines that one part of the server's configuration should have; it knows the secret. */
  #linesFor(part: Part, watched: string): string {
    const { host, port, domain, feed } = this.#config.server;
    const secret = "(the secret that roomkeeper.toml has)";
    return this.#servers.map((server) => {
      const setup = { server, feed, host, port, domain, watch: [watched], secret };
      const { text, steps } = serverSnippet(setup, [part]);
      const left = steps.map((step, index) => `  ${index + 1}. ${step}`).join("\n");
      return `${SERVERS[server]} needs these lines:\n\n${text}\n${left}`;
    }).join("\n\n");
  }
}
