/**
 * Ad-hoc commands (XEP-0050): an admin steers Roomkeeper from an ordinary chat client.
 *
 * Pure: a question in, an answer out. What the commands do is told in `commands.ts`.
 *
 * @module
 */
import { type Element, xml } from "../xml/mod.ts";
import { discoInfoResult, isDiscoInfoQuery } from "../xmpp/disco.ts";
import { iqError, iqResult } from "../xmpp/iq.ts";
import { bareJid } from "../xmpp/jid.ts";
import { NS } from "../xmpp/namespaces.ts";
import { stanzaError } from "../xmpp/stanza_error.ts";
import {
  type Command,
  type CommandResult,
  COMMANDS,
  InputError,
  type Steered,
} from "./commands.ts";
import { dataForm, submitted } from "./data_form.ts";

/** What a component that takes commands tells about itself (XEP-0030). */
export const AD_HOC_FEATURES: readonly string[] = [NS.commands, NS.discoItems];

/** Who may steer what. */
export interface AdHocOptions {
  /** The bare JIDs of those who may, in normal form. */
  readonly admins: ReadonlySet<string>;
  /** What is steered. */
  readonly keeper: Steered;
  /** Told of each command that was carried out. */
  readonly done?: (command: string, by: string, what: string) => void;
}

/**
 * Answers what concerns commands: which there are, what they are, and carrying them out.
 *
 * @param request An `iq` of type `get` or `set`, with the sender that the server stamped.
 * @returns The answer; `undefined` if the question is about something else.
 */
export function answerCommand(request: Element, options: AdHocOptions): Element | undefined {
  const from = request.attr("from") ?? "";
  const allowed = options.admins.has(bareJid(from));
  const command = request.child("command", NS.commands);
  if (command && request.attr("type") === "set") {
    return allowed ? carryOut(request, command, options) : forbidden(request);
  }
  if (request.attr("type") !== "get") return undefined;
  const items = request.child("query", NS.discoItems);
  if (items) return listed(request, items.attr("node"), allowed);
  if (!isDiscoInfoQuery(request)) return undefined;
  const node = request.child("query", NS.discoInfo)?.attr("node");
  const about = described(node);
  if (node === undefined || about === undefined) return undefined;
  return allowed ? discoInfoResult(request, about) : forbidden(request);
}

function forbidden(request: Element): Element {
  return iqError(
    request,
    "forbidden",
    "auth",
    "Only admins that roomkeeper.toml names may do this.",
  );
}

/** The items of the component: none, but the commands under their node. */
function listed(request: Element, node: string | undefined, allowed: boolean): Element {
  if (node === undefined) return iqResult(request, xml("query", NS.discoItems));
  if (node !== NS.commands) return iqError(request, "item-not-found", "cancel");
  if (!allowed) return forbidden(request);
  const jid = request.attr("to");
  return iqResult(
    request,
    xml(
      "query",
      NS.discoItems,
      { node },
      ...Object.entries(COMMANDS).map(([node, { name }]) =>
        xml("item", NS.discoItems, { jid, node, name })
      ),
    ),
  );
}

function described(node: string | undefined) {
  if (node === NS.commands) {
    const identity = { category: "automation", type: "command-list", name: "Commands" };
    return { identities: [identity], features: new Set([NS.commands]) };
  }
  const command = node === undefined ? undefined : commandOf(node);
  return command && {
    identities: [{ category: "automation", type: "command-node", name: command.name }],
    features: new Set([NS.commands, NS.dataForms]),
  };
}

function commandOf(node: string): Command | undefined {
  return Object.hasOwn(COMMANDS, node) ? COMMANDS[node] : undefined;
}

function carryOut(request: Element, element: Element, options: AdHocOptions): Element {
  const node = element.attr("node") ?? "";
  const command = commandOf(node);
  if (command === undefined) return iqError(request, "item-not-found", "cancel");
  const step = (status: string, ...children: (Element | undefined)[]) =>
    iqResult(request, commandElement(element, status, children));
  const action = element.attr("action") ?? "execute";
  if (action === "cancel") return step("canceled");
  if (action !== "execute" && action !== "complete") return badAction(request);

  const form = submitted(element);
  const { ask } = command;
  if (ask && form === undefined) return step("executing", ACTIONS, dataForm("form", ask));
  try {
    const outcome = command.run(options.keeper, form ?? new Map());
    options.done?.(node, bareJid(request.attr("from") ?? ""), outcome.note);
    return step("completed", note("info", outcome.note), result(command, outcome));
  } catch (error) {
    if (!(error instanceof InputError) || !ask) throw error;
    return step("executing", ACTIONS, dataForm("form", ask), note("error", error.message));
  }
}

/** All that can be done with a form here is to submit it. */
const ACTIONS = xml("actions", NS.commands, { execute: "complete" }, xml("complete", NS.commands));

function commandElement(
  asked: Element,
  status: string,
  children: readonly (Element | undefined)[],
): Element {
  const node = asked.attr("node");
  // No state is kept between the steps, so any session is as good as another.
  const sessionid = asked.attr("sessionid") ?? crypto.randomUUID();
  return xml("command", NS.commands, { node, sessionid, status }, ...children);
}

function note(type: "info" | "error", text: string): Element {
  return xml("note", NS.commands, { type }, text);
}

function result(command: Command, { fields }: CommandResult): Element | undefined {
  return fields && dataForm("result", { title: command.name, fields });
}

function badAction(request: Element): Element {
  const refused = stanzaError({ type: "modify", condition: "bad-request" }, request.ns);
  const attrs = { from: request.attr("to"), to: request.attr("from"), id: request.attr("id") };
  return xml(
    "iq",
    request.ns,
    { ...attrs, type: "error" },
    xml("error", request.ns, refused.attrs, ...refused.children, xml("bad-action", NS.commands)),
  );
}
