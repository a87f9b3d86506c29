/**
 * What a store ought to know.
 *
 * @module
 */
import type { JoinRecord } from "../actors/events.ts";
import type { Join } from "../actors/joins.ts";
import type { Router, StoredLink } from "../actors/router.ts";

/** Everything that the router's actors know, one link at a time, as it is when it is asked for. */
export function* remembered(router: Router): Generator<StoredLink> {
  for (const remote of router.domains) {
    const { host, domain, status: { losses } } = remote;
    const joins = Array.from(remote.joins, toRecord);
    const seq = joins.reduce((most, join) => Math.max(most, join.confirmed), 0);
    yield { host, domain, joins, losses, seq: Math.max(seq, losses.at(-1)?.seq ?? 0) };
  }
}

function toRecord({ user, room, nick, since, confirmed }: Join): JoinRecord {
  return { user, room: room.jid, nick, since: since * 1000, confirmed };
}
