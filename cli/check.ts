/**
 * `roomkeeper check`: tries the configuration against the server, step by step.
 *
 * @module
 */
import { tap } from "../actors/tap.ts";
import { ComponentConnection, type ComponentError, tcpTransport } from "../component/mod.ts";
import { loadConfig } from "../config/files.ts";
import type { Config } from "../config/schema.ts";
import { StanzaIds } from "../keeper/stanza_ids.ts";
import { type Element, xml } from "../xml/mod.ts";
import { domainOf } from "../xmpp/jid.ts";
import { linkMessage } from "../xmpp/link.ts";
import { NS } from "../xmpp/namespaces.ts";
import { ping } from "../xmpp/ping.ts";
import { parseVersion, versionQuery } from "../xmpp/version.ts";
import type { Given } from "./commands.ts";
import { serverSnippet } from "./snippets.ts";
import type { Terminal } from "./terminal.ts";

/** How long each step waits for the server, in milliseconds. */
const PATIENCE_MS = 5_000;

/** A step that failed: why, and what to do about it. */
class CheckFailed extends Error {}

/** Tries everything that the keeper needs of the server; 0 if it is all there. */
export async function check(given: Given<"check">, terminal: Terminal): Promise<number> {
  const { config, warnings } = loadConfig(given.config);
  for (const warning of warnings) terminal.complain(`note: ${warning}`);
  const probe = new ServerProbe(config);
  try {
    for (const [what, step] of probe.steps) {
      terminal.print(`ok    ${what}${suffix(await step())}`);
    }
    terminal.print("\nRoomkeeper can work with this server.");
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.print(`FAIL  ${error.message}`);
    return 1;
  } finally {
    await probe.close();
  }
}

function suffix(found: string | void): string {
  return found ? `: ${found}` : "";
}

type Step = readonly [what: string, step: () => Promise<string | void>];

/** A connection on which one thing after the other is tried. */
class ServerProbe {
  readonly #config: Config;
  readonly #connection: ComponentConnection;
  readonly #connected = Promise.withResolvers<void>();
  readonly #ids = new StanzaIds();
  readonly #arrived = new Map<string, () => void>();
  #lost: ComponentError | undefined;
  #software = "";

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
      [`the server is known`, () => this.#askVersion()],
      ...watch.map((name): Step => [`may send as users of ${name}`, () => this.#sendAsUser(name)]),
      ...watch.map((name): Step => [
        `the ${feed} feed of ${name} works`,
        () => feed === "plugin" ? this.#greetPlugin(name) : this.#provokeCopy(name),
      ]),
    ];
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #connect(): Promise<void> {
    this.#connection.start();
    await this.#connected.promise;
  }

  /** The software decides which lines are shown where something is missing. */
  async #askVersion(): Promise<string> {
    const { domain, watch } = this.#config.server;
    const query = versionQuery({ from: domain, to: watch[0]!, id: this.#ids.next() });
    const answer = await this.#connection.request(query, { timeoutMs: PATIENCE_MS })
      .catch(() => undefined);
    const version = answer && parseVersion(answer);
    this.#software = version?.name ?? "";
    return version ? `${version.name} ${version.version}` : "it does not tell (XEP-0092)";
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
        `What is sent as a user of ${host} does not arrive. ${this.#linesFor("this is needed")}`,
    );
  }

  async #greetPlugin(host: string): Promise<string> {
    const { domain } = this.#config.server;
    const hello = { type: "keeper-hello", prefix: this.#ids.prefix } as const;
    const answered = await this.#whether(
      `hello ${host}`,
      linkMessage({ from: domain, to: host }, [hello]),
    );
    if (answered) return "mod_roomkeeper answers";
    throw new CheckFailed(
      `mod_roomkeeper of ${host} does not answer. ${this.#linesFor("it needs these lines")}`,
    );
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
    if (await this.#whether(`copy ${host}`, presence)) return "a copy came";
    if (/ejabberd/i.test(this.#software)) {
      return "not tried, since mod_service_log copies only the stanzas of users who are online";
    }
    throw new CheckFailed(
      `No copy of a stanza to a user of ${host} came. ${this.#linesFor("it needs these lines")}`,
    );
  }

  /** Sends a stanza and waits for what it should bring about. */
  async #whether(event: string, stanza: Element): Promise<boolean> {
    const happened = new Promise<true>((resolve) => this.#arrived.set(event, () => resolve(true)));
    this.#connection.send(stanza);
    const patience = Promise.withResolvers<false>();
    const timer = setTimeout(() => patience.resolve(false), PATIENCE_MS);
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
    const watched = new Set(this.#config.server.watch);
    const tapped = tap(stanza, { watched, prefix: this.#ids.prefix });
    if (tapped.type !== "feed") return;
    if (tapped.kind !== "link") return this.#arrive(`copy ${tapped.host}`);
    if (tapped.notices?.some(({ type }) => type === "plugin-hello")) {
      this.#arrive(`hello ${tapped.host}`);
    }
  }

  #arrive(event: string): void {
    this.#arrived.get(event)?.();
  }

  /** The lines that the server's configuration should have; the secret in it is known there. */
  #linesFor(intro: string): string {
    const server = /ejabberd/i.test(this.#software) ? "ejabberd" : "prosody";
    const { host, port, domain, watch, feed } = this.#config.server;
    const { steps, text } = serverSnippet({
      server,
      feed,
      host,
      port,
      domain,
      watch,
      secret: `(the secret of ${domainOf(domain)})`,
    });
    return `For ${server} ${intro}:\n\n${text}\n${steps.map((step) => `- ${step}`).join("\n")}`;
  }
}
