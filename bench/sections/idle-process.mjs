// What a process costs by having a cable, before anybody connects.

import { startServer } from '../peers.mjs'
import { median } from '../support/statistics.mjs'
import { table } from '../support/table.mjs'

export async function idleProcess({ rounds, say }) {
  const runs = []
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1}/${rounds}: idle processes`)
    for (const cable of round % 2 === 0 ? [false, true] : [true, false]) {
      const server = startServer('express', { cable })
      try {
        await server.ask('ready')
        const { rss, heap } = await server.ask('usage', { settled: true })
        runs.push({ cable, rss: rss / 2 ** 20, heap: heap / 2 ** 20 })
      } finally {
        await server.end()
      }
    }
  }
  return runs
}

/** MB that the cable adds. */
export function idleCost(runs) {
  const middle = (cable) => median(runs.filter((run) => run.cable === cable).map(({ rss }) => rss))
  return middle(true) - middle(false)
}

export function idleTables(runs) {
  const middle = (cable, key) => median(runs.filter((run) => run.cable === cable).map((run) => run[key]))
  const row = (title, cable) => [
    title,
    `${middle(cable, 'rss').toFixed(1)} MB`,
    `${middle(cable, 'heap').toFixed(1)} MB`,
  ]
  const rows = [
    row('Express', false),
    row('Express and `turboCable()`', true),
    [
      'difference',
      `${idleCost(runs).toFixed(1)} MB`,
      `${(middle(true, 'heap') - middle(false, 'heap')).toFixed(1)} MB`,
    ],
  ]
  return [
    `### An idle process\n\nAfter a collection, median of fresh processes.\n\n${table(['', 'resident', 'heap'], rows)}`,
  ]
}
