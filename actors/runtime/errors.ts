/** No answer came in time; see {@linkcode ActorRef.ask}. */
export class AskTimeoutError extends Error {
  /** The name of this error class. */
  override readonly name = "AskTimeoutError";
  /** The path of the actor that was asked. */
  readonly path: string;
  /** How long the answer was waited for, in milliseconds. */
  readonly timeoutMs: number;

  /** Makes the error for the actor at `path`. */
  constructor(path: string, timeoutMs: number) {
    super(`Actor ${path} did not answer within ${timeoutMs} ms`);
    this.path = path;
    this.timeoutMs = timeoutMs;
  }
}

/** The mailbox had no room for the message; await {@linkcode ActorRef.ready} and try again. */
export class MailboxFullError extends Error {
  /** The name of this error class. */
  override readonly name = "MailboxFullError";
  /** The path of the actor whose mailbox is full. */
  readonly path: string;

  /** Makes the error for the actor at `path`. */
  constructor(path: string) {
    super(`The mailbox of actor ${path} is full: await ready() before sending more`);
    this.path = path;
  }
}

/** The actor (or the whole system) is stopping or has stopped, and takes no more messages. */
export class ActorStoppedError extends Error {
  /** The name of this error class. */
  override readonly name = "ActorStoppedError";
  /** The path of the stopped actor; "/" is the system. */
  readonly path: string;

  /** Makes the error for the actor at `path`. */
  constructor(path: string) {
    super(path === "/" ? "The actor system has stopped" : `Actor ${path} has stopped`);
    this.path = path;
  }
}

/** Two living actors of one parent can't have the same name. */
export class NameTakenError extends Error {
  /** The name of this error class. */
  override readonly name = "NameTakenError";
  /** The path that is taken. */
  readonly path: string;

  /** Makes the error for the taken `path`. */
  constructor(path: string) {
    super(`There is already an actor ${path}: stop it first, or choose another name`);
    this.path = path;
  }
}
