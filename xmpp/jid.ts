/**
 * XMPP addresses, JIDs (RFC 7622).
 *
 * Two ways to handle them: {@linkcode Jid} checks and normalizes what a person or a file says.
 * {@linkcode bareJid}, {@linkcode domainOf}, {@linkcode localOf} and {@linkcode resourceOf} slice
 * addresses that a server has stamped on stanzas, which are in normal form already.
 *
 * @module
 */

import {
  InvalidJidError,
  isOversized,
  type JidPart,
  normalizeDomain,
  normalizeLocal,
  normalizeResource,
} from "./jid_parts.ts";

export { InvalidJidError, isOversized, type JidPart };

/**
 * An address of nothing but lower-case ASCII that is its own normal form, short enough that no part
 * can be too long. Most addresses are, so most pass with one match.
 */
const PLAIN =
  /^(?:([!#-%(-.0-9;=?[-~]{1,1023})@)?((?!(?:[a-z0-9_-]+\.)*xn--)(?:[a-z0-9_-]{1,63}\.){0,15}[a-z0-9_-]{1,63})(?:\/([ -~]{1,1023}))?$/;

/**
 * A checked address in normal form; frozen.
 *
 * The normal form is that of RFC 7622: localparts are mapped by width and case (PRECIS profile
 * UsernameCaseMapped), resourceparts have plain spaces (OpaqueString), both are NFC; domains are
 * lower-case Unicode without final dot. Refused are: empty parts, parts of more than 1023 bytes,
 * control, private-use and unassignable characters, and in localparts also spaces, compatibility
 * and ignorable characters and `"&'/:<>@`. The rest of the PRECIS character classes, contextual
 * and bidirectional rules is not checked: servers still differ there (many use the older stringprep
 * profiles), and an address that a user's own server accepts must not be refused here.
 *
 * @example Check what somebody typed
 * ```ts
 * import { InvalidJidError, Jid } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const jid = Jid.parse("Juliet@Capulet.Example./Balcony");
 * assertEquals(jid.toString(), "juliet@capulet.example/Balcony");
 * assertEquals(jid.bare, "juliet@capulet.example");
 * assertThrows(() => Jid.parse("juliet@"), InvalidJidError, "its domainpart is empty");
 * ```
 */
export class Jid {
  /** The localpart: a user's or room's name, `undefined` if there is none. */
  readonly local: string | undefined;
  /** The domainpart. */
  readonly domain: string;
  /** The resourcepart: a client's name, or a nick in a room; `undefined` if there is none. */
  readonly resource: string | undefined;
  /** The address without its resourcepart. */
  readonly bare: string;

  private constructor(local: string | undefined, domain: string, resource: string | undefined) {
    this.local = local;
    this.domain = domain;
    this.resource = resource;
    this.bare = local === undefined ? domain : `${local}@${domain}`;
    Object.freeze(this);
  }

  /**
   * Reads an address and brings it to normal form.
   *
   * @throws {InvalidJidError} If it is none; the error tells which part is wrong and why.
   */
  static parse(text: string): Jid {
    const plain = PLAIN.exec(text);
    if (plain) return new Jid(plain[1], plain[2]!, plain[3]);
    try {
      return Jid.of({ local: localOf(text), domain: domainOf(text), resource: resourceOf(text) });
    } catch (error) {
      if (!(error instanceof InvalidJidError)) throw error;
      throw new InvalidJidError(text, error.part, error.reason);
    }
  }

  /**
   * Makes an address of its parts, and brings them to normal form.
   *
   * @param parts The parts; `local` and `resource` may be left out.
   * @throws {InvalidJidError} If a part can't be one.
   */
  static of(
    parts: {
      readonly local?: string | undefined;
      readonly domain: string;
      readonly resource?: string | undefined;
    },
  ): Jid {
    return new Jid(
      parts.local === undefined ? undefined : normalizeLocal(parts.local),
      normalizeDomain(parts.domain),
      parts.resource === undefined ? undefined : normalizeResource(parts.resource),
    );
  }

  /** Whether this is an address without resourcepart. */
  get isBare(): boolean {
    return this.resource === undefined;
  }

  /** Whether both are the same address. */
  equals(other: Jid): boolean {
    return this.bare === other.bare && this.resource === other.resource;
  }

  /** The address as text. */
  toString(): string {
    return this.resource === undefined ? this.bare : `${this.bare}/${this.resource}`;
  }

  /** The address as text, so that JSON shows it. */
  toJSON(): string {
    return this.toString();
  }
}

/** The address without resourcepart, of a JID in normal form. Nothing is checked. */
export function bareJid(jid: string): string {
  const slash = jid.indexOf("/");
  return slash < 0 ? jid : jid.slice(0, slash);
}

/** The domainpart of a JID in normal form. Nothing is checked. */
export function domainOf(jid: string): string {
  const bare = bareJid(jid);
  return bare.slice(bare.indexOf("@") + 1);
}

/** The localpart of a JID in normal form, `undefined` if it has none. Nothing is checked. */
export function localOf(jid: string): string | undefined {
  const bare = bareJid(jid);
  const at = bare.indexOf("@");
  return at < 0 ? undefined : bare.slice(0, at);
}

/** The resourcepart of a JID in normal form, `undefined` if it has none. Nothing is checked. */
export function resourceOf(jid: string): string | undefined {
  const slash = jid.indexOf("/");
  return slash < 0 ? undefined : jid.slice(slash + 1);
}

/**
 * Whether a part of a JID is longer than it can be: 1,023 bytes each (RFC 7622 §3.1). Nothing else is
 * checked.
 */
export function hasOversizedPart(jid: string): boolean {
  // Most are so short that no part of them can be.
  if (!isOversized(jid)) return false;
  return isOversized(domainOf(jid)) || isOversized(localOf(jid) ?? "") ||
    isOversized(resourceOf(jid) ?? "");
}
