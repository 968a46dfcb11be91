// One stream, many subscribers: deliveries per second, CPU per delivery, and latency. All peers are up at once and take turns
// within each round, so that what is compared was measured seconds apart on the same machine in the same mood.

import { baseline, floor, startPair } from '../peers.mjs'
import { median, rotated, spread } from '../support/statistics.mjs'
import { short, table, times } from '../support/table.mjs'

const stream = 's'

export async function broadcasts({
  peers,
  subscribers,
  rounds,
  seconds,
  inFlights,
  rates,
  latencySeconds,
  profile,
  say,
}) {
  const pairs = []
  try {
    for (const peer of [...peers, floor]) {
      const pair = await startPair(peer, { profile: peer.name.startsWith('turbo-cable') ? profile : undefined })
      pairs.push(pair)
      await pair.generator.ask('connect', { count: subscribers, stream })
      await pair.generator.ask('throughput', { streams: [stream], inFlight: 16, seconds, each: subscribers })
    }
    const runs = []
    for (const { round, value: inFlight, pair } of turns(rounds, inFlights, pairs)) {
      say(`round ${round + 1}/${rounds}: ${inFlight} in flight, ${pair.name}`)
      const measured = await throughput(pair, { subscribers, inFlight, seconds })
      runs.push({ name: pair.name, round, inFlight, ...measured })
    }
    const latencies = []
    const talking = pairs.filter(({ name }) => name !== floor.name)
    for (const { round, value: rate, pair } of turns(Math.min(rounds, 3), rates, talking)) {
      say(`round ${round + 1}: ${rate} messages/s, ${pair.name}`)
      const question = { stream, perSecond: rate, seconds: latencySeconds(rate), each: subscribers }
      latencies.push({ name: pair.name, round, rate, ...(await pair.generator.ask('latency', question)) })
    }
    return { runs, latencies }
  } finally {
    await Promise.all(pairs.map((pair) => pair.stop()))
  }
}

// Round by round and value by value, each of the pairs once, in another order each round.
function* turns(rounds, values, pairs) {
  for (let round = 0; round < rounds; round++) {
    for (const value of values) for (const pair of rotated(pairs, round)) yield { round, value, pair }
  }
}

// A gathering floor: what each post makes is as much as a turn of a gathering server could hold.
async function throughput(pair, { subscribers, inFlight, seconds }) {
  const question = { streams: [stream], inFlight, seconds, each: subscribers }
  if (pair.name === floor.name && inFlight > 1) {
    return pair.generator.ask('throughput', {
      ...question,
      inFlight: 1,
      each: subscribers * inFlight,
      path: `/_broadcast?frames=${inFlight}`,
    })
  }
  const before = await pair.server.ask('usage')
  const result = await pair.generator.ask('throughput', question)
  const after = await pair.server.ask('usage')
  return { ...result, cpuEach: (after.cpu - before.cpu) / result.deliveries }
}

/** Ratio of two peers, round by round, then the middle one. */
export function ratio(runs, name, other, matches, value = (run) => run.perSecond) {
  const of = (wanted) => runs.filter((run) => run.name === wanted && matches(run)).sort((a, b) => a.round - b.round)
  const [ours, theirs] = [of(name), of(other)]
  return ours.length > 0 && ours.length === theirs.length
    ? median(ours.map((run, round) => value(run) / value(theirs[round])))
    : undefined
}

export function broadcastTables({ runs, latencies }, { peers, inFlights, rates, subscribers }) {
  const all = [...peers, floor]
  const cell = (name, inFlight) => {
    const found = pick(runs, name, 'inFlight', inFlight).map(({ perSecond }) => perSecond)
    const { low, high } = spread(found)
    return `${against(runs, name, 'inFlight', inFlight, 'perSecond')}${short(median(found))}/s (${short(low)}–${short(high)})`
  }
  const throughputs = table(
    ['', ...inFlights.map((n) => `${n} in flight`), 'generator busy'],
    all.map(({ name, title }) => [
      title,
      ...inFlights.map((inFlight) => cell(name, inFlight)),
      inFlights
        .map((n) => `${Math.round(median(pick(runs, name, 'inFlight', n).map(({ busy }) => busy)) * 100)} %`)
        .join(' '),
    ]),
  )
  const cpu = table(
    ['', ...inFlights.map((n) => `${n} in flight`)],
    peers.map(({ name, title }) => [
      title,
      ...inFlights.map((n) => {
        const each = median(pick(runs, name, 'inFlight', n).map(({ cpuEach }) => cpuEach))
        return `${against(runs, name, 'inFlight', n, 'cpuEach')}${each.toFixed(2)} µs`
      }),
    ]),
  )
  const ages = table(
    ['', ...rates.map((rate) => `${rate}/s`)],
    peers.map(({ name, title }) => [
      title,
      ...rates.map((rate) => {
        const found = pick(latencies, name, 'rate', rate)
        const [p50, p95, p99] = ['p50', 'p95', 'p99'].map((q) => short(median(found.map((run) => run[q]))))
        const late = found.some(({ keptUp }) => !keptUp) ? ', falls behind' : ''
        return `${against(latencies, name, 'rate', rate, 'p99')}${p50} / ${p95} / ${p99} ms${late}`
      }),
    ]),
  )
  return [
    `### Deliveries per second\n\nOne stream, ${subscribers} subscribers, 200 bytes of data; the next post goes out when one is answered. Ratio to \`client.send()\`, median, lowest–highest of the rounds. In the floor's columns a post makes 1, 16 or 64 frames in one write.\n\n${throughputs}`,
    `### CPU time of the server per delivery\n\nRatio to \`client.send()\`: less is better.\n\n${cpu}`,
    `### Latency, open loop\n\nFrom when a message was due to its arrival, over all deliveries: p50 / p95 / p99. The ratio is that of p99: less is better. What falls behind is offered more than it can send.\n\n${ages}`,
  ]
}

function pick(runs, name, key, value) {
  return runs.filter((run) => run.name === name && run[key] === value)
}

// The ratio to the baseline as a cell begins with it, or nothing where the baseline was not measured.
function against(runs, name, key, value, measured) {
  const found = ratio(
    runs,
    name,
    baseline,
    (run) => run[key] === value,
    (run) => run[measured],
  )
  return found === undefined ? '' : `${times(found)} · `
}
