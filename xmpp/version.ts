/**
 * Software version (XEP-0092).
 *
 * @module
 */

import { type Element, xml } from "../xml/element.ts";
import { iqResult } from "./iq.ts";
import { NS } from "./namespaces.ts";

/** What software an entity runs. */
export interface SoftwareVersion {
  /** The name of the software. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** The operating system, if told. */
  readonly os?: string | undefined;
}

/**
 * Builds the question what software an entity runs.
 *
 * @param options Who asks whom, and the id by which the answer is known.
 */
export function versionQuery(
  options: { readonly from: string; readonly to: string; readonly id: string },
): Element {
  const { from, to, id } = options;
  return xml("iq", NS.component, { type: "get", id, from, to }, xml("query", NS.version));
}

/** Whether a stanza is such a question. */
export function isVersionQuery(stanza: Element): boolean {
  return stanza.name === "iq" && stanza.attr("type") === "get" &&
    stanza.child("query", NS.version) !== undefined;
}

/**
 * Builds the answer to such a question.
 *
 * @param request The question.
 * @param software What to tell.
 */
export function versionResult(request: Element, software: SoftwareVersion): Element {
  const ns = NS.version;
  const { name, version, os } = software;
  return iqResult(
    request,
    xml(
      "query",
      ns,
      {},
      xml("name", ns, {}, name),
      xml("version", ns, {}, version),
      os === undefined ? undefined : xml("os", ns, {}, os),
    ),
  );
}

/**
 * Reads an answer to {@linkcode versionQuery}.
 *
 * @param iq The stanza with the id of the question.
 * @returns What the entity tells, or `undefined` if this is no such answer.
 */
export function parseVersion(iq: Element): SoftwareVersion | undefined {
  if (iq.name !== "iq" || iq.attr("type") !== "result") return undefined;
  const query = iq.child("query", NS.version);
  if (!query) return undefined;
  return {
    name: query.child("name")?.text ?? "",
    version: query.child("version")?.text ?? "",
    os: query.child("os")?.text,
  };
}
