/** What rooms answer to the keeper's questions, in the words of their software. */

import { type Element, xml } from "../../xml/mod.ts";
import { discoInfoResult, isDiscoInfoQuery } from "../../xmpp/disco.ts";
import { iqResult } from "../../xmpp/iq.ts";
import { bareJid, domainOf, resourceOf } from "../../xmpp/jid.ts";
import { NS } from "../../xmpp/namespaces.ts";
import { errorReply, type StanzaError } from "../../xmpp/stanza_error.ts";
import type { Domain, World } from "./world.ts";

/** How many pings a room passes on to one of the user's clients rather than answer them itself. */
const REFLECTED = 0.2;

/** All that goes back to the user in whose name `question` was asked. */
export function answers(question: Element, world: World): readonly Element[] {
  const room = bareJid(question.attr("to") ?? "");
  const domain = world.domains.get(domainOf(room))!;
  return isDiscoInfoQuery(question)
    ? [world.isRoom(room) ? roomInfo(question) : noSuchRoom(question, domain)]
    : selfPingAnswers(question, world, domain);
}

function selfPingAnswers(question: Element, world: World, domain: Domain): readonly Element[] {
  const { from: user = "", to = "" } = question.attrs;
  const room = bareJid(to);
  const refuse = (error: StanzaError) => [errorReply(question, error)];
  switch (world.occupant(user, room, resourceOf(to) ?? "")) {
    case "joined":
      if (world.random() >= REFLECTED) return [iqResult(question)];
      // The client may know pings or not, or be gone to sleep.
      if (world.random() < 0.3) return [reflection(question)];
      return world.random() < 0.5
        ? [reflection(question), iqResult(question)]
        : refuse({ type: "cancel", condition: "service-unavailable" });
    case "renamed":
      return refuse({
        type: "cancel",
        condition: "item-not-found",
        ...domain.software === "prosody" && { by: room },
      });
    case "gone":
      if (!world.isRoom(room)) return [noSuchRoom(question, domain)];
      return domain.software === "prosody"
        ? refuse({ type: "cancel", condition: "not-acceptable", by: room })
        : refuse({ type: "modify", condition: "not-acceptable" });
  }
}

/** The room's own ping to the user, from the occupant that was asked about. */
function reflection(question: Element): Element {
  const { from, to, id = "" } = question.attrs;
  const ns = NS.client;
  // What the room makes of an id is its own affair.
  const own = `of-the-room-${id.length}-${id.slice(-4)}`;
  return xml("iq", ns, { type: "get", from: to, to: from, id: own }, xml("ping", NS.ping));
}

function noSuchRoom(question: Element, { name, software }: Domain): Element {
  return errorReply(question, {
    type: "cancel",
    condition: "item-not-found",
    ...software === "prosody" && { by: name },
  });
}

function roomInfo(query: Element): Element {
  return discoInfoResult(query, {
    identities: [{ category: "conference", type: "text" }],
    features: new Set([NS.muc]),
  });
}
