/**
 * `roomkeeper demo`: the main job on one screen, with no server needed.
 *
 * @module
 */
import type { Terminal } from "../cli/terminal.ts";
import { tcpTransport } from "../component/mod.ts";
import { Keeper } from "../keeper/keeper.ts";
import { type Element, xml } from "../xml/mod.ts";
import { bareJid, resourceOf } from "../xmpp/jid.ts";
import { parseMucPresence } from "../xmpp/muc.ts";
import { NS } from "../xmpp/namespaces.ts";
import { HomeServer } from "./home_server.ts";
import { type Rooms, RoomServer } from "./room_server.ts";
import { Timeline } from "./timeline.ts";

const COMPONENT = { component: "keeper.home.example", secret: "demo" };
const GARDEN = "garden@rooms.example";
const USERS = ["ann", "bob", "cleo"].map((name) => `${name}@home.example/phone`);
const BOB = USERS[1]!;
const GREETING = "Good morning!";
const NEWS = "We are back.";
/** Nothing takes longer than this, or the outcome is wrong. */
const LIMIT_MS = 14_000;

/** Shows how a lost link is handled; returns 0 only if everybody is in and has every message once. */
export async function demo(_given: unknown, terminal: Terminal): Promise<number> {
  const timeline = new Timeline((line) => terminal.print(line));
  terminal.print(
    "Three users of home.example are in a room of rooms.example, whose server is about to die.\n" +
      "All delays are the defaults. The clients do nothing but join once.\n",
  );
  const joined = new Set<string>();
  const heard = new Map(USERS.map((user) => [user, [] as string[]]));
  let told = 0;
  const waiting = new Map<string, () => void>();
  const until = (what: string) => new Promise<void>((resolve) => waiting.set(what, resolve));
  const happened = (what: string) => waiting.get(what)?.();

  const garden = { occupants: new Map<string, string>(), history: [] };
  const all: Rooms = new Map([[GARDEN, garden]]);
  let rooms = new RoomServer(all);
  const { port } = rooms;
  const home = new HomeServer({
    ...COMPONENT,
    roomsPort: port,
    linked: (up) => {
      timeline.tell("home", `link to rooms.example is ${up ? "up" : "down"}`);
      happened(up ? "up" : "down");
    },
    delivered: (user, stanza) => {
      const presence = parseMucPresence(stanza);
      const body = stanza.child("body")?.text;
      if (presence?.kind === "joined") {
        if (!joined.has(user)) timeline.tell("client", `${user} is in ${GARDEN}`);
        joined.add(user);
        happened(`in ${user}`);
      } else if (presence?.kind === "left") {
        timeline.tell("client", `${user} is told that it is out`);
        told++;
      } else if (body !== undefined) {
        const nick = resourceOf(stanza.attr("from") ?? "");
        const late = stanza.child("delay", NS.delay) ? ", said while it was out" : "";
        timeline.tell("client", `${user} hears "${body}" from ${nick}${late}`);
        heard.get(user)?.push(body);
        happened(`heard ${body} ${user}`);
      }
    },
  });
  const keeper = new Keeper({
    transport: tcpTransport({ port: home.port }),
    domain: COMPONENT.component,
    secret: COMPONENT.secret,
    watch: [HomeServer.domain],
    observers: [timeline.observer(), {
      synced: () => happened("synced"),
      reported: (_link, { type }) => happened(type),
    }],
  });

  /** Dora, of yet another server, says something. */
  function say(text: string): void {
    timeline.tell("rooms", `dora@elsewhere.example says "${text}"`);
    rooms.say(GARDEN, "dora", text);
  }

  /** The story; each step waits for the one before to be seen. */
  async function story(): Promise<void> {
    const synced = until("synced");
    keeper.start();
    await synced;
    for (const user of USERS) {
      const isIn = until(`in ${user}`);
      await home.fromClient(joinPresence(user));
      await isIn;
    }
    const greeted = USERS.map((user) => until(`heard ${GREETING} ${user}`));
    say(GREETING);
    await Promise.all(greeted);
    const [down, unreached] = [until("down"), until("unreached")];
    timeline.tell("rooms", "the server is killed");
    rooms.kill();
    await down;
    await unreached;
    garden.occupants.delete(nickOf(BOB));
    const [up, settled, missed] = [until("up"), until("settled"), until(`heard ${NEWS} ${BOB}`)];
    rooms = new RoomServer(all, port);
    timeline.tell("rooms", "the server is back, and has forgotten bob");
    await up;
    say(NEWS);
    await Promise.all([settled, missed]);
  }

  const tooLong = Promise.withResolvers<void>();
  const alarm = setTimeout(tooLong.resolve, LIMIT_MS);
  await Promise.race([story(), tooLong.promise]);
  clearTimeout(alarm);
  await keeper.stop();
  home.close();
  rooms.kill();

  const allIn = USERS.every((user) => garden.occupants.get(nickOf(user)) === user);
  const once = [...heard.values()].every((texts) => `${texts}` === `${[GREETING, NEWS]}`);
  const good = allIn && once && told === 0;
  timeline.verdict(
    good,
    good
      ? "Bob is back and has the message that he missed, once. No client did anything for it."
      : `Not as it should be: all in: ${allIn}, told: ${told}, heard: ${
        JSON.stringify([...heard])
      }`,
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
