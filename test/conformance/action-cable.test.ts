// The wires of Action Cable, byte for byte as Rails' and AnyCable's clients expect them.

import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import type { TurboCableOptions } from '../../src/index.ts'
import { Signer } from '../../src/stream/signer.ts'
import { TestClient } from '../support/client.ts'
import { type Context, withCable } from '../support/with-cable.ts'

const v1 = 'actioncable-v1-json'
const ext = 'actioncable-v1-ext-json'
const pubsub = (stream_name: string) => JSON.stringify({ channel: '$pubsub', stream_name })

interface Wires extends Context {
  /** A client that has read its welcome. */
  speak(protocol: string, user?: string): Promise<TestClient>
}

function withWires(options: TurboCableOptions, run: (context: Wires) => Promise<void>): Promise<void> {
  return withCable(options, async (context) => {
    const clients: TestClient[] = []
    try {
      await run({
        ...context,
        async speak(protocol, user = 'somebody') {
          const headers = { 'x-user': user }
          const client = new TestClient(`ws://127.0.0.1:${context.port}/cable`, { headers }, [protocol])
          clients.push(client)
          await client.opened()
          assert.equal(client.ws.protocol, protocol)
          assert.equal((await client.next()).type, 'welcome')
          return client
        },
      })
    } finally {
      for (const client of clients) client.ws.terminate()
    }
  })
}

const presence: TurboCableOptions = {
  authenticate: ({ headers }) => ({ id: headers['x-user'] ?? '', secret: 'x' }),
  presence: { streams: ['s'], grace: 100, info: ({ id }) => ({ name: id.toUpperCase() }) },
}

/** The next message that is no ping, exactly. */
async function nextText(client: TestClient): Promise<string> {
  for (;;) {
    const text = await client.nextText()
    if (!text.startsWith('{"type":"ping"')) return text
  }
}

async function next(client: TestClient): Promise<Record<string, unknown>> {
  return JSON.parse(await nextText(client))
}

async function subscribe(client: TestClient, identifier: string, extra: object = {}) {
  client.send({ command: 'subscribe', identifier, ...extra })
  return next(client)
}

/** What came until now: a subscribe that is answered in order shows it. */
async function drain(client: TestClient) {
  const marker = pubsub(`drain:${Math.random()}`)
  client.send({ command: 'subscribe', identifier: marker })
  const before: unknown[] = []
  for (;;) {
    const message = await next(client)
    if (message.identifier === marker) return before
    before.push(message)
  }
}

