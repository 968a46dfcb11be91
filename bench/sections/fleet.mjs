// Several processes that are one hub, beside one process with its memory: deliveries per second, CPU, and what the engine adds to
// latency. All are up at once and take turns within each round.

import { CountingProxy } from '../support/counting-proxy.mjs'
import { EngineServer } from '../support/engine-servers.mjs'
import { Fleet } from '../support/fleet.mjs'
import { median, rotated } from '../support/statistics.mjs'

/** What everything else is compared with. */
export const memory = { name: 'memory', title: 'memory, 1 process', engine: undefined, processes: 1 }

/** One row for each engine and number of processes. */
export function variantsOf(kinds, processes) {
  const shared = kinds.flatMap((kind) =>
    processes.map((count) => ({
      name: `${kind.name}-${count}`,
      title: `${kind.title}, ${count} processes`,
      engine: kind.name,
      processes: count,
    })),
  )
  return [memory, ...shared]
}

export async function fleet({ kinds, variants, subscribers, rounds, seconds, inFlights, latency, say }) {
  const servers = new Map()
  const fleets = []
  try {
    for (const kind of kinds) servers.set(kind.name, await new EngineServer(kind).start())
    for (const variant of variants) {
      const server = servers.get(variant.engine)
      // The large audience is for throughput, the small one for what the engine adds, which the writes would hide.
      for (const audience of [subscribers, latency.subscribers]) {
        const one = new Fleet(variant.processes, server?.url())
        fleets.push({ ...variant, server, audience, fleet: one })
        await one.ready()
        await one.generators[0].ask('connect', {
          count: audience * variant.processes,
          stream: streamOf(variant.name, audience),
        })
      }
    }
    const runs = []
    const large = fleets.filter(({ audience }) => audience === subscribers)
    for (const each of large) await throughput(each, 16, seconds / 2)
    for (let round = 0; round < rounds; round++) {
      for (const inFlight of inFlights) {
        for (const each of rotated(large, round)) {
          say(`round ${round + 1}/${rounds}: ${inFlight} in flight, ${each.title}`)
          runs.push({ name: each.name, round, inFlight, ...(await throughput(each, inFlight, seconds)) })
        }
      }
    }
    const latencies = []
    const small = fleets.filter(({ audience }) => audience === latency.subscribers)
    for (let round = 0; round < rounds; round++) {
      for (const { name, title, processes, audience, fleet } of rotated(small, round)) {
        say(`round ${round + 1}/${rounds}: ${latency.rate} messages/s, ${title}`)
        const question = { stream: streamOf(name, audience), perSecond: latency.rate, seconds: latency.seconds }
        const ages = await fleet.generators[0].ask('latency', { ...question, each: audience * processes })
        latencies.push({ name, round, ...ages })
      }
    }
    const wires = []
    for (const kind of kinds) wires.push(...(await bytesOf(kind, variants, servers.get(kind.name), say)))
    return { runs, latencies, wires }
  } finally {
    await Promise.all(fleets.map(({ fleet }) => fleet.stop()))
    await Promise.all([...servers.values()].map((server) => server.end()))
  }
}

// Fleets of one engine share its server and so its log: each has a stream of its own.
function streamOf(name, audience) {
  return `${name}:${audience}`
}

async function throughput({ name, fleet, server, audience, processes }, inFlight, seconds) {
  const each = audience * processes
  const before = { hubs: await fleet.usage(), engine: server?.usage() }
  const result = await fleet.generators[0].ask('throughput', {
    streams: [streamOf(name, audience)],
    inFlight,
    seconds,
    each,
  })
  const cpu = (await fleet.usage()).cpu - before.hubs.cpu
  const engine = server ? server.usage().cpu - before.engine.cpu : 0
  return { ...result, cpuEach: cpu / result.deliveries, enginePerPost: engine / result.posts }
}

// A wire of its own, with nobody else on it: the bytes of a broadcast between the hubs and the server, both ways.
async function bytesOf(kind, variants, server, say) {
  const found = []
  for (const { name, title, processes } of variants.filter(({ engine }) => engine === kind.name)) {
    say(`bytes between, ${title}`)
    const proxy = new CountingProxy(server.port)
    const fleet = new Fleet(processes, server.url(await proxy.listen()))
    try {
      const [generator] = (await fleet.ready()).generators
      await generator.ask('connect', { count: processes, stream: name })
      const before = proxy.bytes
      const { posts } = await generator.ask('throughput', {
        streams: [name],
        inFlight: 1,
        seconds: 0.3,
        each: processes,
      })
      found.push({ name, bytes: (proxy.bytes - before) / posts })
    } finally {
      await fleet.stop()
      await proxy.close()
    }
  }
  return found
}

/** The middle of the rounds' values, or of their ratios to those of the memory engine. */
export function middle(runs, name, pick, { against } = {}) {
  const of = (wanted) => runs.filter((run) => run.name === wanted).sort((a, b) => a.round - b.round)
  const base = against ? of(against) : []
  return median(of(name).map((run, round) => (against ? pick(run) / pick(base[round]) : pick(run))))
}
