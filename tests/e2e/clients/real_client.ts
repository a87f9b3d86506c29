/**
 * What a test can do with a client that people use, whatever it is.
 *
 * @module
 */

/** Who uses a client, and where. */
export interface Account {
  /** The user's bare JID. */
  readonly jid: string;
  /** The password. */
  readonly password: string;
  /** The address of the user's server. */
  readonly server: string;
  /** The bare JID of the room to be in. */
  readonly room: string;
  /** The nick there. */
  readonly nick: string;
}

/** A running client, with its room in front. */
export interface RealClient extends AsyncDisposable {
  /** Types something into the room and sends it. */
  say(text: string): Promise<void>;
  /** All text that a user sees now, messages and occupants. */
  screen(): Promise<string>;
  /** Text in which a user sees who is in the room. */
  occupants(): Promise<string>;
  /** A picture of what a user sees, as PNG, where there is one. */
  picture?(): Promise<Uint8Array>;
}

/** A client that can be run. */
export interface ClientKind {
  /** Its name, for people. */
  readonly name: string;
  /** Its version. */
  version(): Promise<string>;
  /** Starts it as an ordinary user with a home of its own, and lets it enter the room. */
  start(account: Account): Promise<RealClient>;
}
