/**
 * All cases of the matrix, in the order in which they are run and listed.
 *
 * @module
 */
import type { Case } from "../support/outcome.ts";
import { killed } from "./killed.ts";
import { killedLasting } from "./killed_lasting.ts";
import { stopped } from "./stopped.ts";

/** Every case. */
export const CASES: readonly Case[] = [killed, killedLasting, stopped];
