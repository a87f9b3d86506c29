/**
 * All real clients.
 *
 * @module
 */
import { converse } from "./converse.ts";
import { dino } from "./dino.ts";
import { gajim } from "./gajim.ts";
import { mcabber } from "./mcabber.ts";
import { pidgin } from "./pidgin.ts";
import { poezio } from "./poezio.ts";
import { profanity } from "./profanity.ts";
import { psi } from "./psi.ts";
import type { ClientKind } from "./real_client.ts";

/** The clients, those that need a desktop last. */
export const CLIENTS: readonly ClientKind[] = [
  profanity,
  poezio,
  mcabber,
  converse,
  gajim,
  dino,
  psi,
  pidgin,
];
