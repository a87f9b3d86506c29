/** Ad-hoc commands, stanza by stanza; tests/admin/ad_hoc_client_test.ts has a real client. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { answerCommand } from "../../admin/ad_hoc.ts";
import { COMMANDS } from "../../admin/commands.ts";
import type { StoreHealth } from "../../store/join_store.ts";
import { type Element, serialize, xml } from "../../xml/mod.ts";
import { NS } from "../../xmpp/mod.ts";
import { FULL_STORE, Scene, STORE } from "./scene.ts";

const ADMIN = "admin@home.example/desk";
const GARDEN = "garden.example";

/** A keeper with a scene in it, which remembers what it was told to do. */
function steered(store: StoreHealth | undefined) {
  const scene = new Scene();
  scene.join(GARDEN, 2);
  const done: string[] = [];
  const keeper = {
    paused: false,
    held: 3,
    store,
    router: {
      domains: scene.keeper.router.domains,
      verify: (domain: string) => (done.push(`verify ${domain}`), domain === GARDEN ? 1 : 0),
      forget: (user: string, room: string) => (done.push(`forget ${user} ${room}`), true),
    },
    pause: () => void done.push("pause"),
    resume: () => void done.push("resume"),
  };
  return { keeper, done };
}

function ask(
  payload: Element,
  from = ADMIN,
  type = "set",
  store: StoreHealth | undefined = STORE,
) {
  const { keeper, done } = steered(store);
  const iq = xml("iq", NS.component, { type, id: "1", from, to: "keeper.example" }, payload);
  const admins = new Set(["admin@home.example"]);
  return { answer: answerCommand(iq, { admins, keeper }), done };
}

function command(node: string, attrs: Record<string, string> = {}, fields?: object): Element {
  const form = fields && xml(
    "x",
    NS.dataForms,
    { type: "submit" },
    ...Object.entries(fields).map(([name, value]) =>
      xml("field", NS.dataForms, { var: name }, xml("value", NS.dataForms, {}, value))
    ),
  );
  return xml("command", NS.commands, { node, ...attrs }, form);
}

const error = (answer: Element | undefined) =>
  answer?.child("error")?.elements(undefined, NS.stanzaErrors)[0]?.name;
const commandOf = (answer: Element | undefined) => answer!.child("command", NS.commands)!;

Deno.test("only admins may do, and even see, anything", () => {
  const strangers = [
    "admin@evil.example/x",
    "admin@home.example.evil/x",
    "home.example",
    "bob@home.example",
  ];
  for (const from of strangers) {
    for (const node of Object.keys(COMMANDS)) {
      const { answer, done } = ask(command(node, {}, { domain: GARDEN }), from);
      assertEquals([error(answer), done], ["forbidden", []]);
    }
    const items = xml("query", NS.discoItems, { node: NS.commands });
    assertEquals(error(ask(items, from, "get").answer), "forbidden");
  }
});

Deno.test("admins find the commands, and what they are", () => {
  const { answer } = ask(xml("query", NS.discoItems, { node: NS.commands }), ADMIN, "get");
  const items = answer!.child("query", NS.discoItems)!.elements("item");
  assertEquals(items.map((item) => item.attr("node")), Object.keys(COMMANDS));
  for (const item of items) {
    const query = xml("query", NS.discoInfo, { node: item.attr("node") });
    const info = ask(query, ADMIN, "get").answer!.child("query", NS.discoInfo)!;
    assertEquals(info.child("identity")!.attr("type"), "command-node");
    assertEquals(info.child("identity")!.attr("name"), item.attr("name"));
  }
});

Deno.test("other questions are left to others", () => {
  assertEquals(ask(xml("ping", NS.ping), ADMIN, "get").answer, undefined);
  assertEquals(ask(xml("query", NS.discoInfo), ADMIN, "get").answer, undefined);
  assertEquals(ask(command("roomkeeper#pause"), ADMIN, "get").answer, undefined);
});

