/**
 * From the configuration file to the options of a keeper.
 *
 * @module
 */
import { tcpTransport } from "../component/mod.ts";
import type { Config } from "../config/schema.ts";
import type { KeeperOptions } from "../keeper/keeper.ts";

/** What the configuration says about the keeper; store and observers are added by the caller. */
export function keeperOptions({ server, keeper }: Config): KeeperOptions {
  return {
    transport: tcpTransport({ hostname: server.host, port: server.port }),
    domain: server.domain,
    secret: server.secret.reveal(),
    watch: server.watch,
    feed: server.feed,
    outbox: { normal: server.maxQueue, urgent: server.maxQueue * 8 },
    recover: keeper.recover,
    vanished: keeper.vanished,
    rejoinsPerSecond: keeper.rejoinsPerSecond,
    maxRejoinsPerSecond: keeper.maxRejoinsPerSecond,
    pingDelay: keeper.pingDelay,
    pingTimeout: keeper.pingTimeout,
    settle: keeper.settle,
    giveUp: keeper.giveUp,
    unconfirmed: keeper.unconfirmed,
    pingsPerSecond: keeper.pingsPerSecond,
    maxPingsPerSecond: keeper.maxPingsPerSecond,
    silence: server.feed === "stock" ? keeper.silence : 0,
    patrol: server.feed === "plugin" ? keeper.silence : 0,
    probe: keeper.probe,
    retryDelay: keeper.retryDelay,
    backoffMin: keeper.backoffMin,
    backoffMax: keeper.backoffMax,
    noticeStatuses: keeper.noticeStatuses,
    noticeReason: keeper.noticeReason,
    maxJoinsPerUser: keeper.maxJoinsPerUser,
  };
}
