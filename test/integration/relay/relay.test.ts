// What others publish on Redis comes to pages: by the app's own handlers, and in the formats of Action Cable and AnyCable.

import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { Redis as Ioredis } from 'ioredis'
import { Redis as Ioredis5 } from 'ioredis5'
import { createClient } from 'redis'
import { actionCable, anycable } from '../../../src/relay/formats.ts'
import { type RedisRelay, type RedisRelayOptions, redisRelay } from '../../../src/relay/relay.ts'
import type { TestClient } from '../../support/client.ts'
import { type Redis, startRedis } from '../../support/redis.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { type Context, withCable } from '../../support/with-cable.ts'

let redis: Redis
let sender: ReturnType<typeof createClient>

before(async () => {
  redis = await startRedis()
  sender = createClient({ url: redis.url })
  sender.on('error', () => {})
  await sender.connect()
})
after(async () => {
  sender.destroy()
  await redis.stop()
})

interface Scene extends Context {
  readonly lines: string[]
  readonly relay: RedisRelay
}

async function withRelay(
  t: TestContext,
  options: RedisRelayOptions,
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const lines = warnings(t)
  await withCable({}, async (context) => {
    const relay = redisRelay({ ...(options.client ? {} : { url: redis.url }), ...options })
    try {
      await relay.ready
      await run({ ...context, lines, relay })
    } finally {
      await relay.stop()
    }
  })
}

const publish = (channel: string, message: unknown) =>
  sender.publish(channel, typeof message === 'string' ? message : JSON.stringify(message))

const records: RedisRelayOptions['channels'] = {
  '/records': ({ room, records }) => ({ stream: room, data: { records } }),
}

async function subscribed({ connect }: Scene, ...streams: string[]): Promise<TestClient> {
  const client = await connect()
  for (const stream of streams) await client.subscribe(stream)
  return client
}

const received = async (client: TestClient, count: number) => {
  const all: unknown[] = []
  while (all.length < count) {
    const { stream, data } = await client.next()
    all.push([stream, data])
  }
  return all
}

// What somebody did not want is followed by something that comes: then it would have come before.
const last = { stream: 'group-1', data: { records: 'last' } }
const sendLast = () => publish('/records', { room: last.stream, records: last.data.records })

