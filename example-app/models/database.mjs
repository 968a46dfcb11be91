// The database file: its schema, its first rows, and the one connection that the models share.
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'libsql'

let connection

/** Opens (and where there is none, makes) the database file. Returns the connection. */
export function openDatabase(file) {
  mkdirSync(dirname(file), { recursive: true })
  connection = new Database(file)
  // A second process writes to this file too (bin/increment.mjs): readers don't block, writers wait for each other.
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;')
  // Before version 2 a command's output was plain text.
  if (row('PRAGMA user_version').user_version < 2) connection.exec('DROP TABLE IF EXISTS command_runs')
  connection.exec(schema)
  run('INSERT OR IGNORE INTO secrets (id, secret) VALUES (1, ?)', randomBytes(32).toString('base64'))
  return connection
}

/** What stream names are signed with: made with the file, so that a restart ends nobody's right. A real app has it from outside. */
export function secret() {
  return row('SELECT secret FROM secrets').secret
}

/** `row('SELECT …', value)` → the first row, or undefined. */
export function row(sql, ...values) {
  return connection.prepare(sql).get(...values)
}

/** `rows('SELECT …')` → all rows. */
export function rows(sql, ...values) {
  return connection.prepare(sql).all(...values)
}

/** `run('UPDATE …')` → how many rows changed. */
export function run(sql, ...values) {
  return connection.prepare(sql).run(...values).changes
}

const schema = `
  CREATE TABLE IF NOT EXISTS counters (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
  INSERT OR IGNORE INTO counters (id, value) VALUES (1, 0);

  CREATE TABLE IF NOT EXISTS heats (
    number INTEGER PRIMARY KEY,
    dance TEXT NOT NULL,
    level TEXT NOT NULL,
    couples TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting'
  );
  INSERT OR IGNORE INTO heats (number, dance, level, couples, status) VALUES
    (1, 'Waltz', 'Bronze', 'Ana & Luis, Mei & Tom, Ida & Noah', 'called'),
    (2, 'Tango', 'Bronze', 'Zoë & Max, Priya & Sam', 'waiting'),
    (3, 'Foxtrot', 'Silver', 'Ana & Luis, Noor & Ben, Ida & Noah', 'waiting'),
    (4, 'Viennese Waltz', 'Silver', 'Mei & Tom, Søren & Liv', 'waiting'),
    (5, 'Cha Cha', 'Gold', 'Noor & Ben, Priya & Sam, Zoë & Max', 'waiting'),
    (6, 'Rumba', 'Gold', 'Søren & Liv, Ana & Luis', 'waiting'),
    (7, 'Quickstep', 'Open', 'Mei & Tom, Noor & Ben, Ida & Noah', 'waiting');

  CREATE TABLE IF NOT EXISTS scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    couple TEXT NOT NULL,
    points INTEGER NOT NULL
  );

  CREATE TABLE IF NOT EXISTS config_updates (
    visitor TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    progress INTEGER NOT NULL,
    message TEXT NOT NULL
  );

  CREATE TABLE IF NOT EXISTS playlists (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    status TEXT NOT NULL,
    progress INTEGER NOT NULL,
    message TEXT NOT NULL,
    content TEXT
  );

  CREATE TABLE IF NOT EXISTS command_runs (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    command TEXT NOT NULL,
    status TEXT NOT NULL,
    output TEXT NOT NULL,
    exit_code INTEGER
  );

  CREATE TABLE IF NOT EXISTS secrets (id INTEGER PRIMARY KEY, secret TEXT NOT NULL);

  CREATE TABLE IF NOT EXISTS members (
    room TEXT NOT NULL,
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (room, visitor)
  );
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL,
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
  );

  CREATE TABLE IF NOT EXISTS numbers (number INTEGER PRIMARY KEY AUTOINCREMENT);
  CREATE TABLE IF NOT EXISTS outages (visitor TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);

  PRAGMA user_version = 2;
`
