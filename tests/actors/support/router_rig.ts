import type { DomainKey } from "../../../actors/messages/domains.ts";
import type {
  NoticeEffect,
  QuestionEffect,
  Report,
  StoreChange,
} from "../../../actors/messages/effects.ts";
import type { FeedEvent } from "../../../actors/messages/events.ts";
import { Router, type RouterOptions } from "../../../actors/remote_domain/router.ts";
import { type TestKit, testKit } from "../../../actors/runtime/testing.ts";
import type { SelfPingAnswer } from "../../../xmpp/self_ping.ts";
import { HOST, user } from "./domain_rig.ts";

/** Users are told at once, and nobody waits for a domain to settle. */
const TELLING: RouterOptions = {
  recover: "notify",
  pingDelay: 60_000,
  settle: 0,
  backoffMin: 15_000,
  backoffMax: 120_000,
};

/** A router in virtual time, with all that it wants written down. */
export class RouterRig {
  readonly kit: TestKit;
  readonly router: Router;
  readonly sent: (QuestionEffect & DomainKey & { readonly at: number })[] = [];
  readonly notices: (NoticeEffect & DomainKey)[] = [];
  readonly changes: (StoreChange & DomainKey)[] = [];
  readonly reports: (Report & DomainKey)[] = [];
  blind = false;
  hostProbes = false;
  /** How questions end; undefined: without an answer. */
  reply: (question: QuestionEffect, domain: string) => SelfPingAnswer | undefined = () => undefined;
  /** Called with each report. */
  onReport: (report: Report) => void = () => {};
  #ids = 0;

  constructor(options: RouterOptions = {}, budget?: number) {
    this.kit = testKit(budget === undefined ? {} : { budget });
    const { time } = this.kit;
    const name = ({ host, domain }: DomainKey) => ({ host, domain });
    this.router = new Router(this.kit.system, { ...TELLING, ...options }, {
      now: () => time.now(),
      random: this.kit.random,
      id: () => `rk-${this.#ids++}`,
      blind: () => this.blind,
      hostProbes: () => this.hostProbes,
      triesAnew: () => true,
      ask: (link, question) => {
        if (this.blind) return false;
        this.sent.push({ ...question, ...name(link), at: time.now() });
        const answer = this.reply(question, link.domain);
        if (answer !== undefined) time.later(5, () => this.#answer(link, question, answer));
        return true;
      },
      notify: (link, notice) => void this.notices.push({ ...notice, ...name(link) }),
      persist: (link, change) => void this.changes.push({ ...change, ...name(link) }),
      report: (link, report) => {
        this.reports.push({ ...report, ...name(link) });
        this.onReport(report);
      },
    });
  }

  /** Somebody joins `room@domain`. */
  join(name: string, domain: string, room = "garden"): Promise<void> | undefined {
    return this.tell("joined", name, domain, room);
  }

  tell(type: "joined" | "left" | "seen", name: string, domain: string, room = "garden") {
    const event = { type, user: user(name), room: `${room}@${domain}`, nick: name };
    return this.router.route(event as FeedEvent);
  }

  link(domain: string, state: "up" | "down", host = HOST): void {
    this.router.route({ type: "link", host, domain, state, direction: "out", clean: false });
  }

  advance(ms: number): Promise<void> {
    return this.kit.advance(ms);
  }

  settle(): Promise<void> {
    return this.kit.settle();
  }

  #answer(link: DomainKey, question: QuestionEffect, answer: SelfPingAnswer): void {
    if (question.type === "probe") {
      return this.router.probed(link, question.id, answer.type === "result");
    }
    const { id, room, user } = question;
    if (question.type === "rejoin" && answer.type === "result") {
      const { nick } = question;
      return void this.router.route({ type: "joined", user, room, nick });
    }
    if (question.type === "rejoin" && answer.type === "error") {
      return void this.router.route({ type: "refused", id, user, room, error: answer });
    }
    this.router.route({ type: "answered", id, user, room, answer });
  }
}
