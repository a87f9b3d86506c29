/**
 * The figures of the whole keeper, and one domain in detail, as plain data.
 *
 * @module
 */
import type { LinkState } from "../actors/remote_domain/link.ts";
import type { RemoteDomain } from "../actors/remote_domain/remote_domain.ts";
import type { ConnectionStatus } from "../component/mod.ts";
import type { SyncState } from "../keeper/plugin_sync.ts";
import { takeCensus } from "./census.ts";
import type { History, Occupancy, PastEvent, VerdictCounts } from "./history.ts";
import type { KeeperView } from "./keeper_view.ts";
import type { Names } from "./privacy.ts";
import { failureText } from "./rejoins.ts";
import { type DomainRow, type RecoveryFigures, recoveryFigures, rowsOf } from "./rows.ts";
import { eachSliced, type Sliced } from "./sliced.ts";
import { type StoreStatus, storeStatus } from "./store_status.ts";
import type { Slot } from "./timeline.ts";

/** The whole keeper. Times are milliseconds since the epoch. */
export interface Overview {
  /** Which version of Roomkeeper. */
  readonly version: string;
  /** The connection to the server. */
  readonly connection: {
    readonly state: ConnectionStatus["state"];
    /** When it came up or went down. */
    readonly since: number;
    /** Why there is none. */
    readonly reason?: string;
  };
  /** The watched hosts and how far their plugins are in step. */
  readonly hosts: readonly {
    readonly host: string;
    readonly state: SyncState;
    readonly software: string;
    /** Whether it is too old to bring users back as their clients would. */
    readonly outdated: boolean;
  }[];
  /** Whether rejoins and notices are held back. */
  readonly paused: boolean;
  /** How many notices are held back. */
  readonly held: number;
  /** How the store is doing. */
  readonly store: StoreStatus;
  /** Joins in all domains. */
  readonly joins: number;
  /** Sessions with at least one join. */
  readonly sessions: number;
  /** Domains by the state of their link. */
  readonly links: Readonly<Record<LinkState, number>>;
  /** Domains that are being verified. */
  readonly verifying: number;
  /** What verifications found since the start. */
  readonly verdicts: VerdictCounts;
  /** How users were brought back since the start. */
  readonly recovery: RecoveryFigures;
  /** The last user who could not be brought back; why, in words. */
  readonly lastFailure?: {
    readonly at: number;
    readonly domain: string;
    readonly room: string;
    readonly why: string;
  };
  /** The last 24 hours. */
  readonly timeline: readonly Slot[];
}

/** Sums up a keeper. */
export function* overview(
  keeper: KeeperView,
  history: History,
  version: string,
  now: number,
): Sliced<Overview> {
  const { joins, links, phases, rejoining } = yield* takeCensus(keeper);
  const verifying = Object.values(phases).reduce((sum, count) => sum + count, 0);
  const { state, reason } = keeper.connection;
  const { all, lastFailure: last } = history;
  return {
    version,
    connection: {
      state,
      since: history.connectionSince,
      ...reason && { reason: reason.message },
    },
    hosts: keeper.hosts.map(({ host, state, software, takesRequests }) => (
      { host, state, software, outdated: state === "synced" && !takesRequests }
    )),
    paused: keeper.paused,
    held: keeper.held,
    store: storeStatus(keeper.store),
    joins,
    sessions: keeper.router.sessions,
    links,
    verifying,
    verdicts: { ...all.verdicts },
    recovery: recoveryFigures(all, rejoining),
    ...last && {
      lastFailure: {
        at: last.at,
        domain: last.domain,
        room: last.failure.room,
        why: failureText(last.failure),
      },
    },
    timeline: all.timeline.slots(now),
  };
}

/** How many rooms, and how many joins, are shown at once. */
export const SHOWN = 50;

/** One domain. Times are milliseconds since the epoch. */
export interface DomainDetail {
  /** The remote domain. */
  readonly domain: string;
  /** Its links, one for each watched host. */
  readonly links: readonly DomainRow[];
  /** The rooms that were found, those with most joins first, at most {@linkcode SHOWN}. */
  readonly rooms: readonly { readonly room: string; readonly joins: number }[];
  /** How many rooms were found. */
  readonly roomsFound: number;
  /** Some of the joins that were found, at most {@linkcode SHOWN}. */
  readonly joins: readonly {
    readonly user: string;
    readonly room: string;
    readonly nick: string;
    readonly since: number;
    /** Whether it is in doubt. */
    readonly suspect: boolean;
  }[];
  /** How many joins were found. */
  readonly joinsFound: number;
  /** What happened lately, newest first. */
  readonly events: readonly (PastEvent & { readonly host: string })[];
}

/** What to show of a domain, and how. */
export interface DetailQuery {
  /** The remote domain. */
  readonly domain: string;
  /** Part of a room's or user's address; empty for all. */
  readonly search: string;
}

/** One domain in detail; `undefined` if it is not known. */
export function* domainDetail(
  keeper: KeeperView,
  history: History,
  names: Names,
  { domain, search: wanted }: DetailQuery,
  now: number,
): Sliced<DomainDetail | undefined> {
  const links = yield* rowsOf(domain, keeper, history, now);
  if (links.length === 0) return undefined;
  const search = wanted.trim().toLowerCase();
  const remotes = keeper.router.domains.filter((remote) => remote.domain === domain);
  const { joins, found: joinsFound, rooms } = yield* findJoins(remotes, names, search);
  const byJoins = [...rooms].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const events = links.flatMap(({ host }) =>
    (history.of({ host, domain })?.events ?? []).map((event) => ({ ...event, host })).reverse()
  );
  return {
    domain,
    links,
    rooms: byJoins.slice(0, SHOWN).map(([room, joins]) => ({ room, joins })),
    roomsFound: rooms.size,
    joins,
    joinsFound,
    events: events.sort((a, b) => b.at - a.at).map((event) => hideUsers(event, names)),
  };
}

function hideUsers<Event extends PastEvent>(event: Event, names: Names): Event {
  const hide = ({ user, room }: Occupancy): Occupancy => ({ user: names.user(user), room });
  switch (event.type) {
    case "refused":
      return { ...event, ...hide(event) };
    case "notices":
    case "rejoined":
    case "rejoin-failed":
      return { ...event, first: event.first.map(hide) };
    default:
      return event;
  }
}

/** The joins that fit; where users are hidden, only rooms can be searched. */
function* findJoins(remotes: readonly RemoteDomain[], names: Names, search: string) {
  const joins: DomainDetail["joins"][number][] = [];
  const rooms = new Map<string, number>();
  let found = 0;
  for (const remote of remotes) {
    const lost = remote.status.losses.at(-1)?.seq ?? 0;
    yield* eachSliced(remote.joins, ({ user, room: { jid: room }, nick, since, confirmed }) => {
      const fits = room.includes(search) || (names.plain && user.toLowerCase().includes(search));
      if (!fits) return;
      found++;
      rooms.set(room, (rooms.get(room) ?? 0) + 1);
      if (joins.length >= SHOWN) return;
      joins.push({
        user: names.user(user),
        room,
        nick: names.nick(nick),
        since: since * 1000,
        suspect: confirmed < lost,
      });
    });
  }
  return { joins, found, rooms };
}
