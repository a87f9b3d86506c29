/**
 * Hides who a user is.
 *
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";

/** How a user's address, or a nick, is shown. */
export interface Names {
  /** Whether they are shown as they are. */
  readonly plain: boolean;
  /** A full JID as it is shown. */
  user(jid: string): string;
  /** A nick as it is shown. */
  nick(nick: string): string;
}

/** Shows everything as it is. */
export const plainNames: Names = { plain: true, user: (jid) => jid, nick: (nick) => nick };

/**
 * Shows hashes in place of users and nicks. One user has the same hash everywhere, until the
 * process ends: the key is made anew each time, so that hashes can't be looked up in a list that
 * was made before.
 *
 * @example
 * ```ts
 * import { hashedNames } from "./privacy.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const names = hashedNames();
 * const phone = names.user("ann@home.example/phone");
 * assert(!phone.includes("ann") && !phone.includes("phone"));
 * assertEquals(phone, names.user("ann@home.example/phone"));
 * ```
 */
export function hashedNames(key: Uint8Array = randomBytes(32)): Names {
  const hash = (text: string) =>
    createHmac("sha256", key).update(text, "utf8").digest("hex").slice(0, 12);
  return {
    plain: false,
    user(jid) {
      const slash = jid.indexOf("/");
      const bare = slash < 0 ? jid : jid.slice(0, slash);
      const domain = bare.slice(bare.indexOf("@") + 1);
      return `~${hash(bare)}@${domain}` + (slash < 0 ? "" : `/${hash(jid).slice(0, 4)}`);
    },
    nick: (nick) => `~${hash(nick)}`,
  };
}
