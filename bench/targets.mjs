// What is aimed at, as ratios within one run, and whether it was reached.

import { ratio } from './sections/broadcasts.mjs'
import { furtherKilobytes } from './sections/connections.mjs'
import { idleCost } from './sections/idle-process.mjs'
import { median } from './support/statistics.mjs'
import { table, times } from './support/table.mjs'

const shipped = 'turbo-cable'
const plain = 'turbo-cable-plain'
const tokens = 'turbo-cable-tokens'
const express = 'turbo-cable-express'

/** Rows of the targets whose sections were run: first with the same bytes on the wire as the peers, then as shipped. */
export function targetTable({ broadcasts, connections, idle }) {
  const rows = [
    ...(broadcasts ? broadcastRows(broadcasts) : []),
    ...(connections ? memoryRows(connections) : []),
    ...(idle
      ? [targetRow('MB of an idle process beyond Express', '≤', 6, [undefined, idleCost(idle)], megabytes)]
      : []),
  ]
  const header = ['', 'target', 'without cursors and history', 'with both', 'reached']
  return `### Targets\n\n${table(header, rows)}`
}

function broadcastRows({ runs, latencies }) {
  const at = (inFlight) => (run) => run.inFlight === inFlight
  const rate = (wanted) => (run) => run.rate === wanted
  const p99 = (run) => run.p99
  const both = (measured, other, matches, value) =>
    [plain, shipped].map((name) => ratio(measured, name, other, matches, value))
  return [
    targetRow('1 in flight, against ws with the frame built once', '≥', 0.95, both(runs, 'ws-frame-once', at(1))),
    targetRow('1 in flight, against `client.send()`', '≥', 1.3, both(runs, 'ws-naive', at(1))),
    targetRow('16 in flight, against `client.send()`', '≥', 10, both(runs, 'ws-naive', at(16))),
    targetRow('16 in flight through Express, against `client.send()`', '≥', 9, [
      undefined,
      ratio(runs, express, 'ws-naive', at(16)),
    ]),
    ...Object.entries({ 1: 0.85, 16: 0.8, 64: 0.8 }).map(([n, aim]) =>
      targetRow(`${n} in flight, against Bun's own publish`, '≥', aim, both(runs, 'bun', at(Number(n)))),
    ),
    targetRow('p99 at 100 messages/s, against `client.send()`', '≤', 1, both(latencies, 'ws-naive', rate(100), p99)),
    targetRow('1 in flight, a signed name for each, against one name for all', '≥', 0.6, [
      ratio(runs, tokens, plain, at(1)),
      undefined,
    ]),
    ...[1, 16, 64].map((n) =>
      targetRow(`${n} in flight, against itself without both`, '≥', 0.9, [
        undefined,
        ratio(runs, shipped, plain, at(n)),
      ]),
    ),
  ]
}

function memoryRows(runs) {
  const most = Math.max(...runs.map(({ count }) => count))
  const of = (name) => runs.filter((run) => run.name === name && run.count === most).map((run) => run.kilobytes)
  if (of(shipped).length === 0 || of('ws-naive').length === 0) return []
  const measured = median(of(shipped)) / median(of('ws-naive'))
  return [
    targetRow(`KB per idle connection at ${most}, against \`client.send()\``, '≤', 1.15, [undefined, measured]),
    targetRow(
      'KB of each further idle connection',
      '≤',
      5,
      [undefined, median(furtherKilobytes(runs, shipped))],
      kilobytes,
    ),
  ]
}

// What was not measured is a dash; a target counts as reached when all that was measured reaches it.
export function targetRow(what, relation, aim, measured, format = times) {
  const known = measured.filter((value) => value !== undefined)
  const reached = known.every((value) => (relation === '≥' ? value >= aim : value <= aim))
  const verdict = known.length === 0 ? '–' : reached ? 'yes' : '**no**'
  return [
    what,
    `${relation} ${format(aim)}`,
    ...measured.map((value) => (value === undefined ? '–' : format(value))),
    verdict,
  ]
}

function kilobytes(value) {
  return `${value.toFixed(1)} KB`
}

function megabytes(value) {
  return `${value.toFixed(1)} MB`
}
