// What is particular to Redis: options, what it may hold, and keys.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Redis as Ioredis } from 'ioredis'
import { createClient, createClientPool } from 'redis'
import type { HistoryBounds } from '../../../src/engine/engine.ts'
import { type RedisEngineOptions, redisEngine } from '../../../src/engine/redis.ts'
import { type Redis, startRedis } from '../../support/redis.ts'
import { warnings } from '../../support/warnings.ts'
import { defaultBounds, Listener, noDeadline } from './engine-suite.ts'

let redis: Redis
let client: ReturnType<typeof createClient>

before(async () => {
  redis = await startRedis()
  client = createClient({ url: redis.url })
  client.on('error', () => {})
  await client.connect()
})
after(async () => {
  client.destroy()
  await redis.stop()
})

describe('redisEngine()', () => {
  const refused: readonly (readonly [string, object, RegExp])[] = [
    ['neither client nor URL', {}, /`client`/],
    ['both', { client: createClient(), url: 'redis://localhost' }, /`client`/],
    ['something that is no client', { client: {} }, /a client of node-redis 5 or ioredis/],
    ['a pool of clients', { client: createClientPool() }, /not of createClientPool/],
    ['another scheme', { url: 'http://localhost' }, /begins with redis:\/\//],
    ['a prefix with braces', { url: 'redis://localhost', prefix: 'a{b}' }, /`prefix`/],
    ['a log that is too small', { url: 'redis://localhost', logBytes: 10 }, /`logBytes`/],
    ['an option that there is not', { url: 'redis://localhost', prefx: 'a' }, /did you mean `prefix`/],
  ]
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () =>
      assert.throws(() => redisEngine(options as RedisEngineOptions), { code: 'TURBO_CABLE_BAD_OPTION', message }))
  }

  it('shows no password', () => {
    assert.throws(
      () => redisEngine({ url: 'rdis://user:secret@localhost' }),
      ({ message }: Error) => {
        assert.ok(!message.includes('secret'))
        return true
      },
    )
  })
})

describe("a client of the app's with options that are good for the app", () => {
  const short = 300
  const patterns: Record<string, () => NonNullable<RedisEngineOptions['client']>> = {
    'node-redis that answers in Buffers': () =>
      createClient({ url: redis.url, commandOptions: { typeMapping: { 36: Buffer } } }) as never,
    'node-redis whose sockets may not be idle': () =>
      createClient({ url: redis.url, socket: { socketTimeout: short } }),
    'ioredis whose commands may not take long': () =>
      new Ioredis(redis.url, { lazyConnect: true, commandTimeout: short, socketTimeout: short }),
  }
  for (const [name, pattern] of Object.entries(patterns)) {
    it(`serves as it is: ${name}`, async (t) => {
      const lines = warnings(t)
      const [engine, listener] = [redisEngine({ client: pattern(), prefix: name }), new Listener()]
      await engine.start(listener, defaultBounds)
      // Longer than one read waits.
      await setTimeout(1_500)
      await engine.publish([{ stream: 's', json: '1' }])
      assert.deepEqual(
        listener.heard.map(({ json }) => json),
        ['1'],
      )
      assert.deepEqual(lines, [])
      await engine.stop(listener)
    })
  }
})

describe('a Redis that takes a connection and says nothing', () => {
  for (const [name, client] of [
    ['node-redis', (port: number) => createClient({ url: `redis://127.0.0.1:${port}` })],
    ['ioredis', (port: number) => new Ioredis(port, '127.0.0.1', { lazyConnect: true })],
  ] as const) {
    it(`is away, for ${name}`, async (t) => {
      warnings(t)
      const server = createServer()
      await once(server.listen(0, '127.0.0.1'), 'listening')
      const { port } = server.address() as AddressInfo
      const engine = redisEngine({ client: client(port) })
      const listener = new Listener()
      void engine.start(listener, defaultBounds)
      await assert.rejects(engine.publish([{ stream: 's', json: '1' }]), {
        code: 'TURBO_CABLE_UNREACHABLE',
        message: /no answer within 5000 ms/,
      })
      await engine.stop(listener)
      server.close()
    })
  }
})

