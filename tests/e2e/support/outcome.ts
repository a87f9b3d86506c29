/**
 * What a case came to: who was told what, held against what the rooms themselves say.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Received } from "./client.ts";
import type { Occupant } from "./occupant.ts";
import { PATIENCE_MS, type Stage } from "./stage.ts";

/** The figures of one case. */
export interface Outcome {
  /** Seconds from the loss to the last user's notice; absent if nobody was to be told. */
  readonly secondsToNotice?: number;
  /** How many of these the rooms' server was away; absent if it is not back, or was there. */
  readonly secondsAway?: number;
  /** How many were told to be out of a room that they were in, or were none of. */
  readonly false: number;
  /** How many were out of a room and not told. */
  readonly missed: number;
  /** How many were told more than once. */
  readonly doubled: number;
  /** What the figures don't say. */
  readonly remark?: string;
}

/** One case of the matrix. */
export interface Case {
  /** What happens, in a few words. */
  readonly name: string;
  /** Whether it can happen on such a stage. @default {() => true} */
  readonly fits?: (cell: Stage["cell"]) => boolean;
  /** Lets it happen, and says what came of it. */
  readonly run: (stage: Stage) => Promise<Outcome>;
}

/** What is to be judged. */
export interface Evidence {
  /** Those who were in a room before the loss, or were let in again after it. */
  readonly occupants: readonly Occupant[];
  /** Those of them who can be expected to have been dropped: their notices are waited for. */
  readonly dropped?: readonly Occupant[];
  /** When it began, in seconds since 1970; not given if nobody was dropped. */
  readonly lostAt?: number;
}

/** The time, in seconds since 1970. */
export function now(): number {
  return Date.now() / 1000;
}

/**
 * Waits until everything is decided, asks the rooms, and counts. Those who are in leave afterwards.
 *
 * The rooms are asked after the keeper has decided, since a user's own question is traffic that
 * would help it.
 */
export async function judge(stage: Stage, evidence: Evidence): Promise<Outcome> {
  const { occupants, dropped = [], lostAt } = evidence;
  await Promise.all(dropped.map((occupant) => occupant.told(PATIENCE_MS)));
  await stage.decided();
  const truths = await Promise.all(occupants.map((each) => each.whereabouts(PATIENCE_MS)));
  // The questions may have opened a link again, which is looked into as well.
  await stage.decided();
  await Promise.all([stage.bystander, ...occupants].map(({ client }) => client.settle()));

  const count = { false: stage.bystander.notices.length, missed: 0, doubled: 0 };
  let last: number | undefined;
  for (const [index, occupant] of occupants.entries()) {
    const { notices, dismissals } = occupant;
    for (const notice of notices) {
      if (stage.cell.feed !== "ping-muc") check(notice, occupant);
      last = Math.max(last ?? 0, notice.at);
    }
    const told = notices.length + dismissals.length;
    if (truths[index] === "in") count.false += notices.length;
    else if (told === 0) count.missed++;
    else if (told > 1) count.doubled++;
  }
  for (const [index, occupant] of occupants.entries()) {
    if (truths[index] === "in") await occupant.leave();
  }
  if (last === undefined || lostAt === undefined) return count;
  const { secondsAway = Infinity } = stage;
  const secondsToNotice = last - lostAt;
  return {
    secondsToNotice,
    ...secondsAway < secondsToNotice ? { secondsAway } : {},
    ...count,
  };
}

/** A notice is as XEP-0045 has it, and from the room in the user's own name there. */
function check(notice: Received, { room, nick, client }: Occupant): void {
  const { type, from, to, statuses, xml } = notice;
  assertEquals(
    { type, from, to, statuses: statuses.toSorted() },
    { type: "unavailable", from: `${room}/${nick}`, to: client.jid, statuses: [110, 330, 333] },
  );
  assertEquals(
    /<(?:\w+:)?item [^>]*>/.exec(xml)?.[0].match(/\b(?:affiliation|role)="none"/g)?.length,
    2,
    xml,
  );
}
