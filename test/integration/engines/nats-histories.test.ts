// What processes do when the log of NATS between them is not the one that it was: a hole is always said aloud.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { natsEngine } from '../../../src/engine/nats.ts'
import { NatsServer } from '../../support/nats-server.ts'
import { beginsAnew, heard, one, type Process, withProcesses } from '../../support/processes.ts'
import { Switch } from '../../support/switch.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'
import { noDeadline } from '../../unit/engine/engine-suite.ts'

type Context = { nats: NatsServer; join(url?: string): Promise<Process> }
type Settings = NonNullable<Parameters<typeof NatsServer.start>[0]>

async function withNats(t: TestContext, run: (context: Context) => Promise<void>, settings?: Settings): Promise<void> {
  const nats = await NatsServer.start(settings)
  await withProcesses(t, nats, (join) => run({ nats, join: (url = nats.url) => join(natsEngine({ url })) }))
}

async function two({ join }: Context, url?: string): Promise<{ all: [Process, Process]; cursors: string[] }> {
  const all: [Process, Process] = [await join(url), await join(url)]
  for (const n of [1, 2, 3]) await all[0].engine.publish(one(n))
  await all[1].listener.until(() => all[1].listener.heard.length === 3)
  return { all, cursors: all.map(({ engine }) => engine.cursor() as string) }
}

// Somebody who has seen nothing.
async function worker({ nats }: Context, count: number): Promise<void> {
  const engine = natsEngine({ url: nats.url })
  for (let n = 0; n < count; n++) await engine.publish(one(100 + n))
}

describe('processes whose NATS is another one', () => {
  it('begin anew where the stream was deleted, also where the position has overtaken the old one', (t) =>
    withNats(t, async (context) => {
      const { all, cursors } = await two(context)
      await context.nats.with(async (connection) => {
        await (await jetstreamManager(connection)).streams.delete('turbo-cable')
      })
      await worker(context, 20)
      await beginsAnew(all, cursors)
    }))

  it('begin anew after kill -9 and a restart, as nobody can prove that all is there', (t) =>
    withNats(t, async (context) => {
      const { all, cursors } = await two(context)
      await context.nats.kill()
      await context.nats.start()
      await beginsAnew(all, cursors)
    }))

  it('begin anew on another server behind the same address', (t) =>
    withNats(t, async (context) => {
      const address = await Switch.to(context.nats.port)
      const other = await NatsServer.start()
      const { all, cursors } = await two(context, `nats://127.0.0.1:${address.port}`)
      address.lead(other.port)
      await beginsAnew(all, cursors)
      for (const { engine, listener } of all) await engine.stop(listener)
      await address.close()
      await other.end()
    }))

  it('confirm nothing wrongly after a purge', (t) =>
    withNats(t, async (context) => {
      const { all, cursors } = await two(context)
      const [a] = all
      await context.nats.with(async (connection) => {
        await (await jetstreamManager(connection)).streams.purge('turbo-cable')
      })
      // Who has read everything still knows it.
      await a.engine.publish(one(4))
      const { messages } = await a.engine.since('s', cursors[0] as string, noDeadline)
      assert.deepEqual(
        messages.map(({ json }) => json),
        ['4'],
      )
      const late = await context.join()
      assert.equal((await late.engine.since('s', cursors[0] as string, noDeadline)).recovered, false)
      await beginsAnew(all, cursors)
    }))
})

// As in a cluster, where who answers says nothing about what is there.
describe('processes that cannot tell one server of NATS from another', () => {
  const shared = { domain: 'shared' }

  it('go on where they were after kill -9 and a restart that lost nothing', (t) =>
    withNats(
      t,
      async (context) => {
        const { all } = await two(context)
        await context.nats.kill()
        await context.nats.start()
        await worker(context, 1)
        for (const each of all) {
          await each.listener.until(() => each.listener.heard.length === 4)
          assert.deepEqual([heard(each), each.listener.losses], [[1, 2, 3, 100], 0])
        }
      },
      shared,
    ))

  for (const [what, more] of [
    ['holds less than they have seen', 0],
    ['has given the positions that they have seen out anew', 20],
  ] as const) {
    it(`begin anew where older files were restored and it ${what}`, (t) =>
      withNats(
        t,
        async (context) => {
          const { nats, join } = context
          const first = await join()
          await first.engine.stop(first.listener)
          await nats.kill()
          nats.keep()
          await nats.start()
          const proxy = await TcpProxy.to(nats.port)
          const { all, cursors } = await two(context, `nats://127.0.0.1:${proxy.port}`)
          proxy.refuse(true)
          await nats.kill()
          nats.restore()
          await nats.start()
          await worker(context, more)
          proxy.refuse(false)
          await beginsAnew(all, cursors)
          for (const { engine, listener } of all) await engine.stop(listener)
          await proxy.close()
        },
        shared,
      ))
  }
})

describe('a process that joins later', () => {
  it('has what the others have', (t) =>
    withNats(t, async (context) => {
      const from = (await context.join()).engine.cursor() as string
      const { all } = await two(context)
      const late = await context.join()
      for (const { engine } of [...all, late]) {
        const { messages } = await engine.since('s', from, noDeadline)
        assert.deepEqual(messages, all[0].listener.heard)
      }
      // A page that was served here goes on there, and the other way round.
      for (const [one, other] of [
        [all[0], late],
        [late, all[0]],
      ] as const) {
        const { recovered, messages } = await other.engine.since('s', one.engine.cursor() as string, noDeadline)
        assert.deepEqual({ recovered, messages }, { recovered: true, messages: [] })
      }
    }))

  it('agrees with those that start at the same moment on which history it is', (t) =>
    withNats(t, async ({ join }) => {
      const all = await Promise.all(Array.from({ length: 5 }, () => join()))
      const epochs = new Set(all.map(({ engine }) => engine.cursor()?.split(':')[0]))
      assert.equal(epochs.size, 1)
      assert.ok(all.every(({ listener }) => listener.losses === 0))
    }))
})

describe('a batch that NATS cannot take', () => {
  it('is refused whole, and says why', (t) =>
    withNats(t, async ({ join }) => {
      const a = await join()
      const long = JSON.stringify('x'.repeat(600_000))
      const large = [1, 2].map(() => ({ stream: 's', json: long }))
      await assert.rejects(a.engine.publish(large), { code: 'TURBO_CABLE_UNREACHABLE', message: /max_payload/ })
      const many = Array.from({ length: 4_097 }, () => ({ stream: 's', json: '1' }))
      await assert.rejects(a.engine.publish(many), { message: /at most 4096 broadcasts/ })
      await a.engine.publish(one(1))
      assert.deepEqual(heard(a), [1])
    }))

  it('is answered with 413 where it comes over HTTP, as trying again is of no use', async (t) => {
    warnings(t)
    const nats = await NatsServer.start()
    await withCable(
      { engine: natsEngine({ url: nats.url }), limits: { bodyBytes: 2_000_000 } },
      async ({ broadcast }) => {
        assert.equal((await broadcast({ stream: 's', data: 'x' })).status, 200)
        const { status, statusText } = await broadcast({ stream: 's', data: 'x'.repeat(1_200_000) })
        assert.deepEqual([status, statusText], [413, 'Payload Too Large'])
        assert.equal((await broadcast({ stream: 's', data: 'y' })).status, 200)
      },
    )
    await nats.end()
  })
})
