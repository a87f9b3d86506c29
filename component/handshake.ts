/**
 * The words of a component's stream around the stanzas (XEP-0114 §3).
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type Element, escapeAttr, type StreamErrorCondition } from "../xml/mod.ts";
import { NS } from "../xmpp/namespaces.ts";
import { ServerStreamError } from "./errors.ts";

/** Ends a stream. */
export const STREAM_END = "</stream:stream>";

/** Opens a stream for a component's domain. */
export function streamHeader(domain: string): string {
  return `<?xml version='1.0'?><stream:stream xmlns='${NS.component}' ` +
    `xmlns:stream='${NS.stream}' to='${escapeAttr(domain)}'>`;
}

/**
 * Proves that we know the secret: lower-case hexadecimal SHA-1 of stream id and secret.
 *
 * @param streamId The `id` of the server's stream header.
 * @param secret What we share with the server.
 */
export function handshake(streamId: string, secret: string): string {
  const digest = createHash("sha1").update(streamId + secret, "utf8").digest("hex");
  return `<handshake>${digest}</handshake>`;
}

/** A stream error for the server. */
export function streamError(condition: StreamErrorCondition): string {
  return `<stream:error><${condition} xmlns='${NS.streamErrors}'/></stream:error>`;
}

/** Whether a child of the stream is a stream error. */
export function isStreamError(element: Element): boolean {
  return element.name === "error" && element.ns === NS.stream;
}

/**
 * Reads the server's stream error.
 *
 * @param element The `<stream:error/>`.
 * @param domain The component's domain, for the message.
 */
export function readStreamError(element: Element, domain: string): ServerStreamError {
  const conditions = element.elements(undefined, NS.streamErrors);
  const condition = conditions.find((child) => child.name !== "text")?.name;
  const text = element.child("text", NS.streamErrors)?.text.trim();
  return new ServerStreamError(
    // An unknown name is kept as it is: it is only shown and compared.
    (condition ?? "undefined-condition") as StreamErrorCondition,
    text === "" ? undefined : text,
    domain,
  );
}
