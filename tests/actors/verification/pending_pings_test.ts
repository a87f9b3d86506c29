import type { Join } from "../../../actors/joins/join.ts";
import { assertEquals } from "@std/assert";
import { Joins } from "../../../actors/joins/joins.ts";
import { type PendingPing, PendingPings } from "../../../actors/verification/pending_pings.ts";

const joins = new Joins();
const GARDEN = "garden@rooms.example";

function join(user: string, room = GARDEN): Join {
  return joins.get(user, room) ?? joins.add(user, room, "nick", 0, 0);
}

function ask(id: string, about: Join): PendingPing {
  return { id, kind: "ping", join: about, seq: 1, at: 0 };
}

Deno.test("a user's stay is asked about once at a time, from whichever session", () => {
  const open = new PendingPings();
  const question = ask("1", join("ann@home.example/phone"));
  open.add(question);
  assertEquals(open.isHeld(join("ann@home.example/laptop")), true);
  assertEquals(open.isHeld(join("ann@home.example/laptop", "attic@rooms.example")), false);
  assertEquals(open.isHeld(join("bob@home.example/phone")), false);
  assertEquals(open.about("ann@home.example/laptop", GARDEN), question);
  open.remove(question);
  assertEquals(open.isHeld(join("ann@home.example/laptop")), false);
  assertEquals([open.size, open.get("1")], [0, undefined]);
});

Deno.test("the question that has waited longest is the oldest", () => {
  const open = new PendingPings();
  const questions = ["ann", "bob", "eve"].map((name, n) => ask(`${n}`, join(`${name}@h/x`)));
  for (const question of questions) open.add(question);
  open.remove(questions[0]!);
  assertEquals([open.oldest, open.size], [questions[1], 2]);
});

Deno.test("users whose hashes meet wait for each other, and are not taken for each other", () => {
  const open = new PendingPings(() => 7);
  open.add(ask("1", join("ann@home.example/phone")));
  assertEquals(open.isHeld(join("bob@home.example/phone")), true);
  assertEquals(open.about("bob@home.example/phone", GARDEN), undefined);
});
