/**
 * A component that does nothing by itself: what a test sees and says in Roomkeeper's place.
 *
 * @module
 */
import type { Element } from "../../../xml/element.ts";
import { serialize } from "../../../xml/serialize.ts";
import { unwrapForwarded } from "../../../xmpp/forward.ts";
import { isPluginEvent, parsePluginEvents } from "../../../xmpp/plugin_message.ts";
import type { PluginEvent } from "../../../xmpp/plugin_events.ts";
import { NS } from "../../../xmpp/namespaces.ts";
import { ComponentStream } from "./component_stream.ts";
import { Journal } from "./journal.ts";

/** One thing that the component got. */
export interface Got {
  /** When it came, by `performance.now()`. */
  readonly at: number;
  /** The stanza itself. */
  readonly stanza: Element;
  /** The stanza that it is a copy of. */
  readonly copy?: Element;
  /** The link events in it. */
  readonly events: readonly PluginEvent[];
}

/** A connected component (XEP-0114). */
export class ComponentPeer implements AsyncDisposable {
  /** What it got. */
  readonly journal: Journal<Got>;
  readonly #domain: string;
  readonly #stream: ComponentStream;

  private constructor(stream: ComponentStream, domain: string) {
    this.journal = new Journal(domain, ({ stanza }) => serialize(stanza));
    this.#domain = domain;
    this.#stream = stream;
    stream.listen((stanza) => this.#take(stanza));
  }

  /** Connects to the server at `ip` as `domain`. */
  static async connect(ip: string, domain = "keeper.home.example"): Promise<ComponentPeer> {
    return new ComponentPeer(await ComponentStream.connect({ ip, domain }), domain);
  }

  /** Sends XML as it is. */
  async send(xml: string): Promise<void> {
    await this.#stream.send(xml);
  }

  /**
   * Says hello to the plugin, and waits for all of its answer.
   *
   * @param more Further attributes of the hello.
   */
  async hello(prefix = "rk-test-", more = "", host = "home.example"): Promise<PluginEvent[]> {
    const after = this.journal.length;
    const hello = `<hello xmlns='${NS.plugin}' prefix='${prefix}' ${more}/>`;
    await this.send(`<message from='${this.#domain}' to='${host}'>${hello}</message>`);
    await this.untilEvent("synced", ({ type }) => type === "synced", after);
    return this.events(after);
  }

  /** Asks the plugin something, and waits for its answer to that. */
  async ask(request: string, id: string, host = "home.example"): Promise<Element> {
    const after = this.journal.length;
    await this.send(`<message from='${this.#domain}' to='${host}'>${request}</message>`);
    const answers = ({ stanza }: Got) =>
      stanza.elements(undefined, NS.plugin).find((element) => element.attr("id") === id);
    const wait = { after, within: 15_000 };
    return answers(await this.journal.until(`the answer to ${id}`, (got) => !!answers(got), wait))!;
  }

  /** Asks for a rejoin; returns `rejoining`, or why not. */
  async rejoin(user: string, room: string, id: string): Promise<string> {
    const request = `<rejoin xmlns='${NS.plugin}' id='${id}' user='${user}' room='${room}'/>`;
    const answer = await this.ask(request, id);
    return answer.name === "rejoining" ? answer.name : `${answer.attr("reason")}`;
  }

  /** Asks whether a domain can be reached. */
  async probe(domain: string, id: string): Promise<boolean> {
    const answer = await this.ask(
      `<probe xmlns='${NS.plugin}' id='${id}' domain='${domain}'/>`,
      id,
    );
    return answer.attr("reached") === "true";
  }

  /** Sends a self-ping (XEP-0410) in a user's name. */
  async ping(user: string, occupant: string, id: string): Promise<void> {
    await this.send(
      `<iq type='get' id='${id}' from='${user}' to='${occupant}'><ping xmlns='${NS.ping}'/></iq>`,
    );
  }

  /** Tells a user that it is out of a room, as Roomkeeper does. */
  async notify(user: string, occupant: string): Promise<void> {
    await this.send(
      `<presence type='unavailable' from='${occupant}' to='${user}'><x xmlns='${NS.mucUser}'>` +
        `<item affiliation='none' role='none'/><status code='110'/><status code='333'/></x></presence>`,
    );
  }

  /**
   * Waits until all that the server sent to the component by now has arrived, so that what is not
   * in the journal then was not sent.
   */
  async settle(): Promise<void> {
    const id = crypto.randomUUID();
    await this.send(
      `<iq type='get' id='${id}' from='${this.#domain}' to='${this.#domain}'><ping xmlns='${NS.ping}'/></iq>`,
    );
    await this.until("its own stanza", ({ stanza }) => stanza.attr("id") === id);
  }

  /** The first thing that fits, got or to come. */
  async until(what: string, test: (got: Got) => boolean, after = 0): Promise<Got> {
    return await this.journal.until(what, test, { after });
  }

  /** The first copy that fits. */
  async untilCopy(what: string, test: (copy: Element) => boolean, after = 0): Promise<Element> {
    const got = await this.until(`a copy of ${what}`, ({ copy }) => !!copy && test(copy), after);
    return got.copy!;
  }

  /** The first event that fits. */
  async untilEvent(
    what: string,
    test: (event: PluginEvent) => boolean,
    after = 0,
  ): Promise<PluginEvent> {
    const got = await this.until(`event ${what}`, ({ events }) => events.some(test), after);
    return got.events.find(test)!;
  }

  /** The events from a position on. */
  events(after = 0): PluginEvent[] {
    return this.journal.entries.slice(after).flatMap(({ events }) => [...events]);
  }

  /** The copies from a position on. */
  copies(after = 0): Element[] {
    return this.journal.entries.slice(after).flatMap(({ copy }) => copy ? [copy] : []);
  }

  /** Breaks the connection without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream[Symbol.asyncDispose]();
  }

  #take(stanza: Element): void {
    const copy = unwrapForwarded(stanza);
    const events = parsePluginEvents(stanza).events.filter(isPluginEvent);
    this.journal.add({ at: performance.now(), stanza, events, ...(copy ? { copy } : {}) });
  }
}
