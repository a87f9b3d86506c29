/**
 * The events of a server plugin, read without a parser: a snapshot has one for every join.
 *
 * @module
 */
import { type AttributeSource, type PluginEvents, readPluginEvents } from "./plugin_message.ts";
import type { PluginPayload } from "./plugin_events.ts";
import { NS } from "./namespaces.ts";

const END = "</message>";
/** What an attribute's value may hold that does not stand for itself. */
const UNPLAIN = /[&\t\n\r]/;
const NAME = /<(joined|link|ended|synced|rejoining|norejoin|probed)(?=[ /])/y;
const ATTRIBUTE = / ([a-z]+)=(?:'([^']*)'|"([^"]*)")/y;

/**
 * Reads the events of a message that is written as our plugins do it: empty elements that declare
 * their namespace, and nothing else. Gives the same as `parsePluginEvents`, or nothing.
 *
 * @example
 * ```ts
 * import { scanPluginEvents } from "./plugin_event_scanner.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const ended = "<ended xmlns='urn:x-roomkeeper:link:0' user='ann@home.example/phone'/>";
 * assertEquals(scanPluginEvents(`<message from='home.example'>${ended}</message>`)?.events, [
 *   { type: "ended", user: "ann@home.example/phone" },
 * ]);
 * assertEquals(scanPluginEvents(`<message><body/>${ended}</message>`), undefined);
 * ```
 *
 * @param message The XML of a `<message/>` that is not of type `error`; a scanner has found it to be
 *   well-formed. Its sender is for the caller to check.
 * @returns The events; undefined if that takes a parser to say.
 */
export function scanPluginEvents(message: string): PluginEvents | undefined {
  if (UNPLAIN.test(message)) return undefined;
  const elements: AttributeSource[] = [];
  let at = message.indexOf(">") + 1;
  while (!message.startsWith(END, at)) {
    const tag = readTag(message, at);
    if (tag === undefined) return undefined;
    elements.push(tag);
    at = tag.end;
  }
  const { events, malformed } = readPluginEvents(elements);
  return { events: events.map(ofItsOwn), malformed };
}

class Tag implements AttributeSource {
  readonly name: string;
  /** Where it ends in the text. */
  readonly end: number;
  /** Names and values by turns: there are too few for a table. */
  readonly #attributes: readonly string[];

  constructor(name: string, attributes: readonly string[], end: number) {
    this.name = name;
    this.end = end;
    this.#attributes = attributes;
  }

  attr(name: string): string | undefined {
    for (let i = 0; i < this.#attributes.length; i += 2) {
      if (this.#attributes[i] === name) return this.#attributes[i + 1];
    }
    return undefined;
  }
}

function readTag(text: string, start: number): Tag | undefined {
  NAME.lastIndex = start;
  const name = NAME.exec(text)?.[1];
  if (name === undefined) return undefined;
  const attributes: string[] = [];
  ATTRIBUTE.lastIndex = NAME.lastIndex;
  let end = NAME.lastIndex;
  for (let match; (match = ATTRIBUTE.exec(text)) !== null; end = ATTRIBUTE.lastIndex) {
    attributes.push(match[1]!, match[2] ?? match[3]!);
  }
  const tag = new Tag(name, attributes, end + 2);
  return text.startsWith("/>", end) && tag.attr("xmlns") === NS.plugin ? tag : undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is kept of a event must not share the memory of the whole message. */
function ofItsOwn(event: PluginPayload): PluginPayload {
  switch (event.type) {
    case "joined":
      return {
        ...event,
        user: copy(event.user),
        room: copy(event.room),
        nick: copy(event.nick),
      };
    case "link":
      return { ...event, domain: copy(event.domain) };
    case "ended":
      return { ...event, user: copy(event.user) };
    case "dropped":
      return { ...event, user: copy(event.user), room: copy(event.room) };
    case "rejoining":
    case "norejoin":
    case "probed":
      return { ...event, id: copy(event.id) };
    default:
      return event;
  }
}

function copy(text: string): string {
  return decoder.decode(encoder.encode(text));
}
