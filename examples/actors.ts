/**
 * The actor system alone: a till keeps what is in it when a bad payment makes it fail, and a
 * customer pays three times, 100 ms apart.
 *
 *     deno run examples/actors.ts
 */
import { ActorSystem, type Behaviour } from "@roomkeeper/roomkeeper/actors";

type TillMessage = { pay: number } | { sum: (cents: number) => void };

const till: Behaviour<number, TillMessage> = {
  init: () => 0,
  receive(cents, message) {
    if ("sum" in message) return void message.sum(cents);
    if (message.pay < 0) throw new RangeError(`cannot take ${message.pay} cents`);
    return cents + message.pay;
  },
};

await using system = new ActorSystem({ log: ({ level, text }) => console.log(level, text) });
const ref = system.spawn(till, { name: "till", supervision: { strategy: "restart" } });
const gone = Promise.withResolvers<void>();

system.spawn<number, "pay">({
  init: (ctx) => (ctx.after(100, "pay"), 3),
  receive(times, _pay, ctx) {
    ref.tell({ pay: 250 });
    if (times === 1) return ctx.stop();
    ctx.after(100, "pay");
    return times - 1;
  },
  stopped: () => gone.resolve(),
});

ref.tell({ pay: -1 });
await gone.promise;
console.log("in the till:", await ref.ask<number>((sum) => ({ sum })));