for (const protocol of [v1, ext]) {
  describe(protocol, () => {
    it('echoes an identifier byte for byte, and delivers in order', () =>
      withWires({}, async ({ speak, cable }) => {
        const client = await speak(protocol)
        const identifier = '{ "stream_name":"s",  "channel":"$pubsub", "x":"é\\u00e9" }'
        client.send({ command: 'subscribe', identifier })
        const confirmed = await nextText(client)
        assert.equal(confirmed, `{"identifier":${JSON.stringify(identifier)},"type":"confirm_subscription"}`)
        await Promise.all(Array.from({ length: 200 }, (_, n) => cable.broadcastJson('s', { n })))
        for (let n = 0; n < 200; n++) {
          const message = await next(client)
          assert.deepEqual([message.identifier, message.message], [identifier, { n }])
        }
      }))

    it('confirms each repeated subscribe once, and delivers once', () =>
      withWires({}, async ({ speak, cable }) => {
        const client = await speak(protocol)
        const confirmed = { identifier: pubsub('s'), type: 'confirm_subscription' }
        assert.deepEqual(await subscribe(client, pubsub('s')), confirmed)
        assert.deepEqual(await subscribe(client, pubsub('s')), confirmed)
        await cable.broadcastJson('s', 1)
        assert.equal((await drain(client)).length, 1)
      }))

    it('delivers nothing after an unsubscribe', () =>
      withWires({}, async ({ speak, cable }) => {
        const client = await speak(protocol)
        await subscribe(client, pubsub('s'))
        client.send({ command: 'unsubscribe', identifier: pubsub('s') })
        assert.deepEqual(await drain(client), [])
        await cable.broadcastJson('s', 1)
        assert.deepEqual(await drain(client), [])
      }))

    it('takes the tokens of Rails for its channel, and nothing else', () =>
      withWires({ secret: 's3Krit', publicStreams: true }, async ({ speak, cable }) => {
        const client = await speak(protocol)
        const turbo = (signed_stream_name: unknown) =>
          JSON.stringify({ channel: 'Turbo::StreamsChannel', signed_stream_name })
        const token = new Signer(['s3Krit']).sign('chat:2021')
        assert.equal((await subscribe(client, turbo(token))).type, 'confirm_subscription')
        await cable.broadcastUpdateTo('chat:2021', { target: 'x', html: 'hi' })
        assert.match(String((await next(client)).message), /^<turbo-stream /)
        for (const bad of ['chat:2021', `${token}x`, '', 7, null, undefined]) {
          assert.equal((await subscribe(client, turbo(bad))).type, 'reject_subscription', String(bad))
        }
        const signed = JSON.stringify({ channel: '$pubsub', signed_stream_name: token })
        assert.equal((await subscribe(client, signed)).type, 'confirm_subscription')
      }))

    it('rejects, with the identifier, what asks for nothing', () =>
      withWires({ publicStreams: ['s'] }, async ({ speak }) => {
        const client = await speak(protocol)
        const warn = mock.method(console, 'warn', () => {})
        for (const identifier of [
          '',
          'nonsense',
          '[]',
          'null',
          '{"channel":7}',
          pubsub('t'),
          '{"channel":"$pubsub"}',
        ]) {
          assert.deepEqual(await subscribe(client, identifier), { identifier, type: 'reject_subscription' })
        }
        assert.equal(warn.mock.callCount(), 0)
        assert.equal((await subscribe(client, '{"channel":"constructor"}')).type, 'reject_subscription')
        assert.equal((await subscribe(client, '{"channel":"NoChannel"}')).type, 'reject_subscription')
        assert.equal(warn.mock.callCount(), 1)
        warn.mock.restore()
      }))

    it('asks the app about its own channels: one stream, several, none, and a failure', () =>
      withWires(
        {
          authenticate: () => ({ id: 7 }),
          channels: {
            Mozo: ({ params, identity }) => `${params.id}:${identity.id}`,
            Several: async () => ['a', 'b'],
            None: () => null,
            Fails: () => Promise.reject(new Error('no database')),
            Bad: () => 'a,b',
          },
        },
        async ({ speak, cable }) => {
          const client = await speak(protocol)
          const warn = mock.method(console, 'warn', () => {})
          const identifier = '{"channel":"Mozo","id":"user"}'
          assert.equal((await subscribe(client, identifier)).type, 'confirm_subscription')
          await cable.broadcastJson('user:7', { event: 'x' })
          assert.deepEqual((await next(client)).message, { event: 'x' })
          for (const channel of ['None', 'Fails', 'Bad']) {
            assert.equal((await subscribe(client, JSON.stringify({ channel }))).type, 'reject_subscription')
          }
          assert.equal(warn.mock.callCount(), 2)
          warn.mock.restore()
          const several = '{"channel":"Several"}'
          assert.equal((await subscribe(client, several)).type, 'confirm_subscription')
          await cable.broadcastJson('a', 1)
          await cable.broadcastJson('b', 2)
          assert.deepEqual([(await next(client)).message, (await next(client)).message], [1, 2])
          client.send({ command: 'unsubscribe', identifier: several })
          await cable.broadcastJson('b', 3)
          assert.equal(cable.stats().subscriptions > 0, true)
        },
      ))

    it("hands a client's message to the action of its channel, and refuses an unknown one in one line", async () => {
      const performed: unknown[] = []
      await withWires(
        {
          channels: {
            Chat: {
              subscribe: ({ params }) => `room:${params.room}`,
              actions: {
                appear: (data, { params, streams }) => void performed.push([data, params.room, streams]),
                fail: () => Promise.reject(new Error('no')),
              },
            },
          },
        },
        async ({ speak }) => {
          const client = await speak(protocol)
          const identifier = '{"channel":"Chat","room":7}'
          const say = (action: string) =>
            client.send({ command: 'message', identifier, data: JSON.stringify({ action, n: 1 }) })
          say('appear')
          await subscribe(client, identifier)
          const warn = mock.method(console, 'warn', () => {})
          for (const action of ['appear', 'fail', 'constructor', 'disappear']) say(action)
          await drain(client)
          const lines = warn.mock.calls.map(({ arguments: [line] }) => String(line))
          warn.mock.restore()
          assert.deepEqual(performed, [[{ action: 'appear', n: 1 }, 7, ['room:7']]])
          assert.equal(lines.length, 2)
          assert.match(lines.join(), /"constructor".*"Chat"/)
          assert.match(lines.join(), /"fail".*no/)
        },
      )
    })

    it('carries whispers to the other subscribers of a stream that allows them', () =>
      withWires({ whispers: ['s'] }, async ({ speak, connect }) => {
        const [one, two] = [await speak(protocol), await speak(protocol)]
        const [own, plain] = [await connect(), await connect()]
        for (const client of [one, two]) {
          await subscribe(client, pubsub('s'))
          await subscribe(client, pubsub('t'))
        }
        await own.subscribe('s', { cursor: null })
        await plain.subscribe('s')
        one.send({ command: 'whisper', identifier: pubsub('t'), data: 'no' })
        one.send({ command: 'whisper', identifier: pubsub('other'), data: 'no' })
        one.send({ command: 'whisper', identifier: pubsub('s'), data: { typing: true } })
        assert.deepEqual(await drain(one), [])
        assert.deepEqual(await drain(two), [{ identifier: pubsub('s'), message: { typing: true } }])
        assert.deepEqual(await own.next(), { type: 'whisper', stream: 's', data: { typing: true } })
        own.send({ type: 'whisper', stream: 's', data: 2 })
        assert.deepEqual(await next(two), { identifier: pubsub('s'), message: 2 })
        assert.deepEqual(await own.drain(), [])
        assert.deepEqual(await plain.drain(), [], 'the plain wire has no whispers')
      }))

    it('ends a subscription that is taken back, and a connection that is', () =>
      withWires({ authenticate: () => ({ id: 7 }) }, async ({ speak, cable }) => {
        const client = await speak(protocol)
        await subscribe(client, pubsub('s'))
        await subscribe(client, pubsub('t'))
        const restore = cable.revoke('s', '7')
        assert.deepEqual(await next(client), { identifier: pubsub('s'), type: 'reject_subscription' })
        assert.equal((await subscribe(client, pubsub('s'))).type, 'reject_subscription')
        restore()
        assert.equal((await subscribe(client, pubsub('s'))).type, 'confirm_subscription')
        cable.disconnect('7')
        assert.deepEqual(await next(client), { type: 'disconnect', reason: 'unauthorized', reconnect: false })
        assert.equal((await client.closed).code, 1008)
      }))

    it('tells a client whom nobody knows not to come back', () =>
      withWires({ authenticate: () => null }, async ({ port, cable }) => {
        const client = new TestClient(`ws://127.0.0.1:${port}/cable`, {}, ['actioncable-unsupported', protocol])
        assert.deepEqual(await client.next(), { type: 'disconnect', reason: 'unauthorized', reconnect: false })
        assert.equal((await client.closed).code, 1008)
        assert.equal(cable.stats().connections, 0)
      }))

    it('says that the server restarts, and that one should come back', () =>
      withWires({}, async ({ speak, cable }) => {
        const client = await speak(protocol)
        await cable.close({ timeout: 1_000 })
        assert.deepEqual(await next(client), { type: 'disconnect', reason: 'server_restart', reconnect: true })
        assert.equal((await client.closed).code, 1012)
      }))

    it('pings with the time in seconds before it is asked for anything', () =>
      withWires({}, async ({ speak }) => {
        const client = await speak(protocol)
        const { type, message } = await client.next()
        assert.equal(type, 'ping')
        assert.ok(Math.abs(Number(message) - Date.now() / 1_000) < 5)
      }))
  })
}

