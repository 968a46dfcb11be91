// As many connections as the machine takes, shared out over processes that are one hub, and broadcasts to all of them.

import { EngineServer } from '../support/engine-servers.mjs'
import { Fleet } from '../support/fleet.mjs'
import { spread } from '../support/statistics.mjs'
import { short, table } from '../support/table.mjs'
import { targetRow } from '../targets.mjs'

const stream = 'everybody'

export async function manyConnections({ kinds: [kind], connections, processes, broadcasts, say }) {
  const server = await new EngineServer(kind).start()
  const fleet = new Fleet(processes, server.url())
  try {
    await fleet.ready({ generatorEach: true })
    const { generators } = fleet
    await each(generators, 'connect', { count: 10, stream })
    await each(generators, 'close', { count: 10 })
    const empty = await fleet.usage({ settled: true })
    say(`${connections} connections, ${processes} processes with ${kind.title}`)
    const start = performance.now()
    const share = (index) => Math.floor((connections + index) / processes)
    await Promise.all(
      generators.map((generator, index) => generator.ask('connect', { count: share(index), stream, atOnce: 20 })),
    )
    const seconds = (performance.now() - start) / 1_000
    const full = await fleet.usage({ settled: true })
    const lasts = []
    for (let n = 0; n < broadcasts; n++) lasts.push(await broadcast(generators, share))
    const kilobytes = (full.rss - empty.rss) / connections / 1_024
    const heap = (full.heap - empty.heap) / connections / 1_024
    return { kind, connections, processes, seconds, kilobytes, heap, broadcasts, lasts }
  } finally {
    await fleet.stop()
    await server.end()
  }
}

// Fails where a message is lost or comes twice. Resolves to the time from the post to the last delivery, ms.
async function broadcast(generators, share) {
  await Promise.all(generators.map((generator, index) => generator.ask('expect', { deliveries: share(index) })))
  const at = await generators[0].ask('post', { stream })
  const ends = await each(generators, 'last')
  return Math.max(...ends) - at
}

function each(generators, name, question) {
  return Promise.all(generators.map((generator) => generator.ask(name, question)))
}

export function manyConnectionsTables(result) {
  const { kind, connections, processes, seconds, kilobytes, heap, broadcasts, lasts } = result
  const { low, high } = spread(lasts)
  const rows = [
    ['connections', short(connections)],
    ['processes', processes],
    ['connects/s', short(connections / seconds)],
    ['KB per connection', `${kilobytes.toFixed(1)} KB`],
    ['of which heap', `${heap.toFixed(1)} KB`],
    ['broadcasts to all', broadcasts],
    ['lost, or twice', 0],
    ['from the post to the last delivery', `${short(low)}–${short(high)} ms`],
  ]
  const targets = table(
    ['', 'target', 'measured', 'reached'],
    [targetRow(`KB per connection of ${connections}`, '≤', 5, [kilobytes], (value) => `${value.toFixed(1)} KB`)],
  )
  return [
    `### ${connections} connections\n\n${processes} processes with ${kind.title} on this machine, all subscribed to one stream; the clients are bare sockets of ${processes} other processes. A message that is lost or comes twice ends the run.\n\n${table(['', ''], rows)}\n\n${targets}`,
  ]
}
