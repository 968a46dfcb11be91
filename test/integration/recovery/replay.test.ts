// Replay and live are one sequence: whoever subscribes while a publisher hammers gets each position once, ascending.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Positioned } from '../../../src/engine/engine.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { byChance, type Chance } from '../../support/chance.ts'
import { LateEngine } from './late-engine.ts'
import { hammer, recordedBy, streams, turn } from './publisher.ts'
import { Subscriber, verifyPlain } from './subscriber.ts'
import { engines, type HubContext, withHub } from './with-hub.ts'

for (const [name, build] of Object.entries(engines)) {
  /** Runs a test over the engine; `sent` is what it has handed on, in order. */
  const withEngine = (
    run: (context: HubContext & { chance: Chance; sent: Positioned[]; epoch: string }) => Promise<void>,
  ) =>
    byChance((chance) => {
      const engine = build(chance)
      const sent = recordedBy(engine)
      const epoch = engine.cursorAt(0).slice(0, -2)
      return withHub(engine, (context) => run({ ...context, chance, sent, epoch }))
    })

  describe(`with ${name}`, () => {
    it('each subscriber sees each position once, ascending, replayed before live, whenever it comes', () =>
      withEngine(async ({ publish, connect, chance, sent, epoch }) => {
        const clients = await Promise.all(Array.from({ length: 20 }, connect))
        const subscribers = clients.map((client) => new Subscriber(client, epoch))
        const hammered = hammer(publish, chance, 600)
        for (const subscriber of subscribers) {
          for (let turns = chance(10); turns > 0; turns--) await turn()
          for (const stream of streams) subscriber.subscribe(stream, chance(3) ? 0 : null)
        }
        await hammered
        for (const subscriber of subscribers) await subscriber.verify(sent)
      }))

    it('a subscriber that resumes again and again, live or while it is being replayed to, sees the same', () =>
      withEngine(async ({ publish, connect, chance, sent, epoch }) => {
        const clients = await Promise.all(Array.from({ length: 10 }, connect))
        const subscribers = clients.map((client) => new Subscriber(client, epoch))
        let hammering = true
        const hammered = hammer(publish, chance, 600).finally(() => {
          hammering = false
        })
        const restless = async (subscriber: Subscriber) => {
          for (const stream of streams) subscriber.subscribe(stream, 0)
          while (hammering) {
            const stream = streams[chance(3)] as string
            const seen = subscriber.seen(stream)
            subscriber.subscribe(stream, [seen, seen, Math.max(0, seen - chance(5)), null][chance(4)] as number | null)
            for (let turns = chance(4); turns > 0; turns--) await turn()
          }
        }
        await Promise.all(subscribers.map(restless))
        await hammered
        for (const subscriber of subscribers) await subscriber.verify(sent)
      }))

    it('plain and cursor subscribers beside each other each get their own wire, and everything', () =>
      withEngine(async ({ publish, connect, chance, sent, epoch }) => {
        const [plain, resuming, changing] = [await connect(), await connect(), await connect()]
        const subscriber = new Subscriber(resuming, epoch)
        const hammered = hammer(publish, chance, 300)
        for (const stream of streams) {
          plain.send({ type: 'subscribe', stream })
          subscriber.subscribe(stream, 0)
          // Asked with a cursor first: the plain one is what counts from then on.
          changing.send({ type: 'subscribe', stream, cursor: null })
          changing.send({ type: 'subscribe', stream })
          await turn()
        }
        await hammered
        await subscriber.verify(sent)
        for (const stream of streams) verifyPlain([...plain.inbox], stream, sent)
        const changed = await changing.drain()
        const last = changed.findLastIndex(({ type }) => type === 'subscribed')
        const after = changed.slice(last + 1)
        assert.ok(after.length > 0)
        assert.equal(after.filter(({ cursor }) => cursor !== undefined).length, 0)
      }))

    it('two names of one stream, asked for together, are both answered, and the stream is sent once', () =>
      byChance(async (chance) => {
        const secret = 'a secret for tests'
        const signer = new Signer([secret])
        const [one, two] = [signer.sign('a'), signer.sign('a', { expires: Date.now() + 3_600_000 })]
        const engine = build(chance)
        const sent = recordedBy(engine)
        await withHub(
          engine,
          async ({ publish, connect }) => {
            for (let n = 0; n < 5; n++) await publish('a', n)
            const client = await connect()
            client.send({ type: 'subscribe', stream: one, cursor: engine.cursorAt(2) })
            client.send({ type: 'subscribe', stream: two, cursor: null })
            await hammer(publish, chance, 60)
            const expected = sent.filter(({ stream, position }) => stream === 'a' && position > 2)
            const answered = new Set<unknown>()
            const positions: number[] = []
            while (answered.size < 2 || positions.at(-1) !== expected.at(-1)?.position) {
              const { type, stream, cursor } = await client.next()
              if (type === 'subscribed') answered.add(stream)
              else positions.push(Number(String(cursor).split(':').at(-1)))
            }
            assert.deepEqual(
              positions,
              expected.map(({ position }) => position),
            )
          },
          { secret },
        )
      }))
  })
}

describe('with an engine that fails', () => {
  for (const fail of [true, 'at once'] as const) {
    it(`a subscribe with a cursor is told of a gap and goes on live (fails ${fail === true ? 'late' : fail})`, () =>
      byChance(async (chance) => {
        const engine = new LateEngine(chance)
        await withHub(engine, async ({ publish, connect }) => {
          await publish('a', 1)
          engine.fail = fail
          const client = await connect()
          const answer = await client.subscribe('a', { cursor: 'late:0' })
          assert.deepEqual(answer, {
            type: 'subscribed',
            stream: 'a',
            cursor: 'late:1',
            recovered: false,
            refresh: 2_000,
          })
          await assert.rejects(publish('a', 2), /the engine is away/)
          engine.fail = false
          await publish('a', 3)
          assert.deepEqual((await client.next()).data, { n: 3 })
          assert.deepEqual(await client.drain(), [])
        })
      }))
  }
})

describe('a stream known by two names', () => {
  it('goes on by the one when the other is given up before its replay has come', async () => {
    const secret = 'a secret for tests'
    const signer = new Signer([secret])
    const [one, two] = [signer.sign('a'), signer.sign('a', { expires: Date.now() + 3_600_000 })]
    // Waits when told to, so that a broadcast falls between the asking and the giving up.
    const engine = new LateEngine(() => 0)
    const since = engine.since.bind(engine)
    let wait = Promise.resolve()
    engine.since = async (...question) => {
      await wait
      return since(...question)
    }
    await withHub(
      engine,
      async ({ hub, publish, connect }) => {
        const client = await connect()
        await client.subscribe(one, { cursor: null })
        let open = () => {}
        wait = new Promise((resolve) => {
          open = resolve
        })
        client.send({ type: 'subscribe', stream: two, cursor: null })
        while (hub.stats().subscriptions < 2) await turn()
        await publish('a', 1)
        client.send({ type: 'unsubscribe', stream: two })
        while (hub.stats().subscriptions > 1) await turn()
        open()
        assert.deepEqual((await client.next()).data, { n: 1 })
        await publish('a', 2)
        assert.deepEqual((await client.next()).data, { n: 2 })
      },
      { secret },
    )
  })
})
