/**
 * The tables, and how older ones become today's.
 *
 * @module
 */

/** Marks a SQLite file as ours: "Rmkp". */
export const APPLICATION_ID = 0x526d6b70;

/**
 * Each brings the tables one version further; the number of those that were carried out is the
 * file's `user_version`. A released one is never changed, only followed by another.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE links (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    domain TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    UNIQUE (host, domain)
  ) STRICT;
  CREATE TABLE losses (
    link INTEGER NOT NULL,
    position INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    PRIMARY KEY (link, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE joins (
    link INTEGER NOT NULL,
    user TEXT NOT NULL,
    room TEXT NOT NULL,
    nick TEXT NOT NULL,
    since INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    PRIMARY KEY (link, user, room)
  ) STRICT, WITHOUT ROWID;
  `,
];
