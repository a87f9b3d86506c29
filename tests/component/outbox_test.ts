import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Outbox } from "../../component/outbox.ts";
import { tick } from "./fixture.ts";

const decoder = new TextDecoder();

function take(outbox: Outbox): string {
  const batch = outbox.next();
  if (!batch) return "";
  const text = decoder.decode(batch);
  outbox.commit(batch.length);
  return text;
}

Deno.test("urgent stanzas overtake normal ones, and control all", () => {
  const outbox = new Outbox();
  outbox.offer("<n1/>", "normal");
  outbox.offer("<u1/>", "urgent");
  outbox.offer("<n2/>", "normal");
  outbox.offer("<u2/>", "urgent");
  outbox.offerControl("<c/>");
  assertEquals(take(outbox), "<c/><u1/><u2/><n1/><n2/>");
  assert(outbox.isEmpty);
});

Deno.test("what is withdrawn is not written, and who waits for it hears so", async () => {
  const outbox = new Outbox({ urgent: 10, normal: 10 });
  outbox.offer("<urgent/>", "urgent");
  outbox.offer("<normal/>", "normal");
  const [written, drained] = [outbox.written("urgent"), outbox.drained("urgent")];
  outbox.withdraw("urgent");
  assertEquals(await written, false);
  await drained;
  outbox.offer("<u/>", "urgent");
  const later = outbox.written("urgent");
  assertEquals(take(outbox), "<u/><normal/>");
  assertEquals(await later, true);
});

Deno.test("a lane that is full takes no more, and the other one still does", async () => {
  const outbox = new Outbox({ urgent: 10, normal: 10 });
  assert(outbox.offer("<normal/>", "normal"));
  assert(!outbox.offer("<n/>", "normal"));
  assert(outbox.offer("<u/>", "urgent"));

  let drained = false;
  const waiting = outbox.drained("normal").then(() => drained = true);
  await tick();
  assert(!drained);
  take(outbox);
  await waiting;
  assert(outbox.offer("<n/>", "normal"));
});

Deno.test("who waited for room is never refused, whatever the stanza's length", async () => {
  const outbox = new Outbox({ normal: 10 });
  outbox.offer("12345", "normal");
  await outbox.drained("normal");
  assert(outbox.offer("x".repeat(100), "normal"));
  assert(!outbox.offer("x", "normal"));
});

Deno.test("closing releases those who wait for room", async () => {
  const outbox = new Outbox({ normal: 2 });
  outbox.offer("full", "normal");
  const waiting = outbox.drained("normal");
  outbox.close();
  await waiting;
  await outbox.drained("normal");
});

Deno.test("who waits for what is in a lane to be written waits for that, and no longer", async () => {
  const outbox = new Outbox();
  assert(await outbox.written("urgent"), "nothing is there");
  outbox.offer("<a/>", "urgent");
  outbox.offer("<b/>", "urgent");
  const order: string[] = [];
  const waiting = Promise.all([
    outbox.written("urgent").then((written) => order.push(`first ${written}`)),
    outbox.written("urgent").then((written) => order.push(`second ${written}`)),
  ]);
  outbox.next();
  outbox.commit("<a/><b".length);
  await tick();
  assertEquals(order, [], "a part of the stanza does not count");
  outbox.offer("<c/>", "urgent");
  outbox.next();
  outbox.commit("<b/>".length);
  await waiting;
  assertEquals(order, ["first true", "second true"]);

  const last = outbox.written("urgent");
  outbox.close();
  assertEquals([await last, await outbox.written("urgent")], [false, false]);
});

Deno.test("limits that make no sense are refused", () => {
  assertThrows(() => new Outbox({ urgent: 0 }), RangeError, "'urgent'");
  assertThrows(() => new Outbox({ normal: NaN }), RangeError, "NaN");
});

Deno.test("a stanza longer than a batch goes out whole, after those before it", () => {
  const outbox = new Outbox();
  const long = `<m>${"ü".repeat(20_000)}</m>`;
  outbox.offer("<a/>", "normal");
  outbox.offer(long, "normal");
  outbox.offer("<z/>", "normal");
  assertEquals([take(outbox), take(outbox), take(outbox)], ["<a/>", long, "<z/>"]);
});

Deno.test("whatever broken connections cut off, each stanza goes out whole once, in order", () => {
  const stanza = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
    fc.integer({ min: 5_000, max: 40_000 }).map((length) => "é".repeat(length)),
  );
  const step = fc.oneof(
    fc.record({ offer: stanza, lane: fc.constantFrom("urgent" as const, "normal" as const) }),
    fc.record({ written: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const outbox = new Outbox();
    const waiting: Record<"urgent" | "normal", string[]> = { urgent: [], normal: [] };
    for (const step of steps) {
      if ("offer" in step) {
        if (outbox.offer(step.offer, step.lane)) waiting[step.lane].push(step.offer);
        continue;
      }
      const batch = outbox.next();
      const text = batch ? decoder.decode(batch) : "";
      const all = [...waiting.urgent, ...waiting.normal].join("");
      assert(all.startsWith(text) && (text !== "" || all === ""));
      if (!batch) continue;
      const written = Math.floor(batch.length * step.written);
      outbox.commit(written);
      // A model: take whole stanzas off as long as they fit into what was written.
      let left = written;
      for (const lane of [waiting.urgent, waiting.normal]) {
        while (lane.length > 0) {
          const length = new TextEncoder().encode(lane[0]).length;
          if (length > left) {
            left = 0;
            break;
          }
          left -= length;
          lane.shift();
        }
      }
      assertEquals(outbox.waiting, {
        urgent: waiting.urgent.length,
        normal: waiting.normal.length,
      });
    }
  }));
});
