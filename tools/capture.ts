/**
 * Records what real servers write to Roomkeeper, and puts it into tests/captures: one stream for
 * each home server, feed and rooms' server. Not needed but for other servers or other plugins.
 *
 * @module
 */
import { forged } from "../tests/e2e/cases/forged.ts";
import { killed } from "../tests/e2e/cases/killed.ts";
import { aliceAndBob } from "../tests/e2e/cases/people.ts";
import { renamedCut } from "../tests/e2e/cases/renamed.ts";
import { CELLS, inParallel, play, STAGES_AT_A_TIME } from "../tests/e2e/support/play.ts";
import { Stage } from "../tests/e2e/support/stage.ts";

const FOLDER = new URL("../tests/captures/", import.meta.url);

const CASES = [killed, renamedCut, forged];
const LINES = [
  "Good morning! Did anybody see the release notes?",
  "1 < 2 && \"3\" > '2' ]]> & so on",
  "Доброе утро! Кто-нибудь уже смотрел на новую версию?",
  "おはようございます。今日の会議は何時からですか？",
  "🎉 👩‍👩‍👧 works for me",
  "The log says:\n\t> link lost\n\t> link is up",
];
const TO_ADMIN = "xmlns='http://jabber.org/protocol/muc#admin'";
const TO_OWNER = "xmlns='http://jabber.org/protocol/muc#owner'";

/** What people do all day. */
async function everyday(stage: Stage): Promise<void> {
  const [alice, bob] = await aliceAndBob(stage, "talk");
  const { room, client } = bob;
  for (const line of LINES) {
    await client.say(room, line);
    // A message of IRC is one line long.
    const end = line.split("\n").at(-1)!;
    await alice.client.untilStanza("its line", ({ body }) => body?.endsWith(end) ?? false);
  }
  await alice.client.sendRaw(
    `<presence to='${room}/${alice.nick}'><show>away</show><status>обед &amp; 散歩</status></presence>`,
  );
  await alice.client.sendRaw(
    `<message to='${client.jid}' type='chat' id='m&amp;1'><body><![CDATA[<b>&</b>]]> &#x1F600;</body>` +
      `<html xmlns='http://jabber.org/protocol/xhtml-im'><p:body xmlns:p='http://www.w3.org/1999/xhtml'>` +
      `<p:b>hello</p:b></p:body></html></message>`,
  );
  await client.untilStanza("the message", ({ id }) => id === "m&1");
  await alice.client.sendRaw(
    `<message to='nobody@home.example' id='lost'><body>?</body></message>`,
  );
  await alice.client.untilStanza("its error", ({ id, type }) => id === "lost" && type === "error");
  // And its nicks are ASCII.
  await alice.changeNick(stage.cell.rooms === "irc" ? "Anna" : "Анна");
  if (stage.cell.rooms !== "irc") {
    const item = `<item nick='${alice.nick}' role='none'><reason>enough &lt;3</reason></item>`;
    await client.sendRaw(
      `<iq type='set' to='${room}' id='k'><query ${TO_ADMIN}>${item}</query></iq>`,
    );
    await alice.told(10_000);
    const destroy = `<destroy jid='${stage.newRoom("park")}'><reason>moved</reason></destroy>`;
    await client.sendRaw(
      `<iq type='set' to='${room}' id='d'><query ${TO_OWNER}>${destroy}</query></iq>`,
    );
    await bob.told(10_000);
  } else {
    await alice.leave();
    await bob.leave();
  }
  await stage.keeperHasRead(client);
}

/** The longest stream that a stage's home server wrote to Roomkeeper. */
function streamOf({ home }: Stage): Uint8Array {
  const text = new TextDecoder();
  const [longest] = home.components.streams.toSorted((a, b) => b.length - a.length)
    .filter((bytes) => /\bfrom=["']keeper\.home\.example["']/.test(text.decode(bytes)));
  if (longest === undefined) throw new Error("The server wrote nothing");
  return longest;
}

if (import.meta.main) {
  await inParallel(CELLS, STAGES_AT_A_TIME, async (cell) => {
    await using stage = await Stage.start(cell);
    await everyday(stage);
    for (const each of CASES) await play(stage, each);
    await stage.keeper.stop();
    const bytes = streamOf(stage);
    const name = `${cell.home}-${cell.feed}-rooms-on-${cell.rooms}.xml`;
    Deno.writeFileSync(new URL(name, FOLDER), bytes);
    console.log(`${name}: ${bytes.length} bytes`);
  });
}
