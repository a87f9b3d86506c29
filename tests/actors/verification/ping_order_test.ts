import { assertEquals } from "@std/assert";
import { Joins } from "../../../actors/joins/joins.ts";
import { PingOrder } from "../../../actors/verification/ping_order.ts";

function table(): Joins {
  const joins = new Joins();
  for (const [user, room] of ["ar", "br", "cr", "ds", "es"].map((name) => [...name])) {
    joins.add(user!, room!, "nick", 0, 0);
  }
  return joins;
}

function drain(round: PingOrder): string[] {
  const order: string[] = [];
  while (round.left > 0) {
    const item = round.take();
    if (item) order.push(item.join.user);
  }
  return order;
}

Deno.test("one join of each room comes first", () => {
  const joins = table();
  assertEquals(drain(new PingOrder(joins.from(0), () => true, 5)), ["a", "d", "b", "c", "e"]);
  assertEquals(drain(new PingOrder(joins.from(4), () => true, 5)), ["e", "a", "b", "c", "d"]);
});

Deno.test("who is not wanted any more is not asked", () => {
  const unwanted = new Set(["a", "e"]);
  const round = new PingOrder(table().from(0), ({ user }) => !unwanted.has(user), 3);
  assertEquals(drain(round), ["b", "d", "c"]);
});

Deno.test("urgent questions go first, put-off ones last", () => {
  const joins = table();
  const round = new PingOrder(joins.from(0), () => true, 5);
  const join = joins.get("c", "r")!;
  round.later({ kind: "ping", join: joins.get("b", "r")! });
  round.soon({ kind: "room", join });
  assertEquals(round.take(), { kind: "room", join });
  assertEquals(drain(round).at(-1), "b");
});

Deno.test("a count that was wrong leaves nobody out", () => {
  assertEquals(drain(new PingOrder(table().from(0), () => true, 1)).length, 5);
  assertEquals(drain(new PingOrder(table().from(0), () => true, 99)).length, 5);
  assertEquals(new PingOrder(table().from(0), () => true, 0).left, 0);
});
