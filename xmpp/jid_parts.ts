/**
 * The normal form of each part of a JID: the rules of RFC 7622 §3.
 *
 * @module
 */

import { domainToASCII, domainToUnicode } from "node:url";

/** A part of a JID (RFC 7622 §3.1). */
export type JidPart = "localpart" | "domainpart" | "resourcepart";

/** Thrown when a text is no JID. */
export class InvalidJidError extends Error {
  /** What was to be a JID, or one part of it. */
  readonly input: string;
  /** The part at fault. */
  readonly part: JidPart;
  /** What is wrong with that part, to follow "its domainpart …". */
  readonly reason: string;

  /**
   * Makes the error.
   *
   * @param input What was to be a JID, or one part of it.
   * @param part The part at fault.
   * @param reason What is wrong with that part, such as `"is empty"`.
   */
  constructor(input: string, part: JidPart, reason: string) {
    super(`${excerpt(input)} is not an XMPP address: its ${part} ${reason}`);
    this.name = "InvalidJidError";
    this.input = input;
    this.part = part;
    this.reason = reason;
  }
}

/** No part may be longer than this, in bytes of UTF-8 (RFC 7622 §3.1). */
const MAX_BYTES = 1023;

/** What is longer can't have a normal form that is short enough, and takes long to find out. */
const MAX_INPUT = 8 * MAX_BYTES;

const encoder = new TextEncoder();

/**
 * Whether a text is longer than a part of a JID can be, which is 1,023 bytes of UTF-8. It is also the
 * limit for reasons and other texts that strangers write: what is longer is malformed.
 *
 * @example
 * ```ts
 * import { isOversized } from "@roomkeeper/roomkeeper/xmpp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(isOversized("é".repeat(511)), false);
 * assertEquals(isOversized("é".repeat(512)), true);
 * ```
 */
export function isOversized(text: string): boolean {
  // A UTF-16 unit is one to three bytes.
  if (text.length * 3 <= MAX_BYTES) return false;
  return text.length > MAX_BYTES || encoder.encode(text).length > MAX_BYTES;
}

/** A text for a message, as a string literal, cut where it gets too long to be read. */
export function excerpt(text: string): string {
  const most = 100;
  return text.length <= most ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, most))}…`;
}

/** Code points that neither PRECIS nor the older stringprep profiles let into any JID. */
const NEVER = /[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}]/u;

/** As {@linkcode NEVER}, for localparts; the joiners are left, as PRECIS knows good uses of them. */
const NEVER_LOCAL = /[\p{Cc}\p{Cs}\p{Co}\p{Noncharacter_Code_Point}\p{Z}"&'/:<>@]/u;
const IGNORABLE = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;

/** The fullwidth and halfwidth forms, the only characters that PRECIS maps by width. */
const WIDE_OR_NARROW = /[\u3000\uff01-\uffee]/gu;

/**
 * A localpart in normal form: UsernameCaseMapped of RFC 8265 §3.3, which is mapping of width and
 * case and NFC. What the profile forbids is checked as far as the document of `Jid` tells.
 *
 * @throws {InvalidJidError} If it can't be a localpart.
 */
export function normalizeLocal(local: string): string {
  checkInput(local, "localpart");
  if (local === "") throw new InvalidJidError(local, "localpart", "is empty");
  const mapped = local
    .replace(WIDE_OR_NARROW, (wide) => wide.normalize("NFKC"))
    .toLowerCase()
    .normalize("NFC");
  const wrong = NEVER_LOCAL.exec(mapped) ?? IGNORABLE.exec(mapped);
  if (wrong) throw new InvalidJidError(local, "localpart", `must not contain ${show(wrong[0])}`);
  const compatible = mapped.normalize("NFKC");
  if (compatible !== mapped) {
    throw new InvalidJidError(
      local,
      "localpart",
      `contains a compatibility character; written plainly it is ${excerpt(compatible)}`,
    );
  }
  return limited(mapped, local, "localpart");
}

/**
 * A resourcepart in normal form: OpaqueString of RFC 8265 §4.2, which is all spaces plain and NFC.
 *
 * @throws {InvalidJidError} If it can't be a resourcepart.
 */
export function normalizeResource(resource: string): string {
  checkInput(resource, "resourcepart");
  if (resource === "") throw new InvalidJidError(resource, "resourcepart", "is empty");
  const mapped = resource.replace(/\p{Zs}/gu, " ").normalize("NFC");
  const wrong = NEVER.exec(mapped);
  if (wrong) {
    throw new InvalidJidError(resource, "resourcepart", `must not contain ${show(wrong[0])}`);
  }
  return limited(mapped, resource, "resourcepart");
}

/**
 * A domainpart in normal form: lower case, Unicode rather than `xn--` labels, no final dot. IP
 * addresses are domainparts too, those of version 6 in brackets (RFC 7622 §3.2).
 *
 * @throws {InvalidJidError} If it can't be a domainpart.
 */
export function normalizeDomain(domain: string): string {
  checkInput(domain, "domainpart");
  if (domain.startsWith("[")) return normalizeIpv6(domain);
  const name = domain.replace(/[.\u3002]$/, "");
  if (name === "") throw new InvalidJidError(domain, "domainpart", "is empty");
  // What DNS would be asked for: if that is sound, so is the Unicode form.
  const ascii = domainToASCII(name);
  if (ascii === "") {
    throw new InvalidJidError(domain, "domainpart", "is no internationalized domain name");
  }
  for (const label of ascii.split(".")) {
    if (label === "") throw new InvalidJidError(domain, "domainpart", "has two dots in a row");
    if (label.length > 63) {
      throw new InvalidJidError(domain, "domainpart", "has a label of more than 63 characters");
    }
    const wrong = /[^a-z0-9_-]/.exec(label);
    if (wrong) {
      throw new InvalidJidError(domain, "domainpart", `must not contain ${show(wrong[0])}`);
    }
  }
  return limited(domainToUnicode(ascii), domain, "domainpart");
}

function normalizeIpv6(domain: string): string {
  const url = /^\[[0-9a-f:.]+\]$/i.test(domain) && URL.parse(`http://${domain}/`);
  if (url) return url.hostname;
  throw new InvalidJidError(domain, "domainpart", "is no IPv6 address in brackets");
}

function checkInput(input: string, part: JidPart): void {
  if (input.length <= MAX_INPUT) return;
  throw new InvalidJidError(input, part, `is far too long; ${MAX_BYTES} bytes are the most`);
}

function limited(mapped: string, input: string, part: JidPart): string {
  const bytes = encoder.encode(mapped).length;
  if (bytes <= MAX_BYTES) return mapped;
  throw new InvalidJidError(input, part, `has ${bytes} bytes; ${MAX_BYTES} is the most`);
}

/** A character for a message: itself if it can be seen, its code point in any case. */
function show(character: string): string {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)
    ? `${JSON.stringify(character)} (U+${code})`
    : `U+${code}`;
}
