/**
 * What a case came to: who is in again and who was told what, held against what the rooms
 * themselves say.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Received } from "./client.ts";
import type { Occupant } from "./occupant.ts";
import { PATIENCE_MS, type Stage } from "./stage.ts";

/** The figures of one case. */
export interface Outcome {
  /** Seconds from the loss until the last user was in again or told; absent if nobody was out. */
  readonly secondsOut?: number;
  /** How many of these the rooms' server was away; absent if it is not back, or was there. */
  readonly secondsAway?: number;
  /** How many were told to be out of a room that they were in, or joined one without need. */
  readonly false: number;
  /** How many are out of a room that they could be in, or that is gone without their being told. */
  readonly missed: number;
  /** How many were told or joined more than once. */
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
  /** Those of them who can be expected to have been dropped: their return or notice is waited for. */
  readonly dropped?: readonly Occupant[];
  /** Whether the loss was longer than Roomkeeper's patience, so that users are told. */
  readonly givenUp?: boolean;
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
  const { occupants, dropped = [], givenUp = false, lostAt } = evidence;
  await Promise.all(dropped.map((occupant) => occupant.helped(PATIENCE_MS)));
  await stage.decided();
  const truths = await Promise.all(occupants.map((each) => each.whereabouts(PATIENCE_MS)));
  // The questions may have opened a link again, which is looked into as well.
  await stage.decided();
  await Promise.all([stage.bystander, ...occupants].map(({ client }) => client.settle()));

  const { bystander } = stage;
  const { feed } = stage.cell;
  const recovers = stage.recovers && !givenUp;
  const count = {
    false: bystander.notices.length + stage.rejoins(bystander),
    missed: 0,
    doubled: 0,
  };
  let last: number | undefined;
  for (const [index, occupant] of occupants.entries()) {
    const { notices, dismissals, returns } = occupant;
    const rejoins = stage.rejoins(occupant);
    for (const notice of notices) {
      if (stage.cell.feed !== "ping-muc") check(notice, occupant);
    }
    for (const { at } of [...notices, ...returns]) last = Math.max(last ?? 0, at);
    const told = notices.length + dismissals.length;
    const truth = truths[index];
    if (truth === "in") count.false += notices.length;
    // A notice is enough only where there is no room to bring anybody back to; what a room itself says
    // of a fault is kept from the client by a plugin alone.
    else if (told === 0) count.missed++;
    else if (truth === "out" && recovers && (notices.length > 0 || feed === "plugin")) {
      count.missed++;
    }
    if (told > 1 || rejoins > 1) count.doubled++;
    if (rejoins > 0 && lostAt === undefined) count.false++;
  }
  for (const [index, occupant] of occupants.entries()) {
    if (truths[index] === "in") await occupant.leave();
  }
  if (last === undefined || lostAt === undefined) return count;
  const { secondsAway = Infinity } = stage;
  const secondsOut = last - lostAt;
  return {
    secondsOut,
    ...secondsAway < secondsOut ? { secondsAway } : {},
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
