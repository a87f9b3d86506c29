import { assertEquals } from "@std/assert";
import { tap, type TapContext, type Tapped } from "../../feed/tap.ts";
import { type Element, xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/namespaces.ts";

const context: TapContext = { watched: new Set(["home.example"]), prefix: "rk-secret-" };
const ANN = "ann@home.example/phone";
const ROOM = "garden@rooms.example";

/** A copy as a server sends it. */
function copied(stanza: Element, from = "home.example"): Element {
  const forwarded = xml("forwarded", NS.forward, {}, stanza);
  return xml("message", NS.component, { from, to: "keeper.home.example" }, forwarded);
}

function presence(
  { from = `${ROOM}/Ann`, to = ANN, id, type, statuses = [110], nick, x = true }: {
    readonly from?: string;
    readonly to?: string | undefined;
    readonly id?: string;
    readonly type?: string;
    readonly statuses?: readonly number[];
    readonly nick?: string;
    readonly x?: boolean;
  } = {},
  ...more: Element[]
): Element {
  const muc = xml(
    "x",
    NS.mucUser,
    {},
    xml("item", NS.mucUser, { affiliation: "none", role: "participant", nick }),
    ...statuses.map((code) => xml("status", NS.mucUser, { code: String(code) })),
  );
  return xml("presence", NS.client, { from, to, id, type }, x ? muc : undefined, ...more);
}

function error(condition: string, type = "cancel", by?: string): Element {
  return xml("error", NS.client, { type, by }, xml(condition, NS.stanzaErrors));
}

/** What the copy of a stanza tells. */
function told(stanza: Element, from?: string): unknown {
  const tapped = tap(copied(stanza, from), context);
  return tapped.type === "feed" ? tapped.event : tapped;
}

Deno.test("a room's presence to a user: in, out, renamed, about somebody else", () => {
  const user = ANN, room = ROOM;
  assertEquals(told(presence()), { type: "joined", user, room, nick: "Ann" });
  assertEquals(told(presence({ type: "unavailable" })), { type: "left", user, room });
  assertEquals(told(presence({ type: "unavailable", statuses: [307, 110] })), {
    type: "left",
    user,
    room,
  });
  assertEquals(told(presence({ type: "unavailable", statuses: [303, 110], nick: "Anna" })), {
    type: "renamed",
    user,
    room,
    nick: "Anna",
  });
  assertEquals(told(presence({ from: `${ROOM}/Bob`, statuses: [] })), { type: "seen", user, room });
});

Deno.test("presence that tells nothing of a stay", () => {
  assertEquals(told(presence({ x: false })), undefined, "of a contact");
  assertEquals(told(presence({ from: ROOM })), undefined, "of the room itself");
  assertEquals(told(presence({ type: "subscribe" })), undefined);
  const refused = presence({ type: "error", id: "its-own" }, error("conflict"));
  assertEquals(told(refused), undefined, "of a presence of the user's own");
  assertEquals(told(presence({ to: "ann@home.example" })), undefined, "to no session");
  assertEquals(told(presence({ to: "home.example/phone" })), undefined, "to no user");
});

Deno.test("a join that has made the room is told from others", () => {
  const told110 = told(presence({ statuses: [110, 201] }));
  assertEquals(told110, { type: "joined", user: ANN, room: ROOM, nick: "Ann", created: true });
});

Deno.test("an error in answer to a join of ours is a refusal, with what the room says", () => {
  const refusal = (id: string | undefined, condition: string, type?: string): unknown => {
    const answer = presence({ type: "error", ...(id && { id }) }, error(condition, type, ROOM));
    const event = told(answer) as { type: string; error?: Record<string, unknown> } | undefined;
    return event?.error ? { ...event, error: event.error.condition } : event?.type;
  };
  const refused = { type: "refused", user: ANN, room: ROOM };
  const id = `${context.prefix}7`;
  assertEquals(refusal(id, "forbidden", "auth"), { ...refused, id, error: "forbidden" });
  assertEquals(refusal(id, "remote-server-not-found"), {
    ...refused,
    id,
    error: "remote-server-not-found",
  });
  // A room that leaves the id out, as biboumi does.
  assertEquals(refusal(undefined, "conflict"), { ...refused, id: "", error: "conflict" });
  assertEquals(refusal(undefined, "remote-server-not-found"), "unreachable");
  assertEquals(refusal("its-own", "remote-server-not-found"), "unreachable");
});

Deno.test("messages: only what a room sends to all is evidence", () => {
  const message = (type: string | undefined, from = `${ROOM}/Bob`) =>
    xml("message", NS.client, { from, to: ANN, type }, xml("body", NS.client, {}, "hello"));
  assertEquals(told(message("groupchat")), { type: "seen", user: ANN, room: ROOM });
  assertEquals(told(message("groupchat", ROOM)), { type: "seen", user: ANN, room: ROOM });
  assertEquals(told(message("chat")), undefined);
  assertEquals(told(message(undefined)), undefined);
});

Deno.test("errors that say that a domain can't be reached, whatever the stanza", () => {
  for (const name of ["message", "presence", "iq"]) {
    for (
      const condition of [
        "remote-server-not-found",
        "remote-server-timeout",
        "recipient-unavailable",
      ]
    ) {
      const attrs = { from: `${ROOM}/Ann`, to: ANN, type: "error", id: "x" };
      assertEquals(told(xml(name, NS.client, attrs, error(condition))), {
        type: "unreachable",
        user: ANN,
        domain: "rooms.example",
      });
    }
  }
});

Deno.test("answers to our own questions are told from all others by the prefix of their ids", () => {
  const iq = (id: string, ...children: Element[]) =>
    xml(
      "iq",
      NS.client,
      { from: `${ROOM}/Ann`, to: ANN, type: children.length > 0 ? "error" : "result", id },
      ...children,
    );
  const answered = { type: "answered", user: ANN, room: ROOM };
  assertEquals(told(iq("rk-secret-1")), {
    ...answered,
    id: "rk-secret-1",
    answer: { type: "result" },
  });
  const refusal = told(iq("rk-secret-2", error("not-acceptable", "cancel", ROOM))) as {
    readonly answer: Record<string, unknown>;
  };
  assertEquals(
    [refusal.answer.condition, refusal.answer.errorType, refusal.answer.by],
    ["not-acceptable", "cancel", ROOM],
  );
  assertEquals(told(iq("rk-other-1")), undefined);
});

Deno.test("a ping that a room passes on to a client", () => {
  const ping = (from: string, id = "room-made-this") =>
    xml("iq", NS.client, { from, to: ANN, type: "get", id }, xml("ping", NS.ping));
  const reflected = { type: "reflected", user: ANN, room: ROOM, nick: "Ann" };
  assertEquals(told(ping(`${ROOM}/Ann`)), reflected);
  assertEquals(told(ping(`${ROOM}/Ann`, "rk-secret-3")), reflected, "with the id we gave it");
  assertEquals(told(ping("rooms.example")), undefined);
});

Deno.test("what users send: leaving, asking for a nick, ending the session", () => {
  const out = (to: string | undefined, type?: string) =>
    xml("presence", NS.client, { from: ANN, to, type });
  assertEquals(told(out(`${ROOM}/Ann`, "unavailable")), { type: "left", user: ANN, room: ROOM });
  assertEquals(told(out(`${ROOM}/Anna`)), {
    type: "renaming",
    user: ANN,
    room: ROOM,
    nick: "Anna",
  });
  assertEquals(told(out(undefined, "unavailable")), { type: "ended", user: ANN });
  assertEquals(told(out("ann@home.example", "unavailable")), { type: "ended", user: ANN });
  assertEquals(told(out(undefined)), undefined);
  assertEquals(told(out("bob@far.example", "subscribe")), undefined);
  const says = { from: ANN, to: ROOM, type: "groupchat" };
  assertEquals(told(xml("message", NS.client, says)), undefined, "saying is not being heard");
});

Deno.test("a user can't forge a room's word: a stanza of a user is one, whatever it carries", () => {
  const forged = presence({ from: "mallory@home.example/x", to: ANN });
  assertEquals(told(forged), {
    type: "renaming",
    user: "mallory@home.example/x",
    room: "ann@home.example",
    nick: "phone",
  }, "a wish of mallory's own");
  const left = presence({ from: "mallory@home.example/x", to: ANN, type: "unavailable" });
  assertEquals(told(left), {
    type: "left",
    user: "mallory@home.example/x",
    room: "ann@home.example",
  }, "of mallory's own stays only");
});

Deno.test("rooms on a service of the home server itself, in both directions", () => {
  const room = "lounge@rooms.home.example";
  assertEquals(told(presence({ from: `${room}/Ann` })), {
    type: "joined",
    user: ANN,
    room,
    nick: "Ann",
  });
  const leaves = xml("presence", NS.client, { from: ANN, to: `${room}/Ann`, type: "unavailable" });
  assertEquals(told(leaves), { type: "left", user: ANN, room });
});

Deno.test("users of hosts that are not watched are none of our business", () => {
  assertEquals(told(presence({ to: "eve@other.example/x" })), undefined);
  assertEquals(told(presence({ to: "eve@sub.home.example/x" })), undefined);
  assertEquals(told(presence({ to: "eve@home.example.evil.example/x" })), undefined);
});

Deno.test("copies and pluginEvents are believed from a watched host only, to the letter", () => {
  const notice = (from: string) =>
    xml(
      "message",
      NS.component,
      { from, to: "keeper.home.example" },
      xml("link", NS.plugin, { domain: "rooms.example", state: "down", direction: "out" }),
    );
  const forgers = [
    "mallory@home.example/x",
    "mallory@home.example",
    "home.example/resource",
    "sub.home.example",
    "rooms.example",
    "HOME.EXAMPLE",
    "",
  ];
  for (const from of forgers) {
    const expected: Tapped = { type: "forged", from };
    assertEquals(tap(copied(presence(), from), context), expected);
    assertEquals(tap(notice(from), context), expected);
  }
  const genuine = tap(notice("home.example"), context);
  assertEquals(genuine.type === "feed" && genuine.pluginEvents?.length, 1);
});

Deno.test("pluginEvents that can't be understood are told, not believed", () => {
  const bad = xml(
    "message",
    NS.component,
    { from: "home.example" },
    xml("link", NS.plugin, { domain: "rooms.example", state: "sideways" }),
  );
  const tapped = tap(bad, context);
  assertEquals(tapped.type === "feed" && [tapped.pluginEvents?.length, tapped.malformed?.length], [
    0,
    1,
  ]);
});

Deno.test("other stanzas are other", () => {
  const plain = xml("message", NS.component, { from: "home.example" }, xml("body", NS.component));
  assertEquals(tap(plain, context), { type: "other" });
  assertEquals(tap(presence(), context), { type: "other" });
  const question = xml(
    "iq",
    NS.component,
    { from: ANN, type: "get", id: "1" },
    xml("ping", NS.ping),
  );
  assertEquals(tap(question, context), { type: "other" });
});
