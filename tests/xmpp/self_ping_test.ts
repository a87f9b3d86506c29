import { assertEquals } from "@std/assert";
import { serialize, xml } from "../../xml/mod.ts";
import { parseIqAnswer } from "../../xmpp/iq.ts";
import { NS } from "../../xmpp/namespaces.ts";
import {
  explainDisco,
  explainSelfPing,
  interpretDisco,
  interpretSelfPing,
  selfPing,
  selfPingContext,
} from "../../xmpp/self_ping.ts";
import {
  DISCO_TABLE,
  SELF_PING_TABLE,
  type SelfPingAnswer,
  type SelfPingVerdict,
  type Verdict,
} from "../../xmpp/self_ping_table.ts";
import type { IqAnswer } from "../../xmpp/iq.ts";

const room = "garden@rooms.example";
const mucHost = "rooms.example";
const home = "home.example";
const context = selfPingContext(room, new Set([home, "other.home.example"]));

const JOINED = { state: "joined" } as const;
const NOT_OCCUPANT = { state: "gone", why: "not-occupant" } as const;
const VANISHED = { state: "gone", why: "vanished" } as const;
const ENDED = { state: "gone", why: "ended" } as const;
const UNDECIDED = { state: "undecided" } as const;
const ASK_ROOM = { state: "ask-room" } as const;

function error(condition: string, errorType: string, by?: string): IqAnswer {
  return { type: "error", condition, errorType, by };
}

/** For each row of the table: what it must say, and the answers that it is for. */
const SELF_PING_CASES: Record<string, readonly [SelfPingVerdict, readonly SelfPingAnswer[]]> = {
  "result": [JOINED, [{ type: "result" }]],
  "ping reflected by the room to one of the user's clients": [JOINED, [{ type: "reflected" }]],
  "no answer in time": [UNDECIDED, [{ type: "timeout" }]],
  "the gateway has lost the user's connection to the network": [NOT_OCCUPANT, [
    {
      type: "error",
      condition: "remote-server-not-found",
      errorType: "cancel",
      text: "Not connected to IRC server irc.example",
    },
    {
      type: "error",
      condition: "recipient-unavailable",
      errorType: "cancel",
      text: "Not connected to IRC server irc.example",
    },
  ]],
  "the room's server can't be reached": [UNDECIDED, [
    error("remote-server-not-found", "cancel"),
    error("remote-server-not-found", "cancel", home),
    error("remote-server-timeout", "wait"),
    error("remote-server-timeout", "cancel", mucHost),
  ]],
  "the link broke before the ping was acknowledged": [UNDECIDED, [
    error("recipient-unavailable", "cancel"),
    error("recipient-unavailable", "cancel", home),
    error("recipient-unavailable", "wait", room),
  ]],
  "answered by the home server": [UNDECIDED, [
    error("service-unavailable", "cancel", home),
    error("not-allowed", "cancel", "other.home.example"),
    error("item-not-found", "cancel", `romeo@${home}/phone`),
    error("gone", "cancel", home),
  ]],
  "try again later": [UNDECIDED, [
    error("service-unavailable", "wait"),
    error("resource-constraint", "wait", mucHost),
    error("not-acceptable", "wait", room),
    error("item-not-found", "continue", mucHost),
  ]],
  "the ping itself failed": [UNDECIDED, [
    error("internal-server-error", "cancel", mucHost),
    error("jid-malformed", "modify"),
    error("policy-violation", "modify", mucHost),
    error("resource-constraint", "cancel", room),
  ]],
  "no such service, says the MUC host itself": [ASK_ROOM, [
    error("service-unavailable", "cancel", mucHost),
    error("feature-not-implemented", "cancel", mucHost),
  ]],
  "reflected to a client that can't answer pings": [JOINED, [
    error("service-unavailable", "cancel"),
    error("feature-not-implemented", "cancel", `${room}/Romeo`),
    error("feature-not-implemented", "modify"),
  ]],
  "no such nick, says the room": [JOINED, [
    error("item-not-found", "cancel", room),
    error("item-not-found", "cancel", `${room}/Romeo`),
  ]],
  "no such room, says the MUC host": [VANISHED, [error("item-not-found", "cancel", mucHost)]],
  "no such room or no such nick": [ASK_ROOM, [
    error("item-not-found", "cancel"),
    error("item-not-found", "cancel", "rooms-backend.example"),
  ]],
  "the room has ended for good": [ENDED, [
    error("gone", "cancel", mucHost),
    error("gone", "modify"),
  ]],
  "not an occupant": [NOT_OCCUPANT, [
    error("not-acceptable", "cancel", room),
    error("not-acceptable", "modify"),
  ]],
  "not an occupant, in other words": [NOT_OCCUPANT, [
    error("not-allowed", "cancel"),
    error("bad-request", "modify"),
    error("forbidden", "auth", room),
  ]],
  "any other refusal": [NOT_OCCUPANT, [
    error("registration-required", "auth", room),
    error("undefined-condition", "cancel"),
    error("a-condition-of-the-future", "modify"),
  ]],
};

