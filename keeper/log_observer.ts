/**
 * Tells the operator, in the log, what a keeper does.
 *
 * @module
 */
import type { DomainKey } from "../actors/messages/domains.ts";
import { getLogger, type Logger } from "@logtape/logtape";
import { debounce } from "@std/async/debounce";
import { systemClock } from "../actors/runtime/mod.ts";
import type { Report } from "../actors/messages/effects.ts";
import { RateLimitedLog } from "./rate_limited_log.ts";
import type { KeeperObserver } from "./observer.ts";

const CAUSES = {
  "link-down": "The link was lost",
  "link-up": "The link is back after nobody watched it",
  "unreachable": "The domain could not be reached",
  "rejected": "A room does not know its user",
  "dropped": "A room has put a user out by a fault or a restart",
  "silence": "The domain has been silent",
  "restart": "The link was not watched for a while",
  "operator": "An operator wants to know",
} as const;

/** What comes after a rejoin that failed. */
const NEXT = {
  again: "trying again",
  notify: "the client is told",
  forget: "the session does not want it any more",
} as const;
/** Lines of a kind in a minute, over all domains: what flaps must not fill the log. */
const BURST = 20;

/** No more losses by our own restart for so long, and it is time to sum up, in milliseconds. */
const QUIET_MS = 1_000;

/** An observer that logs to the category `roomkeeper.keeper`. */
export function logObserver(
  logger: Logger = getLogger(["roomkeeper", "keeper"]),
  now: () => number = () => systemClock.now(),
): KeeperObserver {
  const write = (level: "info" | "warning", burst: number) =>
    new RateLimitedLog({ now, burst, write: (message, fields) => logger[level](message, fields) });
  const warnings = write("warning", 1);
  const infos = write("info", BURST);
  // They come for all domains, one right after the other.
  let [domains, joins] = [0, 0];
  const sumUp = debounce(() => {
    logger.info("{domains} domains were not watched for a while: {joins} joins are in doubt", {
      event: "restart-losses",
      domains,
      joins,
    });
    [domains, joins] = [0, 0];
  }, QUIET_MS);
  return {
    restored: (joins, links) =>
      logger.info("The store knows {joins} joins in {links} domains", {
        event: "restored",
        joins,
        links,
      }),
    stopped: () => {
      sumUp.flush();
      [warnings, infos].forEach((log) => log.flush({ all: true }));
    },
    connected: () => logger.info("Connected to the server"),
    synced: (host, software, joins) =>
      logger.info("The plugin of {host} ({software}) has told {joins} joins", {
        event: "synced",
        host,
        software,
        joins,
      }),
    unanswered: (host) =>
      warnings.note(
        `unanswered ${host}`,
        'The plugin of {host} does not answer: load mod_roomkeeper there, or set feed = "stock"',
        { event: "unanswered", host },
      ),
    outdated: (host, software) =>
      warnings.note(
        `outdated ${host}`,
        "The plugin of {host} ({software}) is of an older version: it can't join rooms again as a " +
          "client would, nor find out what {host} can reach; install the plugin that came with " +
          "this version of Roomkeeper",
        { event: "outdated", host, software },
      ),
    ignored: (kind, from, why) =>
      warnings.note(kind, "Ignored input ({kind}) from {from}: {why}", {
        event: "ignored",
        kind,
        from,
        why,
      }),
    reported: (link, report) => {
      if (report.type === "loss" && report.cause === "restart") {
        domains++;
        joins += report.joins;
        sumUp();
      }
      logReport(logger, infos, link, report);
    },
    notified: ({ host, domain }, { user, room, nick, reason }) =>
      logger.info("Told {user} that it is no longer in {room} ({reason})", {
        event: "notice",
        host,
        domain,
        user,
        room,
        nick,
        reason,
      }),
  };
}

/** A time in milliseconds, rounded for people. */
function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function logReport(logger: Logger, infos: RateLimitedLog, link: DomainKey, report: Report): void {
  const { type, ...details } = report;
  const fields = { event: type, host: link.host, domain: link.domain, ...details };
  // Who debugs gets each line.
  const info = (message: string) =>
    infos.note(type, message, fields) || logger.debug(message, fields);
  switch (report.type) {
    case "loss": {
      const message = `${CAUSES[report.cause]}: {joins} joins in {domain} are in doubt`;
      if (report.cause === "restart") logger.debug(message, fields);
      else info(message);
      return;
    }
    case "waiting":
      return logger.debug("Waiting before {domain} is asked", fields);
    case "probing":
      return logger.debug("Asking whether {domain} can be reached", fields);
    case "unreached":
      return void info("{domain} did not decide everything; trying again");
    case "reachable":
      return void info("{domain} can be reached: asking about {unverified} joins");
    case "asked":
      return logger.debug("Asked {room} whether {user} is in", fields);
    case "verdict":
      return logger.debug("{user} in {room}: {verdict} ({because})", fields);
    case "refused":
      return void info("{user} is in {limit} rooms already; {room} is not kept");
    case "rejoining":
      return logger.debug("Joining {room} again in the name of {user}", fields);
    case "rejoined":
      return logger.info(
        `{user} is back in {room}, ${seconds(report.after)} after the loss`,
        fields,
      );
    case "rejoin-failed":
      return logger.info(
        `{user} could not be brought back to {room} ({because}): ${NEXT[report.next]}`,
        fields,
      );
    case "unwanted-room":
      return logger.warning(
        "A rejoin has made {room}, which had just vanished: its user leaves it again, and nobody " +
          "else is brought back there; see vanished in the configuration",
        fields,
      );
    case "settled":
      return void info("Everything in {domain} is decided");
  }
}
