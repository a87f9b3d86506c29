/**
 * How texts in the configuration must look, and their normal form.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { InvalidJidError, Jid } from "../xmpp/jid.ts";
import type { TextFormat } from "./option.ts";

/** An address to listen at. */
export interface ListenAddress {
  /** Name or address, without brackets. */
  readonly hostname: string;
  /** From 0 (any that is free) to 65535. */
  readonly port: number;
}

const LISTEN = /^(?:\[([0-9a-f:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/i;

/**
 * Reads `127.0.0.1:9090` or `[::1]:9090`.
 *
 * @returns `undefined` if it is neither.
 */
export function parseListen(text: string): ListenAddress | undefined {
  const [, ipv6, name, digits] = LISTEN.exec(text) ?? [];
  const hostname = ipv6 ?? name;
  const port = Number(digits);
  return hostname === undefined || port > 65_535 ? undefined : { hostname, port };
}

/** Whether only programs on the same machine can reach what listens at `hostname`. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What a format needs to know besides the text. */
export interface FormatContext {
  /** The folder that relative paths start from; `""` for the current one. */
  readonly folder: string;
}

/** A text that doesn't have the format it must have; the message tells how it should look. */
export class FormatError extends Error {
  /** `FormatError` */
  override readonly name = "FormatError";
}

/**
 * The normal form of a text by its format.
 *
 * @throws {FormatError} If it doesn't have the format.
 */
export const formats: Readonly<
  Record<TextFormat, (text: string, context: FormatContext) => string>
> = {
  host(text) {
    const bare = text.replace(/^\[(.*)\]$/, "$1");
    const ok = bare.includes(":") ? /^[0-9a-f:.]+$/i.test(bare) : /^[\p{L}\p{N}._-]+$/u.test(bare);
    if (!ok) throw refusal("must be a host name or an IP address, without port", text);
    return bare;
  },
  domain(text) {
    const { local, domain, resource } = parseJid(text);
    if (local !== undefined || resource !== undefined) {
      throw refusal("must be a domain alone, with no @ and no /", text);
    }
    return domain;
  },
  jid(text) {
    const { local, bare, resource } = parseJid(text);
    if (local === undefined || resource !== undefined) {
      throw refusal("must be a user's bare address such as admin@home.example", text);
    }
    return bare;
  },
  listen(text) {
    if (text === "" || parseListen(text)) return text;
    throw refusal("must be an address and a port such as 127.0.0.1:9090 or [::1]:9090", text);
  },
  path(text, { folder }) {
    return text === "" || text === ":memory:" || isAbsolute(text) ? text : join(folder, text);
  },
};

function refusal(must: string, text: string): FormatError {
  return new FormatError(`${must}: it is ${JSON.stringify(text)}`);
}

function parseJid(text: string): Jid {
  try {
    return Jid.parse(text);
  } catch (error) {
    if (!(error instanceof InvalidJidError)) throw error;
    throw new FormatError(`has no XMPP address: ${error.message}`);
  }
}