describe(`${ext}: what was missed`, () => {
  const offsetOf = ({ offset, epoch, stream_id }: Record<string, unknown>) => ({
    streams: { [String(stream_id)]: { offset, epoch } },
  })

  it('is replayed from an offset, between confirmation and verdict, each once', () =>
    withWires({}, async ({ speak, cable }) => {
      const client = await speak(ext)
      await subscribe(client, pubsub('s'))
      await cable.broadcastJson('s', 1)
      const seen = await next(client)
      assert.deepEqual(Object.keys(seen), ['identifier', 'message', 'stream_id', 'epoch', 'offset'])
      await cable.broadcastJson('s', 2)
      await cable.broadcastJson('t', 2)
      await cable.broadcastJson('s', 3)
      const back = await speak(ext)
      assert.equal((await subscribe(back, pubsub('s'), { history: offsetOf(seen) })).type, 'confirm_subscription')
      assert.deepEqual([(await next(back)).message, (await next(back)).message], [2, 3])
      assert.deepEqual(await next(back), { type: 'confirm_history', identifier: pubsub('s') })
      await cable.broadcastJson('s', 4)
      assert.equal((await next(back)).message, 4)
      back.send({ command: 'history', identifier: pubsub('s'), history: offsetOf(seen) })
      assert.deepEqual(
        [await next(back), await next(back), await next(back)].map(({ message }) => message),
        [2, 3, 4],
      )
      assert.deepEqual(await next(back), { type: 'confirm_history', identifier: pubsub('s') })
    }))

  it('is replayed without a hole or an overlap while more is being sent', () =>
    withWires({ history: { size: 10_000 } }, async ({ speak, cable }) => {
      const first = await speak(ext)
      await subscribe(first, pubsub('s'))
      await cable.broadcastJson('s', 0)
      let seen = await next(first)
      let n = 0
      let sending = true
      const sender = (async () => {
        while (sending) await Promise.all([1, 2, 3].map(() => cable.broadcastJson('s', ++n)))
      })()
      for (let round = 0; round < 20; round++) {
        const client = await speak(ext)
        client.send({ command: 'subscribe', identifier: pubsub('s'), history: offsetOf(seen) })
        let confirmed = false
        for (let left = 5; left > 0 || !confirmed; ) {
          const message = await next(client)
          if (message.type === 'confirm_history') confirmed = true
          assert.notEqual(message.type, 'reject_history')
          if (message.offset === undefined) continue
          assert.equal(message.offset, Number(seen.offset) + 1)
          assert.equal(message.message, Number(seen.message) + 1)
          seen = message
          if (confirmed) left--
        }
        client.ws.terminate()
      }
      sending = false
      await sender
      first.ws.terminate()
    }))

  it('is a rejected history where any of it is gone', () =>
    withWires({ history: { size: 2 } }, async ({ speak, cable }) => {
      const client = await speak(ext)
      await subscribe(client, pubsub('s'))
      await cable.broadcastJson('s', 0)
      const seen = await next(client)
      for (let n = 1; n < 4; n++) await cable.broadcastJson('s', n)
      for (const history of [
        offsetOf(seen),
        offsetOf({ ...seen, epoch: 'other' }),
        offsetOf({ ...seen, offset: 10 ** 9 }),
        offsetOf({ ...seen, offset: 'x' }),
        { since: 1 },
        offsetOf({ ...seen, epoch: 'x'.repeat(300) }),
        { streams: Object.fromEntries(Array.from({ length: 257 }, (_, n) => [`s${n}`, {}])) },
      ]) {
        const back = await speak(ext)
        await subscribe(back, pubsub('s'), { history })
        assert.deepEqual(await next(back), { type: 'reject_history', identifier: pubsub('s') }, JSON.stringify(history))
        assert.deepEqual(await drain(back), [])
      }
      // Exactly what is kept is no hole.
      const edge = await speak(ext)
      await subscribe(edge, pubsub('s'), { history: offsetOf({ ...seen, offset: Number(seen.offset) + 1 }) })
      assert.deepEqual([(await next(edge)).message, (await next(edge)).message], [2, 3])
      assert.equal((await next(edge)).type, 'confirm_history')
    }))

  it('is everything since a time, where that is known', () =>
    withWires({}, async ({ speak, cable }) => {
      const start = Math.floor(Date.now() / 1_000)
      // The second after the start of the server: what was sent in the first one, nobody can tell.
      while (Math.floor(Date.now() / 1_000) === start) await new Promise((resolve) => setTimeout(resolve, 20))
      const since = Math.floor(Date.now() / 1_000)
      await cable.broadcastJson('s', 1)
      const client = await speak(ext)
      await subscribe(client, pubsub('s'), { history: { since, streams: {} } })
      assert.equal((await next(client)).message, 1)
      assert.equal((await next(client)).type, 'confirm_history')
      const early = await speak(ext)
      await subscribe(early, pubsub('s'), { history: { since: start - 10 } })
      assert.equal((await next(early)).type, 'reject_history')
    }))

  it('has one confirmation and one verdict for all streams of a channel', () =>
    withWires({ channels: { Both: () => ['a', 'b'] } }, async ({ speak, cable }) => {
      const client = await speak(ext)
      const identifier = '{"channel":"Both"}'
      assert.equal((await subscribe(client, identifier)).type, 'confirm_subscription')
      await cable.broadcastJson('a', 1)
      await cable.broadcastJson('b', 1)
      const streams = Object.assign({}, ...[await next(client), await next(client)].map((m) => offsetOf(m).streams))
      await cable.broadcastJson('b', 2)
      const back = await speak(ext)
      back.send({ command: 'subscribe', identifier, history: { streams } })
      const said = [await next(back), await next(back), await next(back)].map(({ type, message }) => type ?? message)
      assert.deepEqual(said, ['confirm_subscription', 2, 'confirm_history'])
      const other = await speak(ext)
      other.send({
        command: 'subscribe',
        identifier,
        history: { streams: { ...streams, b: { offset: 1, epoch: 'x' } } },
      })
      const verdict = [await next(other), await next(other)].map(({ type }) => type)
      assert.deepEqual(verdict, ['confirm_subscription', 'reject_history'])
      assert.deepEqual(await drain(other), [])
    }))
})

