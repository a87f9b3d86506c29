/**
 * `roomkeeper demo`: the main job on one screen, with no server needed.
 *
 * @module
 */
import type { Terminal } from "../cli/terminal.ts";
import { tcpTransport } from "../component/mod.ts";
import { Keeper } from "../keeper/keeper.ts";
import { type Element, xml } from "../xml/mod.ts";
import { bareJid } from "../xmpp/jid.ts";
import { parseMucPresence } from "../xmpp/muc.ts";
import { NS } from "../xmpp/namespaces.ts";
import { HomeServer } from "./home_server.ts";
import { type Occupants, RoomServer } from "./room_server.ts";
import { Timeline } from "./timeline.ts";

const COMPONENT = { component: "keeper.home.example", secret: "demo" };
const GARDEN = "garden@rooms.example";
const USERS = ["ann", "bob", "cleo"].map((name) => `${name}@home.example/phone`);
const BOB = USERS[1]!;
/** Nothing takes longer than this, or the outcome is wrong. */
const LIMIT_MS = 14_000;

/** Shows how a lost link is handled; returns 0 only if everybody was told what is true. */
export async function demo(_given: unknown, terminal: Terminal): Promise<number> {
  const timeline = new Timeline((line) => terminal.print(line));
  terminal.print(
    "Three users of home.example are in a room of rooms.example, whose server is about to die.\n" +
      "Delays are shortened: ping_delay is 2 s here, not 60 s; probes follow within 1 s, not 15 s.\n",
  );
  const told = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  const until = (what: string) => new Promise<void>((resolve) => waiting.set(what, resolve));
  const happened = (what: string) => waiting.get(what)?.();

  const occupants: Occupants = new Map();
  let rooms = new RoomServer(occupants);
  const { port } = rooms;
  const home = new HomeServer({
    ...COMPONENT,
    roomsPort: port,
    linked: (up) => {
      timeline.tell("home", `link to rooms.example is ${up ? "up" : "down"}`);
      if (!up) happened("down");
    },
    delivered: (user, stanza) => {
      const presence = parseMucPresence(stanza);
      if (presence?.kind === "joined") {
        timeline.tell("client", `${user} is in ${GARDEN}`);
        happened(`in ${user}`);
      } else if (presence?.kind === "left") {
        const codes = presence.statuses.join(", ");
        timeline.tell("client", `${user} gets the notice (status ${codes}) and rejoins`);
        told.set(user, (told.get(user) ?? 0) + 1);
        home.fromClient(joinPresence(user));
      }
    },
  });
  const keeper = new Keeper({
    transport: tcpTransport({ port: home.port }),
    domain: COMPONENT.component,
    secret: COMPONENT.secret,
    watch: [HomeServer.domain],
    recover: "notify",
    probe: "component",
    pingDelay: 2_000,
    pingTimeout: 2_000,
    giveUp: 10_000,
    backoffMin: 1_000,
    backoffMax: 1_000,
    observers: [timeline.observer(), {
      synced: () => happened("synced"),
      reported: (_link, { type }) => happened(type),
    }],
  });

  /** The story; each step waits for the one before to be seen. */
  async function story(): Promise<void> {
    const synced = until("synced");
    keeper.start();
    await synced;
    for (const user of USERS) {
      const joined = until(`in ${user}`);
      await home.fromClient(joinPresence(user));
      await joined;
    }
    const [down, unreached] = [until("down"), until("unreached")];
    timeline.tell("rooms", "the server is killed");
    rooms.kill();
    await down;
    await unreached;
    occupants.get(GARDEN)?.delete(nickOf(BOB));
    const [settled, rejoined] = [until("settled"), until(`in ${BOB}`)];
    rooms = new RoomServer(occupants, port);
    timeline.tell("rooms", "the server is back, and has forgotten bob");
    await Promise.all([settled, rejoined]);
  }

  const tooLong = Promise.withResolvers<void>();
  const alarm = setTimeout(tooLong.resolve, LIMIT_MS);
  await Promise.race([story(), tooLong.promise]);
  clearTimeout(alarm);
  await keeper.stop();
  home.close();
  rooms.kill();

  const everybodyIsIn = USERS.every((user) => occupants.get(GARDEN)?.get(nickOf(user)) === user);
  const good = everybodyIsIn && told.size === 1 && told.get(BOB) === 1;
  timeline.verdict(
    good,
    good
      ? "Bob alone was told, once, and is back. Ann and Cleo were never disturbed."
      : `Not as it should be: notices ${JSON.stringify([...told])}, all in: ${everybodyIsIn}`,
  );
  return good ? 0 : 1;
}

function nickOf(user: string): string {
  return bareJid(user).split("@")[0]!;
}

function joinPresence(user: string): Element {
  const to = `${GARDEN}/${nickOf(user)}`;
  return xml("presence", NS.component, { from: user, to }, xml("x", NS.muc));
}
