/**
 * Messages between Roomkeeper and its server plugins: events that only the server knows of (an s2s
 * link, a session, a join), and requests that only the server can fulfil. Namespace
 * {@linkcode NS.plugin}; one message may carry several.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { domainOf, hasOversizedPart, isOversized, localOf, resourceOf } from "./jid.ts";
import { excerpt } from "./jid_parts.ts";
import type {
  PluginAnswer,
  PluginEvent,
  PluginHello,
  PluginPayload,
  RejoinRefusal,
} from "./plugin_events.ts";
import { NS } from "./namespaces.ts";

/** The version of the vocabulary that this module speaks. */
export const PLUGIN_VERSION = 2;

/** The most characters of a server's name that are kept. */
const MAX_SOFTWARE = 100;

/** What there is to know of an element in this vocabulary. */
export type AttributeSource = Pick<Element, "name" | "attr">;

/** What a message says in this vocabulary. */
export interface PluginEvents {
  /** The events and requests, in order. */
  readonly events: readonly PluginPayload[];
  /** What is wrong with those that could not be understood. */
  readonly malformed: readonly MalformedPluginEventError[];
}

/** Thrown when an element in the namespace of the vocabulary does not follow it. */
export class MalformedPluginEventError extends Error {
  /** The name of the element. */
  readonly event: string;
  /** The attribute at fault. */
  readonly attribute: string;
  /** Its value, `undefined` if it is missing. */
  readonly value: string | undefined;

  /**
   * Makes the error.
   *
   * @param element The event.
   * @param attribute The attribute at fault.
   * @param expected What it should be.
   */
  constructor(element: AttributeSource, attribute: string, expected: string) {
    const value = element.attr(attribute);
    const found = value === undefined ? "is missing" : `is ${excerpt(value)}`;
    super(
      `Event <${element.name}/> from the server plugin: '${attribute}' ${found}, must be ` +
        `${expected}; install the plugin that came with this version of Roomkeeper`,
    );
    this.name = "MalformedPluginEventError";
    this.event = element.name;
    this.attribute = attribute;
    this.value = value;
  }
}

/**
 * Reads all events of a message. One that is malformed does not spoil the others, and names that
 * are not known are passed over, so that a newer plugin can say more.
 *
 * Who sent the message is not looked at: believe it only if `from` is exactly a watched host. A
 * message of type `error` is our own come back, and says nothing.
 *
 * @example A link is down
 * ```ts
 * import { pluginMessage, parsePluginEvents } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * const down = {
 *   type: "link",
 *   domain: "rooms.example",
 *   state: "down",
 *   direction: "out",
 *   clean: false,
 * } as const;
 * const message = pluginMessage({ from: "home.example", to: "keeper.home.example" }, [down]);
 *
 * assertEquals(parsePluginEvents(message), { events: [down], malformed: [] });
 * ```
 *
 * @param message Any stanza.
 */
export function parsePluginEvents(message: Element): PluginEvents {
  const isTold = message.name === "message" && message.attr("type") !== "error";
  return readPluginEvents(isTold ? message.elements(undefined, NS.plugin) : []);
}

/** Reads these elements of the vocabulary. */
export function readPluginEvents(elements: readonly AttributeSource[]): PluginEvents {
  const events: PluginPayload[] = [];
  const malformed: MalformedPluginEventError[] = [];
  for (const element of elements) {
    try {
      const event = parsePluginEvent(element);
      if (event) events.push(event);
    } catch (error) {
      if (!(error instanceof MalformedPluginEventError)) throw error;
      malformed.push(error);
    }
  }
  return { events, malformed };
}

/**
 * Reads one event.
 *
 * @param element An element in the namespace of the vocabulary.
 * @returns The event, or `undefined` if its name is not known.
 * @throws {MalformedPluginEventError} If an attribute is missing or wrong.
 */
export function parsePluginEvent(element: AttributeSource): PluginPayload | undefined {
  switch (element.name) {
    case "hello":
      return element.attr("prefix") === undefined ? pluginHello(element) : {
        type: "keeper-hello",
        prefix: take(element, "prefix", "a text of one character or more", isPresent),
        version: element.attr("version") === undefined ? 1 : version(element),
        rejoins: element.attr("rejoins") === "true",
      };
    case "joined":
      return {
        type: "joined",
        user: take(element, "user", "a user's full JID", isFullJid),
        room: take(element, "room", "a room's bare JID", isRoom),
        nick: take(element, "nick", "a nick of 1,023 bytes at most", isPresent),
      };
    case "link":
      return {
        type: "link",
        domain: take(element, "domain", "a domain", isDomain),
        state: take(element, "state", "'up' or 'down'", isState),
        direction: take(element, "direction", "'in' or 'out'", isDirection),
        clean: ["true", "1"].includes(element.attr("clean") ?? ""),
      };
    case "ended":
      return { type: "ended", user: take(element, "user", "a user's full JID", isFullJid) };
    case "dropped":
      return {
        type: "dropped",
        user: take(element, "user", "a user's full JID", isFullJid),
        room: take(element, "room", "a room's bare JID", isRoom),
      };
    case "synced":
      return { type: "synced" };
    case "rejoin":
      return {
        type: "rejoin",
        id: id(element),
        user: take(element, "user", "a user's full JID", isFullJid),
        room: take(element, "room", "a room's bare JID", isRoom),
      };
    case "rejoining":
      return { type: "rejoining", id: id(element) };
    case "norejoin":
      return {
        type: "norejoin",
        id: id(element),
        reason: take(element, "reason", "'ended', 'left', 'joining' or 'blocked'", isRefusal),
      };
    case "probe":
      return {
        type: "probe",
        id: id(element),
        domain: take(element, "domain", "a domain", isDomain),
      };
    case "probed":
      return {
        type: "probed",
        id: id(element),
        reached: take(element, "reached", "'true' or 'false'", isBoolean) === "true",
      };
    default:
      return undefined;
  }
}

