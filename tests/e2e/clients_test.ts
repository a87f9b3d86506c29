/** Real clients that their room loses are back in, whatever they are. */
import { assertEquals } from "@std/assert";
import { play } from "./clients/play.ts";
import type { Cell, Loss } from "./clients/setting.ts";

const CLIENTS = ["profanity", "poezio", "converse"] as const;
const HOMES = ["prosody", "ejabberd"] as const;
const LOSSES: readonly Loss[] = ["silently", "kill -9"];
/** Delays as short as the configuration lets them be. */
const KEEPER = { ping_delay: "300ms", ping_timeout: "2s", backoff_min: "1s", backoff_max: "2s" };

for (const home of HOMES) {
  for (const loss of LOSSES) {
    Deno.test(`real clients of ${home} are back in the room that lost them: ${loss}`, async () => {
      const cell: Cell = { home, remedy: "roomkeeper" };
      const patience = 45_000;
      const { observations } = await play({
        clients: CLIENTS,
        cell,
        loss,
        patience,
        keeper: KEEPER,
      });
      assertEquals(
        observations.map(({ secondsOut: _, ...observation }) => observation),
        CLIENTS.map((client) => ({
          client,
          listed: true,
          hears: true,
          missedShown: 1,
          helloShown: 1,
          heard: true,
        })),
      );
    });
  }

  Deno.test(`real clients of ${home} do not go on listing who left while they were out`, async () => {
    const { kept } = await play({
      clients: CLIENTS,
      cell: { home, remedy: "roomkeeper", leaversAfter: 2 },
      loss: "leavers",
      patience: 45_000,
      keeper: KEEPER,
    });
    assertEquals(
      kept,
      CLIENTS.map((client) => ({ client, listsLeaver: false, unharmed: true })),
    );
  });
}
