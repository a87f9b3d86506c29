/**
 * What can end a component's stream, or keep it from opening, each told with what to do about it.
 *
 * @module
 */

import type { StreamErrorCondition } from "../xml/mod.ts";

/** The least that all errors of the connection have in common. */
export abstract class ComponentError extends Error {
  /** What happened, as one word for logs and metrics: `"refused"`, `"not-authorized"`, … */
  abstract readonly reason: string;
  /**
   * Whether it will most likely happen again until somebody changes a setting. The connection is
   * tried again all the same, at the slowest pace.
   */
  abstract readonly lasting: boolean;
}

/** Why no connection to the server came about. */
export type ConnectFailure =
  | "name-not-found"
  | "not-permitted"
  | "refused"
  | "timeout"
  | "unreachable";

const CONNECT_ADVICE: Readonly<Record<ConnectFailure, string>> = {
  "name-not-found":
    "the host name does not resolve. Check the server's address in roomkeeper.toml, and DNS",
  "not-permitted":
    "Deno was not given the permission. Add the server's host and port to --allow-net",
  "refused": "nothing listens there. Check that the server runs, and that its component port " +
    "(Prosody: component_ports and component_interfaces; ejabberd: a listener with module " +
    "ejabberd_service) is the one in roomkeeper.toml",
  "timeout": "no answer. Check the server's address in roomkeeper.toml, and firewalls between",
  "unreachable": "the network refused. Check the server's address in roomkeeper.toml, and routes",
};

/** The server could not be reached at all. */
export class ConnectError extends ComponentError {
  /** The name of the class. */
  override readonly name = "ConnectError";
  /** Why not. */
  override readonly reason: ConnectFailure;
  /** Only a missing permission is sure to last. */
  override readonly lasting: boolean;

  /**
   * Makes the error.
   *
   * @param reason Why there is no connection.
   * @param address Where it was to lead, such as `"127.0.0.1:5347"`.
   * @param options The error underneath, as `cause`.
   */
  constructor(reason: ConnectFailure, address: string, options?: ErrorOptions) {
    super(`Cannot connect to ${address}: ${CONNECT_ADVICE[reason]}`, options);
    this.reason = reason;
    this.lasting = reason === "not-permitted";
  }
}

/** Conditions that stay until somebody changes a setting. */
const LASTING: ReadonlySet<StreamErrorCondition> = new Set<StreamErrorCondition>([
  "host-gone",
  "host-unknown",
  "improper-addressing",
  "invalid-from",
  "invalid-namespace",
  "not-authorized",
  "unsupported-version",
]);

const STREAM_ADVICE: Readonly<Partial<Record<StreamErrorCondition, (domain: string) => string>>> = {
  "not-authorized": (domain) =>
    "the shared secret is wrong. Make `[server] secret` in roomkeeper.toml (or ROOMKEEPER_SECRET) " +
    "the same as the server's: Prosody's `component_secret`, ejabberd's `password`. ejabberd says " +
    `the same of a domain that it does not know: check that ${domain} is in \`hosts\` of its ` +
    "ejabberd_service listener",
  "host-unknown": (domain) =>
    `the server has no component ${domain}. Check the component's domain in roomkeeper.toml, and ` +
    `in the server's configuration: Prosody needs \`Component "${domain}"\``,
  "conflict": (domain) =>
    `another program is connected as ${domain}. Stop the other one; if it is a dead connection, ` +
    "the server will drop it by itself",
  "invalid-from": () =>
    "the server does not let us send as its users. Prosody needs `validate_from_addresses = " +
    "false` below the component, ejabberd `check_from: false` in its ejabberd_service listener",
  "invalid-namespace": () =>
    "this port is not for components. Check the server's port in roomkeeper.toml",
  "system-shutdown": () => "the server is stopping",
  "policy-violation": () => "the server limits what components may send",
  "resource-constraint": () => "the server is short of resources",
};

/** The server ended the stream with a stream error (RFC 6120 §4.9, XEP-0114 §3). */
export class ServerStreamError extends ComponentError {
  /** The name of the class. */
  override readonly name = "ServerStreamError";
  /** The condition, again. */
  override readonly reason: string;
  /** Whether the condition stays until somebody changes a setting. */
  override readonly lasting: boolean;
  /** The condition that the server named. */
  readonly condition: StreamErrorCondition;
  /** What the server said about it, if anything. */
  readonly text: string | undefined;

  /**
   * Makes the error.
   *
   * @param condition The condition that the server named.
   * @param text What the server said about it, if anything.
   * @param domain The component's domain, for the message.
   */
  constructor(condition: StreamErrorCondition, text: string | undefined, domain: string) {
    const advice = STREAM_ADVICE[condition]?.(domain);
    super(
      `The server closed the stream of ${domain} with ${condition}` +
        (advice === undefined ? "" : `: ${advice}`) +
        (text === undefined ? "" : ` (the server says: ${JSON.stringify(text)})`),
    );
    this.reason = condition;
    this.condition = condition;
    this.text = text;
    this.lasting = LASTING.has(condition);
  }
}

/** What came from the server was no XMPP component stream; we ended it with a stream error. */
export class ProtocolError extends ComponentError {
  /** The name of the class. */
  override readonly name = "ProtocolError";
  /** The condition, again. */
  override readonly reason: string;
  /** Whether it was so from the first byte: then it is no XMPP server's component port. */
  override readonly lasting: boolean;
  /** The condition that we told the server. */
  readonly condition: StreamErrorCondition;

  /**
   * Makes the error.
   *
   * @param condition The condition that we told the server.
   * @param detail What exactly was wrong.
   * @param opened Whether the stream had been a good one until then.
   * @param options The error underneath, as `cause`.
   */
  constructor(
    condition: StreamErrorCondition,
    detail: string,
    opened: boolean,
    options?: ErrorOptions,
  ) {
    super(
      opened
        ? `The server sent what we had to refuse: ${detail}`
        : `What answers is not an XMPP server's component port: ${detail}. Check the server's ` +
          "address and port in roomkeeper.toml",
      options,
    );
    this.reason = condition;
    this.condition = condition;
    this.lasting = !opened;
  }
}

/** How a connection was lost without a stream error. */
export type LossReason =
  | "closed"
  | "handshake-timeout"
  | "internal"
  | "no-answer"
  | "reset"
  | "stopped";

const LOSS: Readonly<Record<LossReason, string>> = {
  "closed": "The server closed the connection",
  "handshake-timeout": "The server did not finish the handshake in time. Check that the port in " +
    "roomkeeper.toml is the server's component port",
  "internal": "A fault in this program ended the connection; please report it with its cause",
  "no-answer": "The connection was open but dead: a ping to ourselves through the server did not " +
    "come back. If that is so each time, the server must let the component send to its own domain",
  "reset": "The connection broke",
  "stopped": "The connection was closed by us",
};

/** The connection ended without a stream error. */
export class ConnectionLostError extends ComponentError {
  /** The name of the class. */
  override readonly name = "ConnectionLostError";
  /** How it ended. */
  override readonly reason: LossReason;
  /** Never: the next attempt may work. */
  override readonly lasting = false;

  /**
   * Makes the error.
   *
   * @param reason How it ended.
   * @param options The error underneath, as `cause`.
   */
  constructor(reason: LossReason, options?: ErrorOptions) {
    super(LOSS[reason], options);
    this.reason = reason;
  }
}
