/**
 * When a join that nobody can confirm is given up.
 *
 * @module
 */
import type { Join } from "../joins/join.ts";
import type { DomainPorts } from "../ports/ports.ts";
import type { Evidence } from "../joins/evidence.ts";
import type { FullDomainOptions } from "../messages/options.ts";

/** How many joins are given up at one go, so that no event takes long. */
const PORTION = 200;
/** How many probes must fail in a row: one may fail because of a single room. */
const ENOUGH_MISSES = 2;

/**
 * Gives up joins that could not be confirmed within `give_up`, and no others: somebody must
 * have tried twice since the loss, in vain, while we were able to hear of it.
 */
export class ConfirmationDeadline {
  readonly #evidence: Evidence;
  readonly #options: FullDomainOptions;
  readonly #ports: DomainPorts;
  /** Losses up to this sequence number were tried twice in vain. */
  #tried = 0;
  /** All joins of the losses up to this sequence number were asked about at least once. */
  #asked = 0;
  /** Joins that were asked about in vain since their time began to run. */
  #inVain: Set<Join> | undefined;
  #misses = 0;
  /** Questions up to this sequence number were asked before we were away. */
  #backAt = 0;
  #kept = false;

  /** Judges the joins of a evidence. */
  constructor(evidence: Evidence, options: FullDomainOptions, ports: DomainPorts) {
    this.#evidence = evidence;
    this.#options = options;
    this.#ports = ports;
  }

  /** Whether joins were kept that nobody could confirm, since the last call. */
  takeKept(): boolean {
    const kept = this.#kept;
    this.#kept = false;
    return kept;
  }

  /** The remote side gave a sign of life: what was in vain before counts no more. */
  reached(): void {
    this.#tried = this.#misses = 0;
  }

  /** We were away until now, and may have missed answers. */
  back(): void {
    this.reached();
    this.settled();
    this.#backAt = this.#evidence.seq;
  }

  /** A probe failed. */
  missed(): void {
    // What is tried while we can reach nobody does not count.
    if (this.#ports.ownOutage()) this.reached();
    else if (++this.#misses >= ENOUGH_MISSES) this.#tried = this.#evidence.losses.newest;
  }

  /** All joins of the losses up to number `seq` were asked about. */
  tried(seq: number): void {
    if (this.#ports.ownOutage()) return;
    const twice = this.#options.giveUp === 0 ? seq : Math.min(seq, this.#asked);
    this.#tried = Math.max(this.#tried, twice);
    this.#asked = seq;
  }

  /** No join is in doubt any more. */
  settled(): void {
    this.reached();
    this.#asked = 0;
    this.#inVain = undefined;
  }

  /** The question about this join at sequence number `seq` was in vain. */
  undecided(join: Join, seq: number, because: string): void {
    this.#evidence.verdict(join, "undecided", because);
    if (seq <= this.#backAt || this.#ports.ownOutage()) return;
    const again = this.wasInVain(join) || this.#options.giveUp === 0;
    const expired = this.#expired(seq);
    if (again && expired > 0) this.#giveUp(join, expired);
    else (this.#inVain ??= new Set()).add(join);
  }

  /** Whether a question about this join was in vain already. */
  wasInVain(join: Join): boolean {
    return this.#inVain?.has(join) ?? false;
  }

  /** When the next joins are to be given up, in milliseconds since the epoch. */
  get due(): number | undefined {
    const { oldest } = this.#evidence.losses;
    // Losses can't be forgotten while somebody is brought back.
    if (this.#evidence.recovering > 0) return undefined;
    return oldest !== undefined && oldest.seq <= this.#tried
      ? oldest.at + this.#options.giveUp
      : undefined;
  }

  /** Gives up a portion of the joins whose time has run out, unless the fault is on our side. */
  giveUp(): void {
    const expired = this.#expired(this.#tried);
    if (expired === 0 || this.#evidence.recovering > 0) return;
    if (this.#ports.ownOutage()) return this.reached();
    let left = PORTION;
    for (const join of this.#evidence.joins) {
      if (this.#giveUp(join, expired) && --left === 0) return;
    }
    this.#evidence.settle(expired);
  }

  #expired(tried: number): number {
    return this.#evidence.losses.expired(tried, this.#ports.now() - this.#options.giveUp);
  }

  #giveUp(join: Join, expired: number): boolean {
    if (join.confirmed >= expired) return false;
    if (this.#evidence.recovery?.giveUp(join)) return true;
    if (this.#options.unconfirmed === "notify") {
      this.#evidence.notify(join, "unconfirmed", "no answer in time");
    } else {
      this.#kept = true;
      this.#evidence.confirm(join, expired, "kept");
    }
    return true;
  }
}