describe('what Redis holds', () => {
  const withEngine = async (
    t: TestContext,
    bounds: Partial<HistoryBounds>,
    run: (engine: ReturnType<typeof redisEngine>) => Promise<void>,
  ) => {
    warnings(t)
    await client.flushAll()
    const engine = redisEngine({ client, logBytes: 1_048_576 })
    const listener = new Listener()
    await engine.start(listener, { ...defaultBounds, ...bounds })
    try {
      await run(engine)
    } finally {
      await engine.stop(listener)
    }
  }
  const held = async () => {
    let bytes = 0
    for await (const keys of client.scanIterator()) {
      for (const key of keys) bytes += (await client.memoryUsage(key, { SAMPLES: 0 })) ?? 0
    }
    return bytes
  }

  const loads: readonly (readonly [string, number, number, number])[] = [
    ['few streams with many small messages', 100, 20, 80_000],
    ['many streams with one message', 20_000, 20, 20_000],
    ['messages of 200 bytes', 300, 200, 40_000],
    ['messages of 2,000 bytes', 3_000, 2_000, 12_000],
  ]
  for (const [what, streams, length, count] of loads) {
    it(`is within totalBytes and logBytes: ${what}`, (t) =>
      withEngine(t, { size: 1_000, totalBytes: 4_194_304 }, async (engine) => {
        const json = JSON.stringify('x'.repeat(length))
        for (let n = 0; n < count; n += 500) {
          await engine.publish(Array.from({ length: 500 }, (_, k) => ({ stream: `room:${(n + k) % streams}`, json })))
        }
        const most = 4_194_304 + 1_048_576
        const bytes = await held()
        t.diagnostic(`${bytes} bytes of ${most}`)
        assert.ok(bytes <= most, `${bytes} bytes`)
        assert.ok(bytes > most / 2, `${bytes} bytes: the bound was reached`)
      }))
  }

  it('is in one slot, has a time to live, and remembers so many ids', (t) =>
    withEngine(t, { ttl: 1_000 }, async (engine) => {
      for (let n = 0; n < 30; n++) {
        await Promise.all(
          Array.from({ length: 400 }, (_, k) => engine.publish([{ stream: 's', json: '1' }], `${n} ${k}`)),
        )
      }
      const keys = (await client.keys('*')).sort()
      assert.ok(keys.length >= 5)
      for (const key of keys) {
        assert.match(key, /^\{turbo-cable\}:/)
        assert.ok((await client.pTTL(key)) > 0, `${key} expires`)
      }
      assert.equal(await client.zCard('{turbo-cable}:ids'), 10_000)
    }))

  it('comes there as one script, where much is published at once', (t) =>
    withEngine(t, {}, async (engine) => {
      const scripts = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1])
      const before = await scripts()
      const json = JSON.stringify('x'.repeat(10_000))
      await Promise.all(Array.from({ length: 200 }, () => engine.publish([{ stream: 's', json }])))
      // 2 MB are two, and the tail has a look now and then.
      assert.ok((await scripts()) - before < 10)
    }))

  it('needs no INFO, and says what is then not known', async (t) => {
    await client.sendCommand(['ACL', 'SETUSER', 'app', 'on', '>pw', '~{turbo-cable}:*', '+@all', '-info'])
    const lines = warnings(t)
    const engine = redisEngine({ url: redis.url.replace('//', '//app:pw@') })
    const listener = new Listener()
    await engine.start(listener, defaultBounds)
    await engine.publish([{ stream: 's', json: '1' }])
    assert.equal(listener.heard.length, 1)
    assert.equal(lines.filter((line) => line.includes('refuses INFO')).length, 1)
    await engine.stop(listener)
  })

  it('may be thrown out by Redis: that is a gap, never a hole that is confirmed', (t) =>
    withEngine(t, {}, async (engine) => {
      const cursor = engine.cursor() as string
      const publish = () => engine.publish([{ stream: 's', json: '1' }])
      await publish()
      const [key] = await client.keys('{turbo-cable}:h:*')
      await client.del(key as string)
      assert.equal((await engine.since('s', cursor, noDeadline)).recovered, false)
      await publish()
      assert.equal((await engine.since('s', cursor, noDeadline)).recovered, false)
      for (const name of ['heads', 'streams', 'state']) {
        await client.del(`{turbo-cable}:${name}`)
        await publish().catch(() => {})
        assert.equal((await engine.since('s', cursor, noDeadline)).recovered, false, name)
      }
    }))
})
