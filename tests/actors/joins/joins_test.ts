import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Joins } from "../../../actors/joins/joins.ts";

const USERS = ["a", "b", "c", "d"];
const ROOMS = ["r", "s", "t"];

Deno.test("a table of joins is what a naive one is", () => {
  const change = fc.record({
    user: fc.constantFrom(...USERS),
    room: fc.constantFrom(...ROOMS),
    add: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60, size: "max" }), (changes) => {
      const joins = new Joins();
      const naive = new Map<string, number>();
      changes.forEach(({ user, room, add }, index) => {
        const name = `${user} ${room}`;
        if (!add) assertEquals(joins.remove(user, room) !== undefined, naive.delete(name));
        else if (!naive.has(name)) {
          joins.add(user, room, "nick", 0, index);
          naive.set(name, index);
        }
      });
      const names = (all: Iterable<{ user: string; room: { jid: string } }>) =>
        [...all].map(({ user, room }) => `${user} ${room.jid}`).sort();
      assertEquals(names(joins), [...naive.keys()].sort());
      for (let start = 0; start <= joins.users; start++) {
        assertEquals(names(joins.from(start)), [...naive.keys()].sort());
      }
      assertEquals(joins.size, naive.size);
      assertEquals(joins.users, new Set([...naive.keys()].map((name) => name[0])).size);
      assertEquals(joins.rooms, new Set([...naive.keys()].map((name) => name[2])).size);
      for (const [name, confirmed] of naive) {
        assertEquals(joins.get(name[0]!, name[2]!)?.confirmed, confirmed);
      }
      for (const { jid, joins: count } of joins.roomList()) {
        assertEquals(count, [...naive.keys()].filter((name) => name[2] === jid).length);
      }
    }),
    { seed: 1 },
  );
});

Deno.test("a walk through all joins survives changes: who stays is met", () => {
  const joins = new Joins();
  for (const user of USERS) for (const room of ROOMS) joins.add(user, room, "nick", 0, 0);
  const met = new Set<string>();
  for (const join of joins.from(2)) {
    met.add(`${join.user} ${join.room.jid}`);
    joins.remove("c", "s");
    if (join.user === "d") joins.remove("d", "r");
    joins.remove("a", "t");
  }
  for (const { user, room } of joins) assert(met.has(`${user} ${room.jid}`));
});

Deno.test("a join that was removed and made again is another one", () => {
  const joins = new Joins();
  const first = joins.add("a", "r", "nick", 0, 0);
  assert(joins.has(first));
  joins.remove("a", "r");
  const second = joins.add("a", "r", "nick", 0, 0);
  assertEquals([joins.has(first), joins.has(second)], [false, true]);
  assertStrictEquals(joins.get("a", "r"), second);
});