describe('redisRelay()', () => {
  const clients: Record<string, () => Pick<RedisRelayOptions, 'client' | 'url'>> = {
    'a URL': () => ({ url: redis.url }),
    'node-redis': () => ({ client: createClient({ url: redis.url }) }),
    'node-redis with RESP3': () => ({ client: createClient({ url: redis.url, RESP: 3 }) }),
    ioredis: () => ({ client: new Ioredis(redis.url, { lazyConnect: true }) }),
    'ioredis 5': () => ({ client: new Ioredis5(redis.url, { lazyConnect: true }) }),
  }
  for (const [name, place] of Object.entries(clients)) {
    it(`sends what is published on channels and patterns, in order, also the same twice, with ${name}`, (t) =>
      withRelay(
        t,
        {
          ...place(),
          channels: { ...records, 'chatbot/*': (message, { channel }) => ({ stream: channel, data: { message } }) },
        },
        async (scene) => {
          const client = await subscribed(scene, 'group-1', 'chatbot/7')
          for (let n = 0; n < 50; n++) await publish('/records', { room: 'group-1', records: Math.floor(n / 2) })
          await publish('chatbot/7', 'no JSON')
          assert.deepEqual(await received(client, 51), [
            ...Array.from({ length: 50 }, (_, n) => ['group-1', { records: Math.floor(n / 2) }]),
            ['chatbot/7', { message: 'no JSON' }],
          ])
        },
      ))
  }

  it('lets a handler wait, send several, or nothing', (t) =>
    withRelay(
      t,
      {
        channels: {
          ...records,
          slow: async (message) => {
            await new Promise((resolve) => setTimeout(resolve, 20))
            return [
              { stream: ['room', 7], data: { message } },
              { stream: 'group-1', data: '<turbo-stream action="refresh"></turbo-stream>' },
            ]
          },
          quiet: () => {},
        },
      },
      async (scene) => {
        const client = await subscribed(scene, 'room:7', 'group-1')
        await publish('slow', 1)
        await publish('quiet', 2)
        await sendLast()
        assert.deepEqual(await received(client, 3), [
          ['room:7', { message: 1 }],
          ['group-1', '<turbo-stream action="refresh"></turbo-stream>'],
          [last.stream, last.data],
        ])
        assert.deepEqual(scene.lines, [])
      },
    ))

  it('goes on, after one line, where a handler throws or makes nonsense', (t) => {
    const nonsense: unknown[] = [
      7,
      'text',
      [null],
      {},
      { stream: 's' },
      { stream: 'a,b', data: 1 },
      { stream: 's', data: 1n },
    ]
    const handlers: RedisRelayOptions['channels'] = {
      ...records,
      throws: () => {
        throw new Error('no such room')
      },
      rejects: () => Promise.reject(new Error('no such table')),
      nonsense: (at) => nonsense[at] as never,
    }
    return withRelay(t, { channels: handlers }, async (scene) => {
      const client = await subscribed(scene, 'group-1', 's')
      await publish('throws', 1)
      await publish('rejects', 1)
      for (const at of nonsense.keys()) await publish('nonsense', at)
      await publish('/records', 'null')
      await sendLast()
      assert.deepEqual(await received(client, 1), [[last.stream, last.data]])
      assert.equal(scene.lines.length, 3 + nonsense.length, scene.lines.join('\n'))
      assert.match(scene.lines[0] ?? '', /what came on "throws" was not relayed: no such room/)
      assert.match(
        scene.lines[2] ?? '',
        /what came on "nonsense" was not relayed: Expected `the answer of the handler`/,
      )
    })
  })

  it('says aloud what it cannot have heard: pages are sent away, and have a gap', (t) => {
    const lines = warnings(t)
    return withCable({}, async (context) => {
      const proxy = await TcpProxy.to(redis.port)
      const relay = redisRelay({ url: `redis://127.0.0.1:${proxy.port}`, channels: records })
      try {
        await relay.ready
        const client = await context.connect()
        const { cursor } = await client.subscribe('group-1', { cursor: null })
        proxy.refuse(true)
        await proxy.cut()
        await publish('/records', { room: 'group-1', records: 'nobody hears it' })
        proxy.refuse(false)
        assert.equal((await client.next()).type, 'disconnect')
        const back = await context.connect()
        assert.equal((await back.subscribe('group-1', { cursor })).recovered, false)
        await sendLast()
        assert.deepEqual((await back.next()).data, last.data)
        assert.match(lines[0] ?? '', /the relay cannot hear Redis/)
        assert.deepEqual(lines.slice(1), ['[turbo-cable] the relay hears Redis again'])
      } finally {
        await relay.stop()
        await proxy.close()
      }
    })
  })

  it('notices a network that swallows everything', (t) => {
    warnings(t)
    return withCable({}, async (context) => {
      const proxy = await TcpProxy.to(redis.port)
      const relay = redisRelay({ url: `redis://127.0.0.1:${proxy.port}`, channels: records })
      try {
        await relay.ready
        const client = await context.connect()
        await client.subscribe('group-1')
        void proxy.swallow()
        assert.equal((await client.next()).type, 'disconnect')
      } finally {
        await relay.stop()
        await proxy.close()
      }
    })
  })

  it('loses nothing of a Redis stream: what nobody was there for comes later, and what was relayed goes', (t) => {
    const lines = warnings(t)
    const add = (stream: string, n: unknown) =>
      sender.xAdd('__anycable__', '*', { payload: JSON.stringify({ stream, data: JSON.stringify(n) }) })
    return withCable({}, async (context) => {
      for (const n of [1, 2]) await add('s', { n })
      await add('a,b', 0)
      const proxy = await TcpProxy.to(redis.port)
      const client = await context.connect()
      await client.subscribe('s')
      const relay = redisRelay({ url: `redis://127.0.0.1:${proxy.port}`, redisStreams: anycable() })
      try {
        for (const n of [1, 2]) assert.deepEqual((await client.next()).data, { n })
        proxy.refuse(true)
        await proxy.cut()
        await add('s', { n: 3 })
        proxy.refuse(false)
        assert.deepEqual((await client.next()).data, { n: 3 })
        while ((await sender.xLen('__anycable__')) > 0) await new Promise(setImmediate)
        // Twice, where the connection was cut before it was deleted.
        assert.ok(lines.some((line) => line.includes('what came on "__anycable__" was not relayed')))
      } finally {
        await relay.stop()
        await proxy.close()
      }
    })
  })

  const refused: readonly (readonly [string, object, RegExp])[] = [
    ['nothing to hear', { url: 'redis://localhost' }, /`channels`/],
    ['a handler that is none', { url: 'redis://localhost', channels: { a: 1 } }, /`channels\['a'\]` to be a function/],
    ['neither client nor URL', { channels: { a: () => {} } }, /`client`/],
    ['a client that is none', { client: {}, channels: { a: () => {} } }, /a client of node-redis 5 or ioredis/],
    ['an option that there is not', { url: 'redis://localhost', chanels: {} }, /did you mean `channels`/],
  ]
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () =>
      assert.throws(() => redisRelay(options as RedisRelayOptions), { code: 'TURBO_CABLE_BAD_OPTION', message }))
  }
})

