// Roomkeeper's own way from the socket to events: scan, tap, look up, count.
import { RecordTap } from "../../feed/record_tap.ts";
import { tap, type Tapped } from "../../feed/tap.ts";
import { ComponentConnection, scannerReader, tcpTransport } from "../../component/mod.ts";

const context = { watched: new Set(["home.example"]), prefix: "rk-bench-" };
const records = new RecordTap(context);
const known = new Map<string, number>();
const counts = new Map<string, number>();

function count(tapped: Tapped): void {
  if (tapped.type !== "feed" || tapped.event === undefined) return;
  const { event } = tapped;
  if ("user" in event) known.get(event.user);
  counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
}

const connection = new ComponentConnection({
  domain: "keeper.home.example",
  secret: "secret",
  transport: tcpTransport({ port: Number(Deno.args[0]) }),
  createReader: scannerReader({
    begin: (scanner, length) => records.begin(scanner, length),
    take(record) {
      const tapped = records.tap(record);
      if (tapped === undefined) return false;
      count(tapped);
      return true;
    },
  }),
  events: {
    stanza: (stanza) => count(tap(stanza, context)),
    disconnected: () => Deno.exit(0),
  },
});
connection.start();
