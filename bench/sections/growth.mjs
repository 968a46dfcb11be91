// How cost grows: with the number of streams nothing but their own bookkeeping may, with subscribers only what they are sent.

import { peers, startPair } from '../peers.mjs'
import { median } from '../support/statistics.mjs'
import { short, table } from '../support/table.mjs'

const [turboCable] = peers

export async function growth({ rounds, seconds, connections, streamsEach, subscribers, say }) {
  const streams = []
  const fanOut = []
  for (let round = 0; round < rounds; round++) {
    for (const each of streamsEach) {
      say(`round ${round + 1}/${rounds}: ${connections * each} streams`)
      streams.push(await manyStreams({ connections, each, seconds }))
    }
    say(`round ${round + 1}/${rounds}: up to ${subscribers.at(-1)} subscribers`)
    fanOut.push(...(await manySubscribers({ subscribers, seconds })))
  }
  return { streams, fanOut }
}

// Each connection has its own streams, so that each message has one subscriber.
async function manyStreams({ connections, each, seconds }) {
  const { server, generator, stop } = await startPair(turboCable)
  const cpu = async (work) => {
    const before = await server.ask('usage')
    const result = await work()
    return { result, cpu: (await server.ask('usage')).cpu - before.cpu }
  }
  try {
    const count = connections * each
    const opened = await cpu(() => generator.ask('connect', { count: connections, stream: 's', streamsEach: each }))
    const some = Array.from({ length: 1_000 }, (_, n) => `s:${Math.floor((n * count) / 1_000)}`)
    const question = { streams: some, inFlight: 16, seconds, each: 1 }
    await generator.ask('throughput', question)
    const published = await cpu(() => generator.ask('throughput', question))
    const leaving = connections / 2
    const left = await cpu(async () => {
      await generator.ask('close', { count: leaving })
      while ((await server.ask('stats')).connections > connections - leaving) await new Promise(setImmediate)
    })
    return {
      count,
      connect: opened.cpu / connections,
      subscribe: opened.cpu / count,
      publish: published.cpu / published.result.posts,
      postsPerSecond: published.result.postsPerSecond,
      unsubscribe: left.cpu / (leaving * each),
    }
  } finally {
    await stop()
  }
}

async function manySubscribers({ subscribers, seconds }) {
  const { server, generator, stop } = await startPair(turboCable)
  const runs = []
  try {
    for (const count of subscribers) {
      await generator.ask('connect', { count, stream: 's' })
      const question = { streams: ['s'], inFlight: 1, seconds, each: count }
      await generator.ask('throughput', { ...question, seconds: seconds / 2 })
      const before = await server.ask('usage')
      const { posts, deliveries } = await generator.ask('throughput', question)
      const cpu = (await server.ask('usage')).cpu - before.cpu
      runs.push({ count, broadcast: cpu / posts, delivery: cpu / deliveries })
    }
  } finally {
    await stop()
  }
  return runs
}

export function growthTables({ streams, fanOut }, { connections }) {
  const middle = (runs, count, key) => median(runs.filter((run) => run.count === count).map((run) => run[key]))
  const counts = (runs) => [...new Set(runs.map(({ count }) => count))]
  const byStreams = table(
    ['streams', 'posts/s, one subscriber each', 'µs per post', 'µs per subscription made', 'µs per subscription ended'],
    counts(streams).map((count) => [
      count,
      short(middle(streams, count, 'postsPerSecond')),
      ...['publish', 'subscribe', 'unsubscribe'].map((key) => middle(streams, count, key).toFixed(1)),
    ]),
  )
  const bySubscribers = table(
    ['subscribers', 'µs per broadcast', 'µs per delivery'],
    counts(fanOut).map((count) => [
      count,
      short(middle(fanOut, count, 'broadcast')),
      middle(fanOut, count, 'delivery').toFixed(2),
    ]),
  )
  return [
    `### Growth with streams\n\nturbo-cable, ${connections} connections that share the streams out, CPU time of the server. With few streams a subscription bears all of its connection's making and ending.\n\n${byStreams}`,
    `### Growth with subscribers\n\nturbo-cable, one stream, one post at a time, CPU time of the server.\n\n${bySubscribers}`,
  ]
}
