// The database file: its schema, its first rows, and the one connection that the models share.
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
  connection.exec(schema)
  return connection
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
`
