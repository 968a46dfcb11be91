// Later jobs in a real BullMQ on a real Redis, of both its versions: they come back as they were, and those of a stream in the order
// of their calls, however many workers there are and whatever fails on the way.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Queue as Queue6, Worker as Worker6 } from 'bullmq'
import { Queue as Queue5, Worker as Worker5 } from 'bullmq5'
import { createVerbs, type VerbContext } from '../../../src/broadcast/create-verbs.ts'
import { Refreshes } from '../../../src/broadcast/refreshes.ts'
import type { Serializers } from '../../../src/broadcast/serialize.ts'
import type { Publisher } from '../../../src/publisher/publisher.ts'
import { bullmqProcessor, bullmqScheduler } from '../../../src/queue/bullmq.ts'
import { type Redis, startRedis } from '../../support/redis.ts'
import { defaults } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

const versions: [name: string, Queue: typeof Queue6, Worker: typeof Worker6][] = [
  ['BullMQ 6', Queue6, Worker6],
  // The same names and calls: the two differ in what they are made of.
  ['BullMQ 5', Queue5 as unknown as typeof Queue6, Worker5 as unknown as typeof Worker6],
]

let redis: Redis
before(async () => {
  redis = await startRedis()
})
after(() => redis.stop())

class Message {
  constructor(readonly id: number) {}
}
const serialize: Serializers = {
  Message: { class: Message, dump: ({ id }) => id, load: async (id) => new Message(id) },
}

/** What the hub was sent: `['a 1', 'b 1', …]`, the stream and the text of each broadcast. */
class Hub implements Publisher {
  readonly taken: string[] = []
  readonly #waiters = new Set<() => void>()
  /** What is asked before a broadcast is taken: it may wait, or throw. */
  obstacle: (broadcast: string) => Promise<void> | void = () => {}

