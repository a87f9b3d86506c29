/**
 * What an admin can have done by ad-hoc command.
 *
 * @module
 */
import type { RemoteDomain } from "../actors/remote_domain/remote_domain.ts";
import type { StoreHealth } from "../store/join_store.ts";
import { InvalidJidError, Jid } from "../xmpp/jid.ts";
import type { DataForm, FormField } from "./data_form.ts";
import { counted, storeLine, storeStatus, storeTrouble } from "./store_status.ts";

/** What commands steer; every `Keeper` can be. */
export interface Steered {
  /** The joins. */
  readonly router: {
    /** The links that have something to remember. */
    readonly domains: readonly RemoteDomain[];
    /** Has a domain verified; returns how many links that concerns. */
    verify(domain: string): number;
    /** Forgets a join; returns whether it was known. */
    forget(user: string, room: string): boolean;
  };
  /** Whether rejoins and notices are held back. */
  readonly paused: boolean;
  /** How many notices are held back. */
  readonly held: number;
  /** How the store is doing, if there is one. */
  readonly store: StoreHealth | undefined;
  /** Holds rejoins and notices back. */
  pause(): void;
  /** Goes on with them. */
  resume(): void;
}

/** What a command has brought. */
export interface CommandResult {
  /** In a sentence. */
  readonly note: string;
  /** In detail. */
  readonly fields?: readonly FormField[];
}

/** What was filled in makes no sense; the message tells why. */
export class InputError extends Error {
  /** `InputError` */
  override readonly name = "InputError";
}

/** A command. */
export interface Command {
  /** What it is called. */
  readonly name: string;
  /** What has to be known first, if anything. */
  readonly ask?: DataForm;
  /**
   * Does it.
   *
   * @throws {InputError} If what was filled in makes no sense.
   */
  run(keeper: Steered, input: ReadonlyMap<string, string>): CommandResult;
}

const DOMAIN_FIELD: FormField = {
  name: "domain",
  type: "text-single",
  label: "Domain of the rooms",
  required: true,
};

/** The commands, by node. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  "roomkeeper#status": {
    name: "Status of a domain",
    ask: {
      title: "Status of a domain",
      instructions:
        "Shows the link, the joins, how far a verification is, who is being brought back, and the " +
        "store.",
      fields: [DOMAIN_FIELD],
    },
    run(keeper, input) {
      const domain = domainOf(input);
      const links = keeper.router.domains.filter((link) => link.domain === domain);
      if (links.length === 0) throw new InputError(`Nobody is in a room of ${domain}.`);
      const store = storeStatus(keeper.store);
      const note = [
        `${domain} has ${links.length === 1 ? "one link" : `${links.length} links`}.`,
        ...keeper.paused
          ? [`Rejoins and notices are held back; ${counted(waiting(keeper), "user")} so far.`]
          : [],
        storeTrouble(store) ?? "",
      ];
      return {
        note: note.join(" ").trimEnd(),
        fields: [
          ...links.flatMap(describe),
          { name: "store", type: "text-single", label: "Store", value: storeLine(store) },
        ],
      };
    },
  },
  "roomkeeper#verify": {
    name: "Verify a domain now",
    ask: {
      title: "Verify a domain now",
      instructions: "Asks its rooms, without waiting, whether each user is still in.",
      fields: [DOMAIN_FIELD],
    },
    run(keeper, input) {
      const domain = domainOf(input);
      if (keeper.router.verify(domain) === 0) {
        throw new InputError(`Nobody is in a room of ${domain}.`);
      }
      return { note: `${domain} is being verified.` };
    },
  },
  "roomkeeper#pause": {
    name: "Hold rejoins and notices back",
    run(keeper) {
      keeper.pause();
      return {
        note: "Nobody is brought back, and nobody is notified, until that is resumed.",
      };
    },
  },
  "roomkeeper#resume": {
    name: "Resume rejoins and notices",
    run(keeper) {
      const users = counted(waiting(keeper), "user");
      keeper.resume();
      return {
        note:
          `Rejoins and notices go on, for ${users} so far. Nothing is done about those who have ` +
          "left or rejoined meanwhile.",
      };
    },
  },
  "roomkeeper#forget": {
    name: "Forget a join",
    ask: {
      title: "Forget a join",
      instructions: "The user is not notified, and not asked about any more, before the next join.",
      fields: [
        {
          name: "user",
          type: "jid-single",
          label: "Full address of the user's session",
          required: true,
        },
        { name: "room", type: "jid-single", label: "Address of the room", required: true },
      ],
    },
    run(keeper, input) {
      const user = jidOf(input, "user");
      const room = jidOf(input, "room");
      if (user.resource === undefined) {
        throw new InputError(
          "The user's address needs a resource, such as ann@home.example/phone.",
        );
      }
      if (!keeper.router.forget(user.toString(), room.bare)) {
        throw new InputError(`${user} is not known to be in ${room.bare}.`);
      }
      return { note: `It is forgotten that ${user} is in ${room.bare}.` };
    },
  },
};

/** How many users are held up while rejoins and notices are. */
function waiting({ router, held }: Steered): number {
  return router.domains.reduce((sum, { status }) => sum + status.rejoining, held);
}

function describe({ host, status }: RemoteDomain): FormField[] {
  const { link, joins, rooms, users, phase, left, open, losses, rejoining } = status;
  const field = (name: string, label: string, value: string): FormField => ({
    name: `${host} ${name}`,
    type: "text-single",
    label: `${label} (${host})`,
    value,
  });
  const last = losses.at(-1);
  return [
    field("link", "Link", link),
    field("joins", "Joins", `${joins} of ${users} sessions in ${rooms} rooms`),
    field(
      "verification",
      "Verification",
      phase ? `${phase}, ${left + open} to be answered` : "none",
    ),
    field(
      "recovery",
      "Recovery",
      rejoining > 0 ? `${counted(rejoining, "user")} being brought back` : "none",
    ),
    field("loss", "Open losses", last ? `${losses.length}, last by ${last.cause}` : "none"),
  ];
}

function domainOf(input: ReadonlyMap<string, string>): string {
  return jidOf(input, "domain").domain;
}

function jidOf(input: ReadonlyMap<string, string>, field: string): Jid {
  const text = input.get(field) ?? "";
  try {
    return Jid.parse(text);
  } catch (error) {
    if (!(error instanceof InvalidJidError)) throw error;
    throw new InputError(`${JSON.stringify(text)} is no ${field}: ${error.message}`);
  }
}
