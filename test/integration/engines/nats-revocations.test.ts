// Revocations that have an end stand in the log of NATS until then: as signals, and in the marks when those are trimmed away.

import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { natsEngine } from '../../../src/engine/nats.ts'
import { NatsServer } from '../../support/nats-server.ts'
import { fillLog, one, type Process, whileAway, withProcesses } from '../../support/processes.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { Listener, noDeadline } from '../../unit/engine/engine-suite.ts'

it('are handed on to who comes later, and again after a hole, also when their signals are gone', async (t) => {
  const nats = await NatsServer.start()
  await withProcesses(t, nats, async (joinWith) => {
    const join = () => joinWith(natsEngine({ url: nats.url, logBytes: 2 ** 20 }))
    const a = await join()
    const until = Date.now() + 3_600_000
    const signal = (subject: string, more: object = {}) =>
      a.engine.signal({ type: 'revoke', stream: 's', subject, ...more })
    for (const subject of ['7', 'restored']) await signal(subject, { until })
    // Of two, the one that ends later holds.
    await signal('7', { until: until - 1_000 })
    await signal('ended', { until: Date.now() })
    await signal('without an end')
    await a.engine.signal({ type: 'restore', stream: 's', subject: 'restored' })
    const held = { type: 'revoke', stream: 's', subject: '7', until }
    const later = await join()
    assert.deepEqual(later.listener.signals, [held])
    // Another cable on the same engine.
    const second = new Listener()
    await later.engine.start(second)
    assert.deepEqual(second.signals, [held])
    await later.engine.stop(second)
    const { length } = later.listener.signals
    await a.engine.refreshAll()
    await later.listener.until(() => later.listener.signals.length > length)
    assert.deepEqual(later.listener.signals.at(-1), held)
    await fillLog(a)
    assert.deepEqual((await join()).listener.signals, [held])
    assert.equal(a.listener.losses, 1)
  })
})

it('are said again where the stream was deleted and somebody who knows of none made it anew', async (t) => {
  const nats = await NatsServer.start()
  await withProcesses(t, nats, async (joinWith) => {
    const join = () => joinWith(natsEngine({ url: nats.url }))
    const a = await join()
    const held = { type: 'revoke', stream: 's', subject: '7', until: Date.now() + 3_600_000 } as const
    await a.engine.signal(held)
    await nats.with(async (connection) => {
      await (await jetstreamManager(connection)).streams.delete('turbo-cable')
    })
    const newcomer = await join()
    await newcomer.listener.until(() => newcomer.listener.signals.length > 0)
    assert.deepEqual(newcomer.listener.signals, [held])
    assert.deepEqual((await join()).listener.signals, [held])
  })
})

const about = { stream: 's', subject: '7' } as const

/** Two processes, of which the second may be cut off until everything of now has gone out of the log. */
async function withOneAway(
  t: TestContext,
  run: (context: {
    readonly nats: NatsServer
    readonly a: Process
    readonly b: Process
    missing(work: () => Promise<void>): Promise<void>
    join(): Promise<Process>
  }) => Promise<void>,
): Promise<void> {
  const nats = await NatsServer.start()
  const way = await TcpProxy.to(nats.port)
  t.after(() => way.close())
  await withProcesses(t, nats, async (joinWith) => {
    const join = (port = nats.port) => joinWith(natsEngine({ url: `nats://127.0.0.1:${port}`, logBytes: 2 ** 20 }))
    const [a, b] = [await join(), await join(way.port)]
    await run({ nats, a, b, missing: (work) => whileAway(way, a, b, work), join })
  })
}

it('that were undone while a process was away for too long are not brought back by it', (t) =>
  withOneAway(t, async ({ a, b, missing, join }) => {
    await a.engine.signal({ type: 'revoke', ...about, until: Date.now() + 3_600_000 })
    await b.listener.until(() => b.listener.signals.length === 1)
    await missing(() => a.engine.signal({ type: 'restore', ...about }))
    assert.deepEqual(b.listener.signals.at(-1), { type: 'restore', ...about })
    await fillLog(b)
    assert.equal(a.listener.signals.length, 2)
    assert.deepEqual((await join()).listener.signals, [])
  }))

it('hold for a process that missed them, also where they were undone in a stream before this one', (t) =>
  withOneAway(t, async ({ nats, a, b, missing }) => {
    for (let n = 0; n < 100; n++) await a.engine.publish(one(n))
    const until = Date.now() + 3_600_000
    await a.engine.signal({ type: 'revoke', ...about, until })
    await a.engine.signal({ type: 'restore', ...about })
    await b.listener.until(() => b.listener.signals.length === 2)
    await nats.with(async (connection) => {
      await (await jetstreamManager(connection)).streams.delete('turbo-cable')
    })
    for (const { engine, listener } of [a, b]) {
      await listener.until(() => listener.losses === 1)
      await engine.since('s', null, noDeadline)
    }
    await missing(() => a.engine.signal({ type: 'revoke', ...about, until }))
    assert.deepEqual(b.listener.signals.at(-1), { type: 'revoke', ...about, until })
  }))
