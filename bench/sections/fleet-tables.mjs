// The tables of the fleets, and what is aimed at.

import { short, table, times } from '../support/table.mjs'
import { targetRow } from '../targets.mjs'
import { memory, middle } from './fleet.mjs'

export function fleetTables({ runs, latencies, wires }, { variants, inFlights, subscribers, latency }) {
  const at = (inFlight) => runs.filter((run) => run.inFlight === inFlight)
  const against = { against: memory.name }
  const columns = ['', ...inFlights.map((n) => `${n} in flight`)]
  const cells = (value, format) =>
    variants.map(({ name, title }) => [
      title,
      ...inFlights.map((n) => `${times(middle(at(n), name, value, against))} · ${format(middle(at(n), name, value))}`),
    ])
  const perSecond = cells(
    (run) => run.perSecond,
    (value) => `${short(value)}/s`,
  )
  const cpu = cells(
    (run) => run.cpuEach,
    (value) => `${value.toFixed(2)} µs`,
  )
  const shared = variants.filter(({ engine }) => engine)
  const engine = shared.map(({ name, title }) => [
    title,
    ...inFlights.map((n) => `${short(middle(at(n), name, (run) => run.enginePerPost))} µs`),
    `${Math.round(wires.find((wire) => wire.name === name)?.bytes ?? Number.NaN)}`,
  ])
  const ages = variants.map(({ name, title }) => [
    title,
    ['p50', 'p95', 'p99'].map((q) => short(middle(latencies, name, (run) => run[q]))).join(' / '),
    name === memory.name ? '–' : ['p50', 'p99'].map((q) => added(latencies, name, q).toFixed(2)).join(' / '),
  ])
  const targets = shared.flatMap(({ name, title }) => [
    targetRow(`${title}: 16 in flight, against memory`, '≥', 0.7, [
      middle(at(16), name, (run) => run.perSecond, against),
    ]),
    targetRow(`${title}: CPU per delivery at 16 in flight, against memory`, '≤', 1.3, [
      middle(at(16), name, (run) => run.cpuEach, against),
    ]),
    targetRow(`${title}: added p50 at ${latency.rate}/s`, '≤', 3, [added(latencies, name, 'p50')], milliseconds),
    targetRow(`${title}: added p99 at ${latency.rate}/s`, '≤', 15, [added(latencies, name, 'p99')], milliseconds),
  ])
  return [
    `### Targets of several processes\n\n${table(['', 'target', 'measured', 'reached'], targets)}`,
    `### Several processes: deliveries per second\n\nOne stream, ${subscribers} subscribers at each process, 200 bytes of data; posts go to the processes in turn. The ratio is to one process with the memory engine in the same run.\n\n${table(columns, perSecond)}`,
    `### Several processes: CPU time of all hubs per delivery\n\n${table(columns, cpu)}`,
    `### The engine's own cost\n\nCPU time of its server per broadcast, and bytes of a broadcast on the wire between it and all processes, both ways, one in flight.\n\n${table([...columns, 'bytes per broadcast'], engine)}`,
    `### Several processes: latency, open loop\n\n${latency.rate} messages/s, ${latency.subscribers} subscribers at each process: p50 / p95 / p99 over all deliveries in ms, and what p50 / p99 have beyond those of one process with the memory engine.\n\n${table(['', 'p50 / p95 / p99', 'added p50 / p99'], ages)}`,
  ]
}

// What an engine adds, ms: the difference of the middles, as a round's own p99 is one bad moment of the machine.
function added(latencies, name, q) {
  return Math.max(0, middle(latencies, name, (run) => run[q]) - middle(latencies, memory.name, (run) => run[q]))
}

function milliseconds(value) {
  return `${value.toFixed(1)} ms`
}