Deno.test("a command first asks, then does", () => {
  const first = commandOf(ask(command("roomkeeper#verify")).answer);
  assertEquals(first.attr("status"), "executing");
  assert(first.attr("sessionid"));
  const field = first.child("x", NS.dataForms)!.child("field")!;
  assertEquals([field.attr("var"), field.child("required")?.name], ["domain", "required"]);

  const sessionid = first.attr("sessionid")!;
  const { answer, done } = ask(command("roomkeeper#verify", { sessionid }, { domain: GARDEN }));
  assertEquals(done, [`verify ${GARDEN}`]);
  assertEquals(commandOf(answer).attr("status"), "completed");
  assertEquals(commandOf(answer).attr("sessionid"), sessionid);
});

Deno.test("what makes no sense is asked again, with the reason", () => {
  for (const domain of ["unknown.example", "", "@@"]) {
    const { answer } = ask(command("roomkeeper#status", {}, { domain }));
    assertEquals(commandOf(answer).attr("status"), "executing");
    assertEquals(commandOf(answer).child("note")!.attr("type"), "error");
    assert(commandOf(answer).child("x", NS.dataForms));
  }
  const fields = { user: "ann@home.example", room: "a@garden.example" };
  const bare = commandOf(ask(command("roomkeeper#forget", {}, fields)).answer);
  assertStringIncludes(bare.child("note")!.text, "needs a resource");
});

Deno.test("status tells link and joins, and addresses are taken in any form", () => {
  const { answer } = ask(command("roomkeeper#status", {}, { domain: "Garden.Example." }));
  const text = serialize(answer!);
  assertStringIncludes(text, "2 of 2 sessions in 1 rooms");
  assertStringIncludes(text, "<value>up</value>");
  assertStringIncludes(text, "Recovery (home.example)");
});

Deno.test("status tells how the store is doing, and what to do about it", () => {
  const told = (store: StoreHealth | undefined) => {
    const request = command("roomkeeper#status", {}, { domain: GARDEN });
    const done = commandOf(ask(request, ADMIN, "set", store).answer);
    const fields = done.child("x", NS.dataForms)!.elements("field");
    const field = fields.find((field) => field.attr("var") === "store");
    return { note: done.child("note")!.text, field: field?.child("value")?.text };
  };
  assertEquals(told(STORE), {
    note: `${GARDEN} has one link.`,
    field: "ok, 1.2 MB, 3 changes to be written, slowest write 42 ms",
  });
  const full = told(FULL_STORE);
  assertStringIncludes(full.note, "The store can't be written. ");
  assertStringIncludes(full.note, "no space is left on the disk. Make some.");
  assertEquals(
    full.field,
    "failing (full), 1.2 MB, 1250 changes to be written, slowest write 42 ms, 4 failures",
  );
});

Deno.test("rejoins and notices are held back and resumed in one step; a join is forgotten", () => {
  assertEquals(ask(command("roomkeeper#pause")).done, ["pause"]);
  const resumed = ask(command("roomkeeper#resume"));
  assertEquals(resumed.done, ["resume"]);
  assertStringIncludes(commandOf(resumed.answer).child("note")!.text, "go on, for 3 users so far");
  const fields = { user: "User0@home.example/phone", room: "room0@garden.example/x" };
  assertEquals(ask(command("roomkeeper#forget", {}, fields)).done, [
    "forget user0@home.example/phone room0@garden.example",
  ]);
});

Deno.test("cancelling does nothing; unknown commands and actions are refused", () => {
  const canceled = ask(command("roomkeeper#verify", { action: "cancel" }, { domain: GARDEN }));
  assertEquals([commandOf(canceled.answer).attr("status"), canceled.done], ["canceled", []]);
  assertEquals(error(ask(command("constructor")).answer), "item-not-found");
  assertEquals(error(ask(command("roomkeeper#pause", { action: "prev" })).answer), "bad-request");
});