  async publish([broadcast]: Parameters<Publisher['publish']>[0]): Promise<void> {
    const text = `${broadcast?.stream} ${/<template>(.*)<\/template>/.exec(String(broadcast?.data))?.[1]}`
    await this.obstacle(text)
    this.taken.push(text)
    for (const look of this.#waiters) look()
  }

  async has(count: number): Promise<string[]> {
    await new Promise<void>((resolve) => {
      const look = () => this.taken.length >= count && resolve()
      this.#waiters.add(look)
      look()
    })
    return this.taken
  }
}

for (const [version, Queue, Worker] of versions) {
  describe(version, () => {
    let number = 0

    /** A queue, workers for it, a hub, and verbs of another process: all that is in it went through Redis. */
    async function withQueue(
      options: { workers?: number; concurrency?: number; attempts?: number; delay?: number; port?: number },
      run: (house: {
        hub: Hub
        verbs: ReturnType<typeof createVerbs>
        queue: Queue6
        idle(): Promise<void>
      }) => Promise<void>,
    ) {
      const { workers = 1, concurrency = 10, attempts = 1, delay = 1, port = redis.port } = options
      const connection = { host: '127.0.0.1', port }
      const name = `broadcasts-${version.at(-1)}-${++number}`
      const queue = new Queue(name, {
        connection,
        defaultJobOptions: { attempts, backoff: { type: 'fixed', delay }, removeOnFail: true },
      })
      const hub = new Hub()
      const unregister = defaults.registerProcessCable({
        publisher: () => hub,
        renderer: () => ({
          render: async (partial, locals) => `${partial} ${Object.values(locals).map(described).join()}`,
        }),
        scheduler: () => scheduler,
      })
      const undoSerializers = defaults.registerConfigured({ serializers: () => serialize })
      const scheduler = bullmqScheduler(queue)
      const context: VerbContext = {
        publisher: () => hub,
        renderer: () => undefined,
        scheduler: () => scheduler,
        serializers: () => serialize,
        refreshes: () => new Refreshes(),
      }
      const running = Array.from(
        { length: workers },
        () => new Worker(name, bullmqProcessor(queue), { connection, concurrency }),
      )
      queue.on('error', () => {})
      for (const worker of running) worker.on('error', () => {})
      try {
        await run({ hub, verbs: createVerbs(context), queue, idle: () => scheduler.idle() })
      } finally {
        await scheduler.idle()
        for (const worker of running) await worker.close()
        await queue.close()
        undoSerializers()
        unregister()
      }
    }

    const described = (value: unknown) => (value instanceof Message ? `Message ${value.id}` : String(value))

    it('performs a job as it was at the call: dates and records too', () =>
      withQueue({}, async ({ hub, verbs }) => {
        const locals = { message: new Message(7), at: new Date(0), list: [1] }
        verbs.broadcastAppendLaterTo('s', { target: 'x', partial: 'p', locals })
        locals.list.push(2)
        assert.deepEqual(await hub.has(1), [`s p Message 7,${new Date(0)},1`])
      }))

    it('refuses at the call what could not come back', () =>
      withQueue({ workers: 0 }, async ({ verbs }) => {
        class Unknown {}
        const call = () =>
          verbs.broadcastAppendLaterTo('s', { target: 'x', partial: 'p', locals: { a: [new Unknown()] } })
        assert.throws(call, { code: 'TURBO_CABLE_BAD_DATA', message: /`locals\.a\[0\]` is an instance of `Unknown`/ })
      }))

    it('keeps the order of each stream, with many jobs at once in several workers', () =>
      withQueue({ workers: 3 }, async ({ hub, verbs }) => {
        // The first of each stream is the slowest, and hundreds wait behind it.
        const gate = withResolvers()
        hub.obstacle = (text) => (text.endsWith(' 0') ? gate.promise : undefined)
        const streams = ['a', 'b', 'c', 'd']
        const count = 60
        for (let n = 0; n < count; n++)
          for (const stream of streams) verbs.broadcastUpdateLaterTo(stream, { target: 'x', text: n })
        gate.resolve()
        const taken = await hub.has(count * streams.length)
        for (const stream of streams) {
          const own = taken.filter((text) => text.startsWith(stream)).map((text) => Number(text.slice(2)))
          assert.deepEqual(
            own,
            Array.from({ length: count }, (_, n) => n),
          )
        }
      }))

    it('a stream that waits holds no other stream back', () =>
      withQueue({}, async ({ hub, verbs }) => {
        const gate = withResolvers()
        hub.obstacle = (text) => (text === 'slow 1' ? gate.promise : undefined)
        verbs.broadcastUpdateLaterTo('slow', { target: 'x', text: 1 })
        verbs.broadcastUpdateLaterTo('slow', { target: 'x', text: 2 })
        verbs.broadcastUpdateLaterTo('quick', { target: 'x', text: 1 })
        assert.deepEqual(await hub.has(1), ['quick 1'])
        gate.resolve()
        assert.deepEqual(await hub.has(3), ['quick 1', 'slow 1', 'slow 2'])
      }))

    it('a hub that is away is tried again, and the rest of the stream waits behind', (t) => {
      warnings(t)
      return withQueue({ attempts: 5 }, async ({ hub, verbs }) => {
        let failures = 3
        hub.obstacle = (text) => {
          if (text === 's 1' && failures-- > 0) throw new Error('away')
        }
        for (const text of [0, 1, 2, 3]) verbs.broadcastUpdateLaterTo('s', { target: 'x', text })
        assert.deepEqual(await hub.has(4), ['s 0', 's 1', 's 2', 's 3'])
      })
    })

    it('what fails for the last time is left out with a logged line, and those after it go on with attempts of their own', (t) => {
      const lines = warnings(t)
      return withQueue({ attempts: 2 }, async ({ hub, verbs }) => {
        const tries: string[] = []
        hub.obstacle = (text) => {
          tries.push(text)
          if (text === 's 1' || (text === 's 2' && tries.filter((each) => each === text).length === 1))
            throw new Error('away')
        }
        for (const text of [1, 2, 3]) verbs.broadcastUpdateLaterTo('s', { target: 'x', text })
        assert.deepEqual(await hub.has(2), ['s 2', 's 3'])
        assert.deepEqual(tries, ['s 1', 's 1', 's 2', 's 2', 's 3'])
        const given = '[turbo-cable] broadcastUpdateTo sent nothing to "s": the hub could not be reached'
        assert.equal(lines.filter((line) => line === given).length, 1, lines.join('\n'))
      })
    })

    it('a stream whose job was lost with its worker is taken over by the next', () =>
      withQueue({ workers: 0 }, async ({ hub, verbs, queue, idle }) => {
        verbs.broadcastUpdateLaterTo('s', { target: 'x', text: 1 })
        await idle()
        // It has taken the stream, and is gone for good before it has sent anything.
        const [first] = await queue.getJobs('waiting')
        assert.ok(first)
        const reached = withResolvers()
        hub.obstacle = () => {
          reached.resolve()
          return new Promise(() => {})
        }
        void bullmqProcessor(queue)(first)
        await reached.promise
        await first.remove()

        hub.obstacle = () => {}
        verbs.broadcastUpdateLaterTo('s', { target: 'x', text: 2 })
        await idle()
        const [second] = await queue.getJobs('waiting')
        assert.ok(second)
        await bullmqProcessor(queue)(second)
        assert.deepEqual(hub.taken, ['s 1', 's 2'])
      }))

    it('what a worker had begun when it died is sent by another, before what waits behind it', () =>
      withQueue({ workers: 0 }, async ({ hub, verbs, queue }) => {
        const begun = withResolvers()
        hub.obstacle = () => {
          begun.resolve()
          return new Promise(() => {})
        }
        const options = { connection: queue.opts.connection, lockDuration: 200, stalledInterval: 200 }
        const first = new Worker(queue.name, bullmqProcessor(queue), options)
        for (const text of [1, 2]) verbs.broadcastUpdateLaterTo('s', { target: 'x', text })
        await begun.promise
        // It waits for nothing, and its hold on the job ends when it is not renewed.
        await first.close(true)
        hub.obstacle = () => {}
        const second = new Worker(queue.name, bullmqProcessor(queue), options)
        try {
          assert.deepEqual(await hub.has(2), ['s 1', 's 2'])
        } finally {
          await second.close()
        }
      }))

    it('waits while Redis is away, and keeps the order', async () => {
      const own = await startRedis()
      let again: Redis | undefined
      try {
        await withQueue({ port: own.port }, async ({ hub, verbs }) => {
          verbs.broadcastUpdateLaterTo('s', { target: 'x', text: 1 })
          await hub.has(1)
          await own.stop()
          for (const text of [2, 3, 4]) verbs.broadcastUpdateLaterTo('s', { target: 'x', text })
          again = await startRedis(own.port)
          assert.deepEqual(await hub.has(4), ['s 1', 's 2', 's 3', 's 4'])
        })
      } finally {
        await again?.stop()
        await own.stop()
      }
    })

    it('leaves nothing in Redis', () =>
      withQueue({}, async ({ hub, verbs, queue }) => {
        for (const text of [1, 2]) verbs.broadcastUpdateLaterTo('s', { target: 'x', text })
        await hub.has(2)
        const { waiting = 0, active = 0, completed = 0 } = await settled(queue)
        assert.deepEqual({ waiting, active, completed }, { waiting: 0, active: 0, completed: 0 })
        const backend = queue as unknown as { client?: Promise<Keys>; getBackend?(): { client: Promise<Keys> } }
        const client = (await (backend.client ?? backend.getBackend?.().client)) as Keys
        assert.equal(await client.exists(queue.toKey('stream:s')), 0)
        assert.equal(await client.exists(queue.toKey('stream-holder:s')), 0)
      }))
  })
}

interface Keys {
  exists(key: string): Promise<number>
}

/** The counts of the queue once no job runs or waits. */
async function settled(queue: Queue6): Promise<Record<string, number>> {
  for (;;) {
    const counts = await queue.getJobCounts('waiting', 'active', 'completed')
    if (!counts.waiting && !counts.active) return counts
  }
}

function withResolvers() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