for (const row of SELF_PING_TABLE) {
  Deno.test(`self-ping: ${row.name}`, () => {
    const [verdict, answers] = SELF_PING_CASES[row.name]!;
    for (const answer of answers) {
      assertEquals(explainSelfPing(answer, context).name, row.name);
      assertEquals(interpretSelfPing(answer, context), verdict);
    }
  });
}

const DISCO_CASES: Record<string, readonly [Verdict, readonly IqAnswer[]]> = {
  "the room is there, so only the nick is unknown": [JOINED, [{ type: "result" }]],
  "answered on the way": [UNDECIDED, [
    error("item-not-found", "cancel", home),
    error("recipient-unavailable", "cancel"),
    error("remote-server-timeout", "wait"),
  ]],
  "the room is not there": [VANISHED, [
    error("item-not-found", "cancel"),
    error("item-not-found", "cancel", mucHost),
    error("item-not-found", "cancel", room),
  ]],
  "the room has ended for good": [ENDED, [error("gone", "cancel", mucHost)]],
  "no word on whether the room is there": [UNDECIDED, [
    { type: "timeout" },
    error("item-not-found", "wait", mucHost),
    error("forbidden", "auth", room),
    error("service-unavailable", "cancel"),
  ]],
};

for (const row of DISCO_TABLE) {
  Deno.test(`disco#info after a self-ping: ${row.name}`, () => {
    const [verdict, answers] = DISCO_CASES[row.name]!;
    for (const answer of answers) {
      assertEquals(explainDisco(answer, context).name, row.name);
      assertEquals(interpretDisco(answer, context), verdict);
    }
  });
}

Deno.test("a room on a watched host of the home server speaks for itself", () => {
  const local = { room: `garden@${home}`, mucHost: home, homeHosts: new Set([home]) };
  assertEquals(
    interpretSelfPing(error("not-acceptable", "cancel", local.room), local),
    NOT_OCCUPANT,
  );
  assertEquals(interpretSelfPing(error("item-not-found", "cancel", local.room), local), JOINED);
  assertEquals(interpretSelfPing(error("service-unavailable", "cancel", home), local), UNDECIDED);
});

Deno.test("selfPing() goes from the user to the user's own occupant JID", () => {
  const ping = selfPing({ user: `romeo@${home}/phone`, room, nick: "Romeo & co", id: "rk-1" });
  assertEquals(
    serialize(ping, { ns: NS.component }),
    "<iq type='get' id='rk-1' from='romeo@home.example/phone' " +
      "to='garden@rooms.example/Romeo &amp; co'><ping xmlns='urn:xmpp:ping'/></iq>",
  );
});

Deno.test("an error stanza of a room leads to its verdict", () => {
  const stanza = xml(
    "iq",
    NS.client,
    { type: "error", id: "rk-1", from: `${room}/Romeo`, to: `romeo@${home}/phone` },
    xml("ping", NS.ping),
    xml(
      "error",
      NS.client,
      { type: "cancel", by: mucHost },
      xml("gone", NS.stanzaErrors, {}, "xmpp:park@rooms.example?join"),
    ),
  );
  const answer = parseIqAnswer(stanza)!;
  assertEquals(answer, {
    type: "error",
    condition: "gone",
    errorType: "cancel",
    by: mucHost,
    uri: "xmpp:park@rooms.example?join",
  });
  assertEquals(interpretSelfPing(answer, context), ENDED);
});
