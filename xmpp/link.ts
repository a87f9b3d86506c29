/**
 * The notices between Roomkeeper and its server plugins: what an s2s link, a session and a join do,
 * which only the server knows. Namespace {@linkcode NS.link}; several may share one message.
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { domainOf, localOf, resourceOf } from "./jid.ts";
import type { LinkNotice, PluginHello } from "./link_notices.ts";
import { NS } from "./namespaces.ts";

/** The version of the vocabulary that this module speaks. */
export const LINK_VERSION = 1;

/** What there is to know of the element of a notice. */
export type NoticeElement = Pick<Element, "name" | "attr">;

/** What a message says in this vocabulary. */
export interface LinkNotices {
  /** The notices, in order. */
  readonly notices: readonly LinkNotice[];
  /** What is wrong with those that could not be understood. */
  readonly malformed: readonly MalformedLinkNoticeError[];
}

/** Thrown when an element in the namespace of the vocabulary does not follow it. */
export class MalformedLinkNoticeError extends Error {
  /** The name of the element. */
  readonly notice: string;
  /** The attribute at fault. */
  readonly attribute: string;
  /** Its value, `undefined` if it is missing. */
  readonly value: string | undefined;

  /**
   * Makes the error.
   *
   * @param element The notice.
   * @param attribute The attribute at fault.
   * @param expected What it should be.
   */
  constructor(element: NoticeElement, attribute: string, expected: string) {
    const value = element.attr(attribute);
    const found = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
    super(
      `Notice <${element.name}/> from the server plugin: '${attribute}' ${found}, must be ` +
        `${expected}; install the plugin that came with this version of Roomkeeper`,
    );
    this.name = "MalformedLinkNoticeError";
    this.notice = element.name;
    this.attribute = attribute;
    this.value = value;
  }
}

/**
 * Reads all notices of a message. One that is malformed does not spoil the others, and names that
 * are not known are passed over, so that a newer plugin can say more.
 *
 * Who sent the message is not looked at: believe it only if `from` is exactly a watched host. A
 * message of type `error` is our own come back, and says nothing.
 *
 * @example A link is down
 * ```ts
 * import { linkMessage, parseLinkNotices } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * const down = {
 *   type: "link",
 *   domain: "rooms.example",
 *   state: "down",
 *   direction: "out",
 *   clean: false,
 * } as const;
 * const message = linkMessage({ from: "home.example", to: "keeper.home.example" }, [down]);
 *
 * assertEquals(parseLinkNotices(message), { notices: [down], malformed: [] });
 * ```
 *
 * @param message Any stanza.
 */
export function parseLinkNotices(message: Element): LinkNotices {
  const isTold = message.name === "message" && message.attr("type") !== "error";
  return readLinkNotices(isTold ? message.elements(undefined, NS.link) : []);
}

/** Reads these elements of the vocabulary. */
export function readLinkNotices(elements: readonly NoticeElement[]): LinkNotices {
  const notices: LinkNotice[] = [];
  const malformed: MalformedLinkNoticeError[] = [];
  for (const element of elements) {
    try {
      const notice = parseLinkNotice(element);
      if (notice) notices.push(notice);
    } catch (error) {
      if (!(error instanceof MalformedLinkNoticeError)) throw error;
      malformed.push(error);
    }
  }
  return { notices, malformed };
}

/**
 * Reads one notice.
 *
 * @param element An element in the namespace of the vocabulary.
 * @returns The notice, or `undefined` if its name is not known.
 * @throws {MalformedLinkNoticeError} If an attribute is missing or wrong.
 */
export function parseLinkNotice(element: NoticeElement): LinkNotice | undefined {
  switch (element.name) {
    case "hello":
      return element.attr("prefix") === undefined ? pluginHello(element) : {
        type: "keeper-hello",
        prefix: take(element, "prefix", "a text of one character or more", isPresent),
      };
    case "joined":
      return {
        type: "joined",
        user: take(element, "user", "a user's full JID", isFullJid),
        room: take(element, "room", "a room's bare JID", isRoom),
        nick: take(element, "nick", "a nick", isPresent),
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
    case "synced":
      return { type: "synced" };
    default:
      return undefined;
  }
}

function pluginHello(element: NoticeElement): PluginHello {
  const version = take(
    element,
    "version",
    "a whole number",
    (text): text is string => /^[0-9]{1,9}$/.test(text),
  );
  return {
    type: "plugin-hello",
    version: Number(version),
    software: element.attr("software") ?? "",
    boot: take(element, "boot", "an id of this start of the server", isPresent),
  };
}

/**
 * Builds the element of one notice.
 *
 * @param notice What it is to say.
 */
export function linkNotice(notice: LinkNotice): Element {
  const build = (name: string, attrs: Record<string, string | undefined> = {}): Element =>
    xml(name, NS.link, attrs);
  switch (notice.type) {
    case "keeper-hello":
      return build("hello", { prefix: notice.prefix });
    case "plugin-hello":
      return build("hello", {
        version: String(notice.version),
        software: notice.software || undefined,
        boot: notice.boot,
      });
    case "joined":
      return build("joined", { user: notice.user, room: notice.room, nick: notice.nick });
    case "link":
      return build("link", {
        domain: notice.domain,
        state: notice.state,
        direction: notice.direction,
        clean: notice.clean ? "true" : undefined,
      });
    case "ended":
      return build("ended", { user: notice.user });
    case "synced":
      return build("synced");
  }
}

/**
 * Builds a message with notices.
 *
 * @param options The addresses: the watched host and the component, or the other way round.
 * @param notices What it is to say, in order.
 */
export function linkMessage(
  options: { readonly from: string; readonly to: string; readonly id?: string },
  notices: readonly LinkNotice[],
): Element {
  const { from, to, id } = options;
  return xml("message", NS.component, { from, to, id }, ...notices.map(linkNotice));
}

type Check<T extends string> = (value: string) => value is T;

function take<T extends string>(
  element: NoticeElement,
  attribute: string,
  expected: string,
  isValid: Check<T>,
): T {
  const value = element.attr(attribute);
  if (value !== undefined && isValid(value)) return value;
  throw new MalformedLinkNoticeError(element, attribute, expected);
}

const isPresent = (value: string): value is string => value !== "";
const isState = (value: string): value is "up" | "down" => value === "up" || value === "down";
const isDirection = (value: string): value is "in" | "out" => value === "in" || value === "out";

// The server has checked these addresses by its own rules; only their shape is looked at.
const isDomain = (value: string): value is string => value !== "" && !/[@/]/.test(value);
const isRoom = (value: string): value is string =>
  !!localOf(value) && resourceOf(value) === undefined && isDomain(domainOf(value));
const isFullJid = (value: string): value is string =>
  !!localOf(value) && !!resourceOf(value) && isDomain(domainOf(value));
