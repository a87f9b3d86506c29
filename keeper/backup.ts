/**
 * What a store ought to know.
 *
 * @module
 */
import type { Join } from "../actors/joins/join.ts";
import type { DomainKey, StoredDomain } from "../actors/messages/domains.ts";
import type { JoinRecord, Loss } from "../actors/messages/events.ts";
import type { RemoteDomain } from "../actors/remote_domain/remote_domain.ts";
import type { NoticeQueue } from "./notice_queue.ts";
import { inDoubt } from "./pending_notices.ts";

/** Who knows it. */
export interface BackupSource {
  /** The links with their joins and losses. */
  domains(): readonly RemoteDomain[];
  /** What users are still to be told. */
  readonly notices: NoticeQueue;
  /** Gives losses the times that another process can go by. */
  dated(losses: readonly Loss[]): readonly Loss[];
  /** The time, in milliseconds since the epoch. */
  now(): number;
}

/** Everything that we know, one link at a time, as it is when it is asked for. */
export function* backup(memory: BackupSource): Generator<StoredDomain> {
  const { domains } = memory;
  for (const remote of domains()) yield { ...linkOf(remote, memory), joins: joinsOf(remote) };
  // The actors know nothing of them any more, and perhaps nothing of their link.
  const told = Map.groupBy(memory.notices.undelivered, ({ link }) => key(link));
  for (const [name, notices] of told) {
    const left = notices.filter((notice) => memory.notices.isUndelivered(notice));
    if (left.length === 0) continue;
    const remote = domains().find((remote) => key(remote) === name);
    const joins = left.map((notice) => inDoubt(notice, memory.now()));
    yield {
      ...(remote ? linkOf(remote, memory) : { ...left[0]!.link, losses: [], seq: 0 }),
      joins,
    };
  }
}

function linkOf(remote: RemoteDomain, { dated }: BackupSource): Omit<StoredDomain, "joins"> {
  const { host, domain, status: { losses } } = remote;
  let seq = losses.at(-1)?.seq ?? 0;
  for (const { confirmed } of remote.joins) seq = Math.max(seq, confirmed);
  return { host, domain, losses: dated(losses), seq };
}

function joinsOf(remote: RemoteDomain): JoinRecord[] {
  return Array.from(remote.joins, toRecord);
}

function toRecord({ user, room, nick, since, confirmed }: Join): JoinRecord {
  return { user, room: room.jid, nick, since: since * 1000, confirmed };
}

function key({ host, domain }: DomainKey): string {
  return `${host} ${domain}`;
}
