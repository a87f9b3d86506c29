/**
 * What a store ought to know.
 *
 * @module
 */
import type { JoinRecord, Loss } from "../actors/events.ts";
import type { Join } from "../actors/joins.ts";
import type { Router, StoredLink } from "../actors/router.ts";

/**
 * Everything that the router's actors know, one link at a time, as it is when it is asked for.
 *
 * @param router Whose actors.
 * @param dated Gives losses the times that another process can go by.
 */
export function* remembered(
  router: Router,
  dated: (losses: readonly Loss[]) => readonly Loss[],
): Generator<StoredLink> {
  for (const remote of router.domains) {
    const { host, domain, status: { losses } } = remote;
    const joins = Array.from(remote.joins, toRecord);
    const seq = joins.reduce((most, join) => Math.max(most, join.confirmed), 0);
    const last = losses.at(-1)?.seq ?? 0;
    yield { host, domain, joins, losses: dated(losses), seq: Math.max(seq, last) };
  }
}

function toRecord({ user, room, nick, since, confirmed }: Join): JoinRecord {
  return { user, room: room.jid, nick, since: since * 1000, confirmed };
}