describe('the formats of others', () => {
  it("are Action Cable's: a broadcasting is a stream, below a prefix", (t) =>
    withRelay(t, { channels: { ...records, ...actionCable({ prefix: 'shop[1]' }) } }, async (scene) => {
      const client = await subscribed(scene, 'chat:7', 'group-1')
      const html = '<turbo-stream action="remove" target="message_1"></turbo-stream>'
      await publish('shop[1]:chat:7', JSON.stringify(html))
      await publish('shop[1]:chat:7', { text: 'hi' })
      await publish('shop[1]:action_cable/Z2lkOi8v', { type: 'disconnect' })
      await publish('other:chat:7', { text: 'of another app' })
      await sendLast()
      assert.deepEqual(await received(client, 3), [
        ['chat:7', html],
        ['chat:7', { text: 'hi' }],
        [last.stream, last.data],
      ])
      assert.deepEqual(scene.lines, [])
    }))

  it("are Action Cable's without a prefix: everything that is published, but for what servers tell each other", (t) =>
    withRelay(t, { channels: actionCable() }, async (scene) => {
      const client = await subscribed(scene, 'chat:7')
      await publish('_action_cable_internal', { type: 'x' })
      await publish('chat:7', { text: 'hi' })
      assert.deepEqual(await received(client, 1), [['chat:7', { text: 'hi' }]])
      assert.deepEqual(scene.lines, [])
    }))

  it("are AnyCable's: one message, several, for all but one page; what is none costs a line", (t) =>
    withRelay(t, { channels: { ...records, ...anycable() } }, async (scene) => {
      const client = await subscribed(scene, 's', 'group-1')
      const other = await scene.connect()
      const { id } = (await other.subscribe('s', { cursor: null })) as { id?: string }
      await publish('__anycable__', { stream: 's', data: JSON.stringify({ n: 1 }) })
      await publish('__anycable__', [
        { stream: 's', data: '"<b>"' },
        { stream: 's', data: 'no JSON' },
      ])
      await publish('__anycable__', { command: 'disconnect', payload: { identifier: '{}', reconnect: false } })
      await publish('__anycable__', { stream: 's' })
      await publish('__anycable__', '7')
      await publish('__anycable__', { stream: 's', data: '2', meta: { exclude_socket: id ?? 'x' } })
      await sendLast()
      assert.deepEqual(await received(client, 5), [
        ['s', { n: 1 }],
        ['s', '<b>'],
        ['s', 'no JSON'],
        ['s', 2],
        [last.stream, last.data],
      ])
      assert.equal(scene.lines.length, 2, scene.lines.join('\n'))
    }))
})
