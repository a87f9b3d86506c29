/** A process that records one join after the other, and prints how many are written. */

import { openStore } from "../../store/mod.ts";
import { join, LINK } from "./fixture.ts";

const [path = "", start = "0"] = Deno.args;
const store = await openStore(path, { tick: 5 });
let next = Number(start);
console.log("open");
setInterval(() => {
  if (store.health.pending === 0) console.log(next);
  for (let i = 0; i < 20; i++) store.record(LINK, { type: "put", join: join(next++) });
}, 1);
