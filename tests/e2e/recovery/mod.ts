/**
 * All ways in which a user's absence from a room may end, by what goes on at the same time.
 *
 * @module
 */
import type { Ending } from "./loss.ts";
import { gatewayKilled } from "./gateway.ts";
import * as meanwhile from "./meanwhile.ts";
import * as midway from "./midway.ts";
import * as refused from "./refused.ts";
import { recreated, vanished } from "./vanished.ts";

/** Endings that many live through at the same time. */
export interface Chapter {
  /** What they have in common. */
  readonly name: string;
  /** All of them. */
  readonly endings: readonly Ending[];
  /** Whether everything takes its time once the rooms answer. @default {false} */
  readonly slowly?: boolean;
}

/** With the default, `vanished = "notify"`. */
export const WHILE_OUT: Chapter = {
  name: "the link breaks, and the rooms put everybody out",
  endings: [
    meanwhile.back,
    meanwhile.bothClients,
    meanwhile.oneClient,
    meanwhile.hibernated,
    meanwhile.leaves,
    meanwhile.logsOut,
    meanwhile.asksForNick,
    meanwhile.comesBack,
    refused.members,
    refused.banned,
    refused.otherPassword,
    refused.password,
    refused.nickTaken,
    refused.full,
    refused.moved,
    vanished,
  ],
};

/** On a gateway to IRC. */
export const ON_IRC: Chapter = {
  name: "a living link",
  endings: [gatewayKilled],
};

/** With `vanished = "recreate"`. */
export const RECREATING: readonly Chapter[] = [
  { name: "the link breaks, and rooms vanish", endings: [meanwhile.back, recreated] },
  { name: "a join is on its way", slowly: true, endings: [midway.recreatedMidway] },
];

/** What happens while joins are on their way. */
export const MIDWAY: readonly Chapter[] = [
  {
    name: "joins are on their way",
    slowly: true,
    endings: [
      midway.leavesMidway,
      midway.logsOutMidway,
      midway.renamesMidway,
      midway.joinsMidway,
    ],
  },
  { name: "a join is on its way", slowly: true, endings: [midway.lostAgain] },
  { name: "a join is on its way", slowly: true, endings: [midway.keeperKilledMidway] },
];

/** With the default, `vanished = "notify"`. */
export const VANISHING: Chapter = {
  name: "a join is on its way",
  slowly: true,
  endings: [midway.vanishesMidway],
};