function pluginHello(element: AttributeSource): PluginHello {
  return {
    type: "plugin-hello",
    version: version(element),
    software: (element.attr("software") ?? "").slice(0, MAX_SOFTWARE),
    boot: take(element, "boot", "an id of this start of the server", isPresent),
  };
}

/**
 * Builds the element of one event or request.
 *
 * @param event What it is to say.
 */
export function pluginElement(event: PluginPayload): Element {
  const build = (name: string, attrs: Record<string, string | undefined> = {}): Element =>
    xml(name, NS.plugin, attrs);
  switch (event.type) {
    case "keeper-hello":
      return build("hello", {
        prefix: event.prefix,
        version: event.version === 1 ? undefined : String(event.version),
        rejoins: event.rejoins ? "true" : undefined,
      });
    case "plugin-hello":
      return build("hello", {
        version: String(event.version),
        software: event.software || undefined,
        boot: event.boot,
      });
    case "joined":
      return build("joined", { user: event.user, room: event.room, nick: event.nick });
    case "link":
      return build("link", {
        domain: event.domain,
        state: event.state,
        direction: event.direction,
        clean: event.clean ? "true" : undefined,
      });
    case "ended":
      return build("ended", { user: event.user });
    case "dropped":
      return build("dropped", { user: event.user, room: event.room });
    case "synced":
      return build("synced");
    case "rejoin":
      return build("rejoin", { id: event.id, user: event.user, room: event.room });
    case "rejoining":
      return build("rejoining", { id: event.id });
    case "norejoin":
      return build("norejoin", { id: event.id, reason: event.reason });
    case "probe":
      return build("probe", { id: event.id, domain: event.domain });
    case "probed":
      return build("probed", { id: event.id, reached: String(event.reached) });
  }
}

/**
 * Builds a message with events.
 *
 * @param options The addresses: the watched host and the component, or the other way round.
 * @param events What it is to say, in order.
 */
export function pluginMessage(
  options: { readonly from: string; readonly to: string; readonly id?: string },
  events: readonly PluginPayload[],
): Element {
  const { from, to, id } = options;
  return xml("message", NS.component, { from, to, id }, ...events.map(pluginElement));
}

/** Whether a payload is an event, which only a plugin may send. */
export function isPluginEvent(payload: PluginPayload): payload is PluginEvent {
  return !["keeper-hello", "rejoin", "probe"].includes(payload.type);
}

/** Whether a payload is what a plugin answers to a request. */
export function isPluginAnswer(payload: PluginPayload): payload is PluginAnswer {
  return ["rejoining", "norejoin", "probed"].includes(payload.type);
}

function version(element: AttributeSource): number {
  const isNumber = (text: string): text is string => /^[0-9]{1,9}$/.test(text);
  return Number(take(element, "version", "a whole number", isNumber));
}

function id(element: AttributeSource): string {
  return take(element, "id", "a text of one character or more", isPresent);
}

type Check<T extends string> = (value: string) => value is T;

function take<T extends string>(
  element: AttributeSource,
  attribute: string,
  expected: string,
  isValid: Check<T>,
): T {
  const value = element.attr(attribute);
  if (value !== undefined && isValid(value)) return value;
  throw new MalformedPluginEventError(element, attribute, expected);
}

const isPresent = (value: string): value is string => value !== "" && !isOversized(value);
const isState = (value: string): value is "up" | "down" => value === "up" || value === "down";
const isBoolean = (value: string): value is "true" | "false" => /^(true|false)$/.test(value);
const isRefusal = (value: string): value is RejoinRefusal =>
  /^(ended|left|joining|blocked)$/.test(value);
const isDirection = (value: string): value is "in" | "out" => value === "in" || value === "out";

// The server has checked these addresses by its own rules; only their shape and size are looked at.
const isDomain = (value: string): value is string => isPresent(value) && !/[@/]/.test(value);
const isSound = (jid: string): boolean => isDomain(domainOf(jid)) && !hasOversizedPart(jid);
const isRoom = (value: string): value is string =>
  !!localOf(value) && resourceOf(value) === undefined && isSound(value);
const isFullJid = (value: string): value is string =>
  !!localOf(value) && !!resourceOf(value) && isSound(value);
