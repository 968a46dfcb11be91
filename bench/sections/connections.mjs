// What connections cost: memory of an idle one, and how many can be opened in a second. Each round has fresh processes.

import { baseline, startPair } from '../peers.mjs'
import { median, rotated } from '../support/statistics.mjs'
import { short, table, times } from '../support/table.mjs'

export async function connections({ peers, rounds, counts, say }) {
  const runs = []
  for (let round = 0; round < rounds; round++) {
    for (const peer of rotated(peers, round)) {
      say(`round ${round + 1}/${rounds}: ${counts.at(-1)} connections, ${peer.name}`)
      const pair = await startPair(peer)
      try {
        // Whatever is made once, for the first, is not the cost of the others.
        await pair.generator.ask('connect', { count: 10, stream: 's' })
        await pair.generator.ask('close', { count: 10 })
        const empty = await pair.server.ask('usage', { settled: true })
        for (const count of counts) {
          const { perSecond } = await pair.generator.ask('connect', { count, stream: 's' })
          const full = await pair.server.ask('usage', { settled: true })
          const kilobytes = (full.rss - empty.rss) / count / 1_024
          const heap = (full.heap + full.external - empty.heap - empty.external) / count / 1_024
          runs.push({ name: peer.name, round, count, perSecond, kilobytes, heap })
        }
      } finally {
        await pair.stop()
      }
    }
  }
  return runs
}

/**
 * What each connection costs beyond the last but one of the counts, round by round, KB. What a process comes to have once, as V8's young
 * generation of up to 48 MB, does not count there.
 */
export function furtherKilobytes(runs, name) {
  const counts = [...new Set(runs.map(({ count }) => count))].sort((a, b) => a - b)
  const [fewer, more] = counts.slice(-2)
  const of = (count) => runs.filter((run) => run.name === name && run.count === count).map((run) => run.kilobytes)
  return of(more).map((each, round) => (each * more - of(fewer)[round] * fewer) / (more - fewer))
}

export function connectionTables(runs, { peers, counts }) {
  const of = (name, count) => runs.filter((run) => run.name === name && run.count === count)
  const middle = (name, count, key) => median(of(name, count).map((run) => run[key]))
  const against = (name, count, key) => {
    const base = of(baseline, count)
    return base.length === 0 ? '' : `${times(middle(name, count, key) / middle(baseline, count, key))} · `
  }
  const memory = table(
    [
      '',
      ...counts.map((count) => `at ${count}`),
      `each beyond ${counts.at(-2)}`,
      ...counts.map((count) => `of which heap at ${count}`),
    ],
    peers.map(({ name, title }) => [
      title,
      ...counts.map((count) => `${against(name, count, 'kilobytes')}${middle(name, count, 'kilobytes').toFixed(1)} KB`),
      `${median(furtherKilobytes(runs, name)).toFixed(1)} KB`,
      ...counts.map((count) =>
        name === 'anycable-go' || name === 'bun' ? '–' : `${middle(name, count, 'heap').toFixed(1)} KB`,
      ),
    ]),
  )
  const last = counts.at(-1)
  const speed = table(
    ['', 'connects/s'],
    peers.map(({ name, title }) => [
      title,
      `${against(name, last, 'perSecond')}${short(middle(name, last, 'perSecond'))}/s`,
    ]),
  )
  return [
    `### KB per idle connection\n\nResident memory of the server after a collection, less that of the same process without connections; each connection is subscribed to one stream. Ratio to \`client.send()\`: less is better.\n\n${memory}`,
    `### Connects per second\n\nFrom TCP connect to a confirmed subscription, 50 at once, on the way to ${last}.\n\n${speed}`,
  ]
}
