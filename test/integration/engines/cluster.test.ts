// Processes that share a Redis Cluster: all that is theirs is on one of its servers, and they follow it when another takes its place.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Cluster } from 'ioredis'
import { Cluster as Cluster5 } from 'ioredis5'
import { createClient, createCluster } from 'redis'
import type { RedisClient } from '../../../src/engine/redis/clients.ts'
import { redisEngine } from '../../../src/engine/redis.ts'
import { redisRelay } from '../../../src/relay/relay.ts'
import { RedisCluster } from '../../support/redis-cluster.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'
import { defaultBounds, Listener, noDeadline } from '../../unit/engine/engine-suite.ts'

const prefix = 'turbo-cable'
let cluster: RedisCluster

before(async () => {
  cluster = await RedisCluster.start(`{${prefix}}`)
})
after(() => cluster.end())

const nodes = () => cluster.ports.map((port) => ({ host: '127.0.0.1', port }))
const clients: Record<string, () => RedisClient> = {
  'node-redis': () => createCluster({ rootNodes: nodes().map((socket) => ({ socket })) }),
  ioredis: () => new Cluster(nodes(), { lazyConnect: true }),
  'ioredis 5': () => new Cluster5(nodes(), { lazyConnect: true }),
}

async function joined(client: RedisClient) {
  const process = { engine: redisEngine({ client, prefix }), listener: new Listener() }
  await process.engine.start(process.listener, defaultBounds)
  return process
}

const one = (n: number) => [{ stream: 's', json: String(n) }]

describe('a Redis Cluster', () => {
  for (const [name, make] of Object.entries(clients)) {
    it(`is one log and one history, with ${name}`, async (t) => {
      warnings(t)
      const [a, b] = [await joined(make()), await joined(make())]
      try {
        const cursor = a.engine.cursor() as string
        for (let n = 0; n < 20; n++) await (n % 2 ? a : b).engine.publish(one(n))
        await Promise.all([a, b].map(({ engine }) => engine.publish(one(20), `the same, ${name}`)))
        for (const { engine, listener } of [a, b]) {
          await listener.until(() => listener.heard.length === 21)
          assert.deepEqual(
            listener.heard.map(({ json }) => Number(json)),
            Array.from({ length: 21 }, (_, n) => n),
          )
          const { recovered, messages } = await engine.since('s', cursor, noDeadline)
          assert.deepEqual([recovered, messages.length], [true, 21])
        }
        assert.ok((await cluster.keys()).every((key) => key.startsWith(`{${prefix}}:`)))
        await a.engine.refreshAll()
        await b.listener.until(() => b.listener.losses === 1)
      } finally {
        for (const { engine, listener } of [a, b]) await engine.stop(listener)
      }
    })
  }

  it('is heard by a relay, whichever server is published on', async (t) => {
    warnings(t)
    for (const make of Object.values(clients)) {
      await withCable({}, async ({ connect }) => {
        const relay = redisRelay({
          client: make(),
          channels: { '/records': ({ n }) => ({ stream: 's', data: { n } }) },
        })
        await relay.ready
        const page = await connect()
        await page.subscribe('s')
        for (const [n, port] of cluster.ports.entries()) {
          const sender = createClient({ url: `redis://127.0.0.1:${port}` })
          await sender.connect()
          await sender.publish('/records', JSON.stringify({ n }))
          assert.deepEqual((await page.next()).data, { n })
          sender.destroy()
        }
        await relay.stop()
      })
    }
  })

  it('whose leader dies is followed to the server that took its place, and a hole is said aloud', async (t) => {
    warnings(t)
    const processes = [
      await joined(clients['node-redis']?.() as RedisClient),
      await joined(clients.ioredis?.() as RedisClient),
    ]
    try {
      const [a, b] = processes as [(typeof processes)[0], (typeof processes)[0]]
      await a.engine.publish(one(1))
      const cursor = a.engine.cursor() as string
      await cluster.failOver()
      for (const { engine, listener } of processes) {
        await listener.until(() => listener.losses > 0)
        assert.equal((await engine.since('s', cursor, noDeadline)).recovered, false)
      }
      for (const [n, { engine }] of processes.entries()) await engine.publish(one(2 + n))
      for (const { listener } of [a, b]) await listener.until(() => listener.heard.at(-1)?.json === '3')
    } finally {
      for (const { engine, listener } of processes) await engine.stop(listener)
    }
  })
})
