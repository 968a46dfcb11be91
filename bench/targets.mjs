// What is aimed at, as ratios within one run, and whether it was reached.

import { ratio } from './sections/broadcasts.mjs'
import { idleCost } from './sections/idle-process.mjs'
import { median } from './support/statistics.mjs'
import { table, times } from './support/table.mjs'

const ours = 'turbo-cable'

/** Rows of the targets whose sections were run. */
export function targetTable({ broadcasts, connections, idle }) {
  const rows = [
    ...(broadcasts ? broadcastRows(broadcasts) : []),
    ...(connections ? memoryRows(connections) : []),
    ...(idle
      ? [['memory of an idle process beyond Express', '≤ 6 MB', `${idleCost(idle).toFixed(1)} MB`, idleCost(idle) <= 6]]
      : []),
  ].filter(([, , measured]) => measured !== undefined)
  const cells = rows.map(([what, aim, measured, reached]) => [what, aim, measured, reached ? 'yes' : '**no**'])
  return `### Targets\n\n${table(['turbo-cable', 'target', 'measured', 'reached'], cells)}`
}

function broadcastRows({ runs, latencies }) {
  const at = (inFlight) => (run) => run.inFlight === inFlight
  const rate = (wanted) => (run) => run.rate === wanted
  const p99 = (run) => run.p99
  return [
    atLeast('1 in flight, against ws with the frame built once', 0.95, ratio(runs, ours, 'ws-frame-once', at(1))),
    atLeast('1 in flight, against `client.send()`', 1.3, ratio(runs, ours, 'ws-naive', at(1))),
    atLeast('16 in flight, against `client.send()`', 10, ratio(runs, ours, 'ws-naive', at(16))),
    atMost('p99 at 100 messages/s, against `client.send()`', 1, ratio(latencies, ours, 'ws-naive', rate(100), p99)),
    ...[1, 16, 64].map((n) =>
      atLeast(
        `${n} in flight, against itself without cursors and history`,
        0.9,
        ratio(runs, ours, 'turbo-cable-plain', at(n)),
      ),
    ),
  ]
}

function memoryRows(runs) {
  const most = Math.max(...runs.map(({ count }) => count))
  const middle = (name) =>
    median(runs.filter((run) => run.name === name && run.count === most).map((run) => run.kilobytes))
  const measured = middle(ours) / middle('ws-naive')
  return [atMost(`KB per idle connection at ${most}, against \`client.send()\``, 1.15, measured || undefined)]
}

function atLeast(what, aim, measured) {
  return [what, `≥ ${times(aim)}`, measured === undefined ? undefined : times(measured), measured >= aim]
}

function atMost(what, aim, measured) {
  return [what, `≤ ${times(aim)}`, measured === undefined ? undefined : times(measured), measured <= aim]
}
