/**
 * All cases of the matrix, in the order in which they are run and listed.
 *
 * @module
 */
import type { Case } from "../support/outcome.ts";
import { cut, cutAsked } from "./cut.ts";
import { forged } from "./forged.ts";
import { frozen, frozenAsked } from "./frozen.ts";
import { gone } from "./gone.ts";
import { hibernatedCut, hibernatedKilled } from "./hibernated.ts";
import { keeperAway, keeperKilled, keeperKilledAfter } from "./keeper_killed.ts";
import { killed, killedLasting } from "./killed.ts";
import { loggedOut } from "./logged_out.ts";
import { renamedCut, renamedKilled } from "./renamed.ts";
import { stopped } from "./stopped.ts";
import { twoClients } from "./two_clients.ts";

/** Every case. */
export const CASES: readonly Case[] = [
  killed,
  killedLasting,
  stopped,
  cut,
  cutAsked,
  frozen,
  frozenAsked,
  gone,
  renamedCut,
  renamedKilled,
  twoClients,
  loggedOut,
  hibernatedCut,
  hibernatedKilled,
  keeperKilled,
  keeperAway,
  keeperKilledAfter,
  forged,
];
