/**
 * How many joins and links there are, and in which state: what the page and the metrics count.
 *
 * @module
 */
import type { LinkState } from "../actors/remote_domain/link.ts";
import type { DomainStatus } from "../actors/remote_domain/remote_domain.ts";
import type { KeeperView } from "./keeper_view.ts";
import { eachSliced, type Sliced } from "./sliced.ts";

/** All links, counted. */
export interface Census {
  /** Joins in all domains. */
  readonly joins: number;
  /** Domains by the state of their link. */
  readonly links: Readonly<Record<LinkState, number>>;
  /** Domains that are being verified, by what is done. */
  readonly phases: Readonly<Record<NonNullable<DomainStatus["phase"]>, number>>;
  /** Users who are being brought back. */
  readonly rejoining: number;
}

/** Counts. */
export function* takeCensus(keeper: KeeperView): Sliced<Census> {
  const links = { up: 0, idle: 0, down: 0, unknown: 0 };
  const phases = { delay: 0, probe: 0, backoff: 0, asking: 0 };
  let joins = 0;
  let rejoining = 0;
  yield* eachSliced(keeper.router.domains, ({ status }) => {
    joins += status.joins;
    rejoining += status.rejoining;
    links[status.link]++;
    if (status.phase !== undefined) phases[status.phase]++;
  });
  return { joins, links, phases, rejoining };
}