describe(`${ext}: the rest`, () => {
  it('answers a ping, ignores a pong, and says plainly where nobody can tell who is present', () =>
    withWires({}, async ({ speak }) => {
      const client = await speak(ext)
      client.send({ command: 'pong' })
      client.send({ command: 'ping' })
      assert.deepEqual(await next(client), { type: 'pong' })
      client.send({ command: 'presence', identifier: pubsub('s') })
      client.send({ command: 'join', identifier: pubsub('s'), presence: { id: 1 } })
      const error = { type: 'presence', identifier: pubsub('s'), message: { type: 'error', total: 0 } }
      assert.deepEqual(await drain(client), [error])
      await subscribe(client, pubsub('s'))
      client.send({ command: 'presence', identifier: pubsub('s') })
      assert.deepEqual(await drain(client), [error])
    }))

  it('says who joins and leaves, to all who are subscribed, and who is there to whom it asks', () =>
    withWires(presence, async ({ cable, speak }) => {
      const identifier = pubsub('s')
      const event = (message: object) => ({ type: 'presence', identifier, message })
      const [ada, ben] = [await speak(ext, 'ada'), await speak(ext, 'ben')]
      await subscribe(ben, identifier)
      ben.send({ command: 'presence', identifier })
      assert.deepEqual(await next(ben), event({ type: 'info', total: 0, records: [] }), 'who listens is not there yet')
      // It is nobody's business who a client says that it is.
      assert.equal(
        (await subscribe(ada, identifier, { presence: { id: 'eve', info: 1 } })).type,
        'confirm_subscription',
      )
      const there = { id: 'ada', info: { name: 'ADA' } }
      assert.deepEqual([await next(ada), await next(ben)], Array(2).fill(event({ type: 'join', ...there })))
      ben.send({ command: 'join', identifier, presence: { id: 'ben' } })
      ben.send({ command: 'join', identifier, presence: { id: 'ben' } })
      const both = [there, { id: 'ben', info: { name: 'BEN' } }]
      for (const each of [ada, ben]) assert.deepEqual(await next(each), event({ type: 'join', ...both[1] }))
      ben.send({ command: 'presence', identifier })
      assert.deepEqual(await next(ben), event({ type: 'info', total: 2, records: both }))
      assert.deepEqual(await cable.presence('s'), both)
      // A second session of Ada's, in which she leaves, and the first one, which ends.
      const second = await speak(ext, 'ada')
      await subscribe(second, identifier, { presence: { id: 'ada' } })
      second.send({ command: 'leave', identifier })
      assert.deepEqual(await drain(second), [])
      ben.send({ command: 'leave', identifier })
      ben.send({ command: 'leave', identifier })
      for (const each of [ada, ben, second]) assert.deepEqual(await next(each), event({ type: 'leave', ...both[1] }))
      ada.ws.terminate()
      for (const each of [ben, second]) assert.deepEqual(await next(each), event({ type: 'leave', ...there }))
      assert.deepEqual([await drain(ben), await drain(second)], [[], []])
    }))

  it('has a client join again, and forgets that it joined when it unsubscribes', () =>
    withWires(presence, async ({ cable, speak }) => {
      const ada = await speak(ext, 'ada')
      const present = async () => (await cable.presence('s')).length
      await subscribe(ada, pubsub('s'), { presence: { id: 'ada' } })
      assert.equal((await next(ada)).type, 'presence')
      ada.send({ command: 'leave', identifier: pubsub('s') })
      ada.send({ command: 'join', identifier: pubsub('s') })
      for (const type of ['leave', 'join']) assert.equal(((await next(ada)).message as { type: string }).type, type)
      assert.equal(await present(), 1)
      ada.send({ command: 'unsubscribe', identifier: pubsub('s') })
      await subscribe(ada, pubsub('s'))
      ada.send({ command: 'presence', identifier: pubsub('s') })
      for (let message = await next(ada); ; message = await next(ada)) {
        const { type, total } = message.message as { type: string; total?: number }
        if (type === 'leave') break
        assert.equal(total, 1, 'for the grace it is there')
      }
      assert.equal(await present(), 0)
    }))

  it('ignores a join by what is not subscribed, or was refused, also where it is subscribed later', () => {
    let allowed = false
    return withWires({ ...presence, authorize: () => allowed }, async ({ speak }) => {
      const ada = await speak(ext, 'ada')
      const refused = await subscribe(ada, pubsub('s'), { presence: { id: 'ada' } })
      assert.equal(refused.type, 'reject_subscription')
      allowed = true
      ada.send({ command: 'join', identifier: pubsub('s') })
      await subscribe(ada, pubsub('s'))
      assert.deepEqual(await drain(ada), [])
      ada.send({ command: 'join', identifier: pubsub('s') })
      assert.equal((await next(ada)).type, 'presence')
    })
  })

  it('counts clients of the other wires for as long as they are subscribed, beside those', () =>
    withWires(presence, async ({ cable, speak, connect }) => {
      const base = await speak(v1, 'ada')
      await subscribe(base, pubsub('s'))
      const own = await connect('/cable', { 'x-user': 'ben' })
      await own.subscribe('s')
      assert.deepEqual(
        (await cable.presence('s')).map(({ id }) => id),
        ['ada', 'ben'],
      )
      assert.deepEqual([await drain(base), await own.drain()], [[], []])
    }))

  it('names the page in its welcome, by which a broadcast leaves it out', () =>
    withWires({}, async ({ cable, port }) => {
      const client = new TestClient(`ws://127.0.0.1:${port}/cable`, {}, [ext])
      await client.opened()
      const { sid } = await client.next()
      assert.match(String(sid), /^[\da-f-]{36}$/)
      await subscribe(client, pubsub('s'))
      await cable.broadcastUpdateTo('s', { target: 'x', html: '1', exclude: String(sid) })
      assert.deepEqual(await drain(client), [])
      client.ws.terminate()
    }))
})
