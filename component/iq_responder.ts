/**
 * Answers to other entities' questions (`iq` of type `get` or `set`).
 *
 * @module
 */

import type { Element } from "../xml/mod.ts";
import { discoInfoResult, isDiscoInfoQuery } from "../xmpp/disco.ts";
import { iqError, iqResult } from "../xmpp/iq.ts";
import { NS } from "../xmpp/namespaces.ts";
import { isPing } from "../xmpp/ping.ts";
import { isVersionQuery, type SoftwareVersion, versionResult } from "../xmpp/version.ts";
import type { Log } from "./log.ts";

/** What the component tells about itself. */
export interface Identity {
  /**
   * Its name for people.
   *
   * @default {"Roomkeeper"}
   */
  readonly name?: string;
  /**
   * Its type, in XEP-0030's category `component`.
   *
   * @default {"generic"}
   */
  readonly type?: string;
  /** The software it runs; not told by default. */
  readonly software?: SoftwareVersion;
  /**
   * Features of what the owner answers by itself.
   *
   * @default {[]}
   */
  readonly features?: readonly string[];
}

/**
 * What the owner answers by itself: `undefined` leaves a question to {@linkcode answerIq}.
 *
 * @param request An `iq` of type `get` or `set`.
 */
export type RequestHandler = (
  request: Element,
) => Element | undefined | Promise<Element | undefined>;

/**
 * The answer to a question: to a ping (XEP-0199), to what we are (XEP-0030), to what software we
 * run (XEP-0092) if that is told. Any other gets `service-unavailable` (RFC 6120 §8.4).
 *
 * @param request An `iq` of type `get` or `set`.
 * @param identity What we tell about ourselves.
 */
export function answerIq(request: Element, identity: Identity = {}): Element {
  const { name = "Roomkeeper", type = "generic", software, features = [] } = identity;
  if (isPing(request)) return iqResult(request);
  if (isVersionQuery(request) && software) return versionResult(request, software);
  if (isDiscoInfoQuery(request)) {
    const node = request.child("query", NS.discoInfo)?.attr("node");
    if (node) return iqError(request, "item-not-found", "cancel");
    const own = [NS.discoInfo, NS.ping, ...(software ? [NS.version] : [])];
    return discoInfoResult(request, {
      identities: [{ category: "component", type, name }],
      features: new Set([...own, ...features]),
    });
  }
  return iqError(request, "service-unavailable", "cancel");
}

/** How many questions the owner may be at work on before others are put off. */
const MAX_AT_WORK = 100;

/** Answers questions, the owner first. */
export class IqResponder {
  readonly #identity: Identity | undefined;
  readonly #handler: RequestHandler | undefined;
  readonly #log: Log;
  #atWork = 0;

  /**
   * Makes a responder.
   *
   * @param identity What we tell about ourselves.
   * @param handler What the owner answers by itself.
   * @param log Where to log that the owner failed.
   */
  constructor(identity: Identity | undefined, handler: RequestHandler | undefined, log: Log) {
    this.#identity = identity;
    this.#handler = handler;
    this.#log = log;
  }

  /** The answer to a question; it never fails. */
  async answer(request: Element): Promise<Element> {
    if (!this.#handler) return answerIq(request, this.#identity);
    if (this.#atWork >= MAX_AT_WORK) return iqError(request, "resource-constraint", "wait");
    this.#atWork++;
    try {
      return await this.#handler(request) ?? answerIq(request, this.#identity);
    } catch (error) {
      this.#log("error", "A request handler failed: {error}", { error });
      return iqError(request, "internal-server-error", "cancel");
    } finally {
      this.#atWork--;
    }
  }
}
