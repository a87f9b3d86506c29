/**
 * A room that is in front of somebody at a desktop.
 *
 * @module
 */
import type { Desktop, Part, Spot } from "./desktop.ts";
import type { RealClient } from "./real_client.ts";

/** Where a client shows what of a room. */
export interface RoomLayout {
  /** Where messages are typed. */
  readonly input: Spot;
  /** Where they are read. */
  readonly messages: Part;
  /** Where the occupants are listed. */
  readonly occupants: Part;
}

/** The room on a desktop, which ends with it. */
export function roomOn(desktop: Desktop, { input, messages, occupants }: RoomLayout): RealClient {
  return {
    async say(text) {
      await desktop.click(input);
      await desktop.enter(text);
    },
    screen: () => desktop.read(messages),
    occupants: () => desktop.read(occupants),
    picture: () => desktop.picture(),
    [Symbol.asyncDispose]: () => desktop[Symbol.asyncDispose](),
  };
}
