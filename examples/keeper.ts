/**
 * The keeper inside another program: a component of the server of home.example that keeps its users
 * in their rooms until Ctrl-C. The server needs the lines that `roomkeeper init` writes.
 *
 *     ROOMKEEPER_SECRET=… deno run --allow-net=127.0.0.1 --allow-env=ROOMKEEPER_SECRET \
 *       examples/keeper.ts [PORT]
 */
import { Keeper, tcpTransport } from "@roomkeeper/roomkeeper";

await using keeper = new Keeper({
  transport: tcpTransport({ port: Number(Deno.args[0] ?? 5347) }),
  domain: "keeper.home.example",
  secret: Deno.env.get("ROOMKEEPER_SECRET") ?? "",
  watch: ["home.example"],
  observers: [{
    synced: (host) => console.log(`keeping the users of ${host}`),
    notified: (_link, { user, room }) => console.log(`told ${user}: no longer in ${room}`),
    disconnected: ({ message }) => console.error(message),
  }],
});
await keeper.start();
await new Promise((stop) => Deno.addSignalListener("SIGINT", () => stop(undefined)));
