// Numbers that are sent to everybody, one after the other, and what was sent while a visitor was cut off.
import { broadcastAppendTo, broadcastReplaceTo } from 'turbo-cable'
import { row, rows, run } from './database.mjs'

/** The last 24, oldest first: `[41, 42]`. */
export function lastNumbers() {
  return rows('SELECT number FROM numbers ORDER BY number DESC LIMIT 24')
    .map(({ number }) => number)
    .reverse()
}

/** The number that was sent last; 0 if none was. */
export function lastNumber() {
  return row('SELECT coalesce(max(number), 0) AS number FROM numbers').number
}

export async function sendNumber() {
  const { number } = row('INSERT INTO numbers DEFAULT VALUES RETURNING number')
  run('DELETE FROM numbers WHERE number <= ?', number - 24)
  await broadcastAppendTo('numbers', { target: 'numbers', partial: 'replays/number', locals: { number } })
}

/** The visitor's last cut, `{ first: 17, last: 32 }`: what was sent during it. Undefined if there was none. */
export function outageOf(visitor) {
  return row('SELECT first, last FROM outages WHERE visitor = ?', visitor)
}

/** Keeps what was sent during a cut, and tells the visitor's pages, which get to know it by replay as well. */
export async function recordOutage(visitor, { first, last }) {
  run('INSERT OR REPLACE INTO outages (visitor, first, last) VALUES (?, ?, ?)', visitor, first, last)
  await broadcastReplaceTo(outageStream(visitor), {
    target: 'outage',
    partial: 'replays/outage',
    locals: { outage: { first, last } },
  })
}

/** The stream of a visitor's own cuts. */
export const outageStream = (visitor) => `outages_${visitor}`
