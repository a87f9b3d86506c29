/**
 * The users that the cases have in common.
 *
 * @module
 */
import type { Occupant } from "../support/occupant.ts";
import type { Stage } from "../support/stage.ts";

export const ALICE = "alice@home.example/phone";
export const BOB = "bob@home.example/desk";

/**
 * Bob and Alice, together in a new room.
 *
 * Never one alone: Prosody 0.12.3 ends a temporary room when its only occupant changes the nick.
 */
export async function aliceAndBob(stage: Stage, room: string): Promise<[Occupant, Occupant]> {
  const bob = await stage.enter(BOB, stage.newRoom(room), "Bob");
  return [await stage.enter(ALICE, bob.room, "Ann"), bob];
}
