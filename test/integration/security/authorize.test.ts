// Who may listen: the app is asked about each subscription, and until it has said yes nothing is delivered.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { TurboCableOptions } from '../../../src/index.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { Asking } from '../../support/asking.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'

type Asked = Parameters<NonNullable<TurboCableOptions['authorize']>>[0]

const unauthorized = (stream: string) => ({ type: 'rejected', stream, reason: 'unauthorized' })

describe('authorize', () => {
  it('is asked once per subscribe, with who, what and the request', () => {
    const seen: unknown[][] = []
    const authorize = ({ identity, stream, request }: Asked) => {
      seen.push([identity, stream, request.url])
      return stream === 'room:1'
    }
    const authenticate = () => 'u'
    return withCable({ authenticate, authorize }, async ({ connect, cable }) => {
      const client = await connect('/cable?q=1')
      assert.equal((await client.subscribe('room:1', { cursor: null })).type, 'subscribed')
      assert.deepEqual(await client.subscribe('room:2'), unauthorized('room:2'))
      await cable.broadcastJson('room:2', 1)
      await cable.broadcastJson('room:1', 2)
      assert.equal((await client.next()).data, 2)
      assert.deepEqual(seen, [
        ['u', 'room:1', '/cable?q=1'],
        ['u', 'room:2', '/cable?q=1'],
      ])
    })
  })

  it('is asked about the stream that a token means, and only where the token is good', () => {
    const streams: string[] = []
    const authorize = ({ stream }: Asked) => {
      streams.push(stream)
      return true
    }
    return withCable({ secret: 'k', authorize }, async ({ connect }) => {
      const client = await connect()
      assert.equal((await client.subscribe(new Signer(['k']).sign('room:1'))).type, 'subscribed')
      assert.equal((await client.subscribe('room:2')).type, 'rejected')
      assert.equal((await client.subscribe(new Signer(['other']).sign('room:3'))).type, 'rejected')
      assert.deepEqual(streams, ['room:1'])
    })
  })

  const refusals: readonly [what: string, authorize: () => unknown, logged: boolean][] = [
    ['says false', () => false, false],
    ['says false later', async () => false, false],
    ['says something but true', () => 1, false],
    ['says nothing', () => undefined, false],
    [
      'throws',
      () => {
        throw new Error('no table')
      },
      true,
    ],
    ['rejects', async () => Promise.reject(new Error('no table')), true],
    ['rejects with nothing', () => Promise.reject(undefined), true],
  ]
  for (const [what, authorize, logged] of refusals) {
    it(`that ${what} refuses${logged ? ', is logged once, and takes nobody down' : ''}`, (t) => {
      const warned = warnings(t)
      return withCable({ authorize: authorize as () => boolean }, async ({ connect, cable }) => {
        const client = await connect()
        assert.deepEqual(await client.subscribe('s'), unauthorized('s'))
        assert.deepEqual(await client.subscribe('s', { cursor: null }), unauthorized('s'))
        assert.equal(warned.length, logged ? 1 : 0)
        assert.deepEqual([cable.stats().subscriptions, cable.stats().connections], [0, 1])
      })
    })
  }

  it('that answers late opens then, with everything since the cursor', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask }, async ({ connect, cable }) => {
      const client = await connect()
      const cursor = /data-cursor="([^"]*)"/.exec(cable.turboStreamFrom('s'))?.[1]
      const answered = client.subscribe('s', { cursor })
      const question = await app.next()
      await cable.broadcastJson('s', 'meanwhile'.length)
      assert.deepEqual(client.inbox, [])
      question.answer(true)
      assert.equal((await answered).recovered, true)
      assert.equal((await client.next()).data, 9)
    })
  })

  it('whose answer comes after the unsubscribe opens nothing', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask }, async ({ connect, cable }) => {
      const client = await connect()
      client.send({ type: 'subscribe', stream: 'a', cursor: null })
      client.send({ type: 'unsubscribe', stream: 'a' })
      const first = await app.next()
      const answered = client.subscribe('b')
      const second = await app.next()
      first.answer(true)
      second.answer(true)
      assert.equal((await answered).stream, 'b')
      await cable.broadcastJson('a', 1)
      await cable.broadcastJson('b', 2)
      assert.equal((await client.next()).data, 2)
      assert.equal(cable.stats().subscriptions, 1)
    })
  })

  it('whose answer comes after the client has gone opens nothing', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask }, async ({ connect, cable, server }) => {
      const serverSide = once(server, 'connection')
      const client = await connect()
      client.send({ type: 'subscribe', stream: 's' })
      const question = await app.next()
      const [socket] = await serverSide
      const closed = once(socket, 'close')
      client.ws.terminate()
      await closed
      question.answer(true)
      await new Promise((resolve) => setImmediate(resolve))
      assert.deepEqual([cable.stats().subscriptions, cable.stats().streams], [0, 0])
    })
  })

  it('whose yes comes after a revoke opens nothing', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask, authenticate: () => 'u' }, async ({ connect, cable }) => {
      const client = await connect()
      for (const extra of [{}, { cursor: null }]) {
        const answered = client.subscribe('s', extra)
        const question = await app.next()
        const undo = cable.revoke('s', (identity) => identity === 'u')
        question.answer(true)
        assert.deepEqual(await answered, unauthorized('s'))
        undo()
      }
      assert.equal(cable.stats().subscriptions, 0)
    })
  })

  it('whose yes comes after a disconnect opens nothing', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask, authenticate: () => 'u' }, async ({ connect, cable }) => {
      const client = await connect()
      client.send({ type: 'subscribe', stream: 's' })
      const question = await app.next()
      cable.disconnect(() => true)
      question.answer(true)
      assert.equal((await client.next()).type, 'disconnect')
      await client.closed
      assert.deepEqual([client.inbox, cable.stats().subscriptions], [[], 0])
    })
  })

  it('asked twice for one stream is asked one after the other, the later answer counts, and the stream is delivered once', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask }, async ({ connect, cable }) => {
      const client = await connect()
      client.send({ type: 'subscribe', stream: 's', cursor: null })
      client.send({ type: 'subscribe', stream: 's', cursor: null })
      client.send({ type: 'subscribe', stream: 's', cursor: null })
      const first = await app.next()
      client.ws.ping()
      await once(client.ws, 'pong')
      assert.equal(app.count, 1)
      first.answer(false)
      const second = await app.next()
      second.answer(true)
      assert.equal((await client.next()).type, 'subscribed')
      await cable.broadcastJson('s', 1)
      assert.equal((await client.next()).data, 1)
      assert.deepEqual([client.inbox, app.count, cable.stats().subscriptions], [[], 2, 1])
    })
  })

  it('asked again while live, a no ends what is live', () => {
    const answers = [true, false]
    return withCable({ authorize: () => answers.shift() === true }, async ({ connect, cable }) => {
      const [client, other] = [await connect(), await connect()]
      assert.equal((await client.subscribe('s')).type, 'subscribed')
      assert.deepEqual(await client.subscribe('s'), unauthorized('s'))
      answers.push(true)
      await other.subscribe('s')
      await cable.broadcastJson('s', 1)
      await other.next()
      assert.deepEqual([client.inbox, cable.stats().subscriptions], [[], 1])
    })
  })

  it('that never answers is asked about no more streams than a connection may have', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask, limits: { streamsPerConnection: 3 } }, async ({ connect }) => {
      const client = await connect()
      for (let n = 0; n < 10; n++) client.send({ type: 'subscribe', stream: `s${n}` })
      for (let n = 3; n < 10; n++) {
        assert.deepEqual(await client.next(), { type: 'rejected', stream: `s${n}`, reason: 'limit' })
      }
      assert.equal(app.count, 3)
    })
  })

  it('is asked once at a time, and no more streams than a connection may have, however fast a client subscribes and leaves', () => {
    const app = new Asking<Asked>()
    return withCable({ authorize: app.ask, limits: { streamsPerConnection: 5 } }, async ({ connect }) => {
      const client = await connect()
      for (let n = 0; n < 240; n++) {
        client.send({ type: 'subscribe', stream: `s${n % 10}` })
        client.send({ type: 'unsubscribe', stream: `s${n % 10}` })
      }
      client.ws.ping()
      await once(client.ws, 'pong')
      assert.equal(app.count, 5)
    })
  })

  it('that takes too long is a refusal, and the app is told that its answer is of no use', (t) => {
    const warned = warnings(t)
    const signals: AbortSignal[] = []
    const authorize = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      return new Promise<boolean>(() => {})
    }
    return withCable({ authorize, limits: { answerTime: 20 } }, async ({ connect }) => {
      const client = await connect()
      assert.deepEqual(await client.subscribe('s'), unauthorized('s'))
      assert.equal(signals[0]?.aborted, true)
      assert.match(warned.join(), /no answer within 20 ms/)
    })
  })

  it('is told by its signal when the client has gone', async () => {
    let tell: (signal: AbortSignal) => void = () => {}
    const asked = new Promise<AbortSignal>((resolve) => {
      tell = resolve
    })
    const authorize = ({ signal }: { signal: AbortSignal }) => {
      tell(signal)
      return new Promise<boolean>(() => {})
    }
    await withCable({ authorize, limits: { answerTime: 60_000 } }, async ({ connect }) => {
      const client = await connect()
      client.send({ type: 'subscribe', stream: 's' })
      const signal = await asked
      client.ws.terminate()
      if (!signal.aborted) await once(signal, 'abort')
    })
  })
})
