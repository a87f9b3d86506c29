import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Joins } from "../../../actors/joins/joins.ts";
import { Sessions } from "../../../actors/joins/sessions.ts";

const USERS = ["a", "b", "c", "d"];
const DOMAINS = ["x", "y"];
const ROOMS = ["r", "s", "t"];

Deno.test("tables that share sessions know their own joins, and the sessions all of them", () => {
  const change = fc.record({
    user: fc.constantFrom(...USERS),
    domain: fc.constantFrom(...DOMAINS),
    room: fc.constantFrom(...ROOMS),
    add: fc.boolean(),
  });
  const hashes = fc.func(fc.integer({ min: 0, max: 3 }));
  fc.assert(
    // Hardly any two users have the same hash in truth, so here many have.
    fc.property(fc.array(change, { maxLength: 60, size: "max" }), hashes, (changes, hash) => {
      const sessions = new Sessions(hash);
      const tables = new Map(DOMAINS.map((domain) => [domain, new Joins(sessions)]));
      const naive = new Set<string>();
      for (const { user, domain, room, add } of changes) {
        const table = tables.get(domain)!;
        const jid = `${room}@${domain}`;
        if (!add) {
          assertEquals(table.remove(user, jid) !== undefined, naive.delete(`${user} ${jid}`));
        } else if (!naive.has(`${user} ${jid}`)) {
          table.add(user, jid, "nick", 0, 0);
          naive.add(`${user} ${jid}`);
        }
      }
      const names = [...naive];
      const list = (joins: Iterable<{ user: string; room: { jid: string } }>) =>
        Array.from(joins, ({ user, room }) => `${user} ${room.jid}`).sort();
      assertEquals(sessions.size, new Set(names.map((name) => name[0])).size);
      for (const user of USERS) {
        const own = names.filter((name) => name.startsWith(user));
        assertEquals(list(sessions.of(user)), own.sort());
        assertEquals(sessions.count(user), own.length);
        for (const jid of DOMAINS.flatMap((domain) => ROOMS.map((room) => `${room}@${domain}`))) {
          assertEquals(sessions.get(user, jid) !== undefined, naive.has(`${user} ${jid}`));
        }
        for (const [domain, table] of tables) {
          const here = own.filter((name) => name.endsWith(domain));
          assertEquals(list(table.ofUser(user)), here);
          assertEquals(table.hasUser(user), here.length > 0);
        }
      }
      for (const [domain, table] of tables) {
        const here = names.filter((name) => name.endsWith(domain));
        assertEquals(list(table), here.sort());
        assertEquals(table.users, new Set(here.map((name) => name[0])).size);
      }
    }),
    { seed: 1 },
  );
});

Deno.test("whoever goes through a session's joins may remove them", () => {
  const sessions = new Sessions();
  const joins = new Joins(sessions);
  for (const room of ROOMS) joins.add("a", room, "nick", 0, 0);
  for (const { user, room } of sessions.of("a")) joins.remove(user, room.jid);
  assertEquals([sessions.size, sessions.count("a"), joins.size, joins.users], [0, 0, 0, 0]);
});
