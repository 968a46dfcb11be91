// What processes do that share an engine, whichever it is.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Signal } from '../../../src/engine/engine.ts'
import { type EngineKind, type EngineServer, type EngineSettings, engines } from '../../support/engines.ts'
import { heard, one, type Process, withProcesses } from '../../support/processes.ts'
import { Switch } from '../../support/switch.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { noDeadline } from '../../unit/engine/engine-suite.ts'

interface Context {
  readonly server: EngineServer
  join(port?: number, settings?: EngineSettings): Promise<Process>
}

// These wait until a server is taken for away: all engines do at once.
function slow(name: string, run: (context: Context) => Promise<void>): void {
  it(`${name}, with each engine`, async (t: TestContext) => {
    warnings(t)
    await Promise.all(
      engines.map(async (kind) => {
        const server = await kind.start()
        await withProcesses(undefined, server, (join) =>
          run({ server, join: (port = server.port, settings) => join(kind.engine(port, settings)) }),
        )
      }),
    )
  })
}

slow('processes apply nothing late that they have said was not sent', async ({ server, join }) => {
  const address = await Switch.to(server.port)
  const [a, b] = [await join(address.port), await join()]
  await a.engine.publish(one(1))
  const release = address.hold()
  await assert.rejects(a.engine.publish(one(2)), { code: 'TURBO_CABLE_UNREACHABLE' })
  const again = () =>
    a.engine.publish(one(3)).then(
      () => true,
      () => false,
    )
  while (!(await again())) await new Promise(setImmediate)
  await release()
  await b.engine.publish(one(4))
  assert.deepEqual(heard(b), [1, 3, 4])
  await a.engine.stop(a.listener)
  await address.close()
})

slow(
  'what a process has said was not sent never comes, though it ends before it can say so again',
  async ({ server, join }) => {
    const address = await Switch.to(server.port)
    const [a, b] = [await join(address.port), await join()]
    await a.engine.signal({ type: 'revoke', stream: 's', subject: 'u' })
    await a.engine.publish(one(1))
    const release = address.hold()
    await Promise.all([
      assert.rejects(a.engine.publish(one(2)), { code: 'TURBO_CABLE_UNREACHABLE' }),
      assert.rejects(a.engine.publish(one(5), 'named'), { code: 'TURBO_CABLE_UNREACHABLE' }),
      assert.rejects(a.engine.signal({ type: 'restore', stream: 's', subject: 'u' }), {
        code: 'TURBO_CABLE_UNREACHABLE',
      }),
    ])
    await a.engine.stop(a.listener)
    await b.engine.publish(one(3))
    await release()
    // The server has what was held by now; these come after it.
    await b.engine.publish(one(4))
    for (const _ of ['once', 'twice']) await b.engine.publish(one(5), 'named')
    // What has an id may come, as its sender may try again, and comes once.
    assert.deepEqual([heard(b).filter((n) => n !== 5), heard(b).filter((n) => n === 5)], [[1, 3, 4], [5]])
    assert.deepEqual(
      b.listener.signals.map(({ type }) => type),
      ['revoke'],
    )
    await address.close()
  },
)

slow(
  'what was on its way on a connection that was cut is refused once the engine knows not to take it',
  async ({ server, join }) => {
    const address = await Switch.to(server.port)
    const [a, b] = [await join(address.port), await join()]
    await a.engine.publish(one(1))
    const release = address.hold()
    const since = performance.now()
    const refused = Promise.all(
      [2, 3].map((n) => assert.rejects(a.engine.publish(one(n)), { code: 'TURBO_CABLE_UNREACHABLE' })),
    )
    // What is written by now is held.
    await setTimeout(100)
    address.lead(server.port)
    await refused
    assert.ok(performance.now() - since < 3_000, 'before it would be given up by itself')
    await a.engine.stop(a.listener)
    await b.engine.publish(one(4))
    await release()
    for (const n of [5, 6]) await b.engine.publish(one(n))
    assert.deepEqual(heard(b), [1, 4, 5, 6])
    await address.close()
  },
)

slow('who comes over to another history hears who was taken out in it before', async ({ server, join }) => {
  const proxy = await TcpProxy.to(server.port)
  const [a, b] = [await join(), await join(proxy.port)]
  await a.engine.publish(one(1))
  proxy.refuse(true)
  await proxy.cut()
  await server.kill()
  await server.start()
  const taken = () =>
    a.engine.publish(one(2)).then(
      () => true,
      () => false,
    )
  while (!(await taken())) await setTimeout(20)
  const about = { stream: 's', subject: 'u' }
  const said: Signal[] = [
    { type: 'revoke', ...about },
    { type: 'revoke', stream: 't', subject: 'u' },
    { type: 'restore', ...about },
    { type: 'disconnect', subject: 'v' },
  ]
  for (const signal of said) await a.engine.signal(signal)
  proxy.refuse(false)
  await b.listener.until(() => b.listener.signals.length >= said.length)
  assert.deepEqual(
    b.listener.signals.map(({ type }) => type),
    said.map(({ type }) => type),
  )
  const last = b.listener.signals.at(-1)
  assert.ok(last?.type === 'disconnect' && Number(last.ago) < 10_000, 'so that nobody goes who has come since')
  await b.engine.stop(b.listener)
  await proxy.close()
})

slow('processes notice a network that swallows everything, refuse meanwhile, and go on', async ({ server, join }) => {
  const proxy = await TcpProxy.to(server.port)
  const [near, far] = [await join(), await join(proxy.port)]
  void proxy.swallow()
  await assert.rejects(far.engine.publish(one(0)), { code: 'TURBO_CABLE_UNREACHABLE' })
  await near.engine.publish(one(1))
  await far.listener.until(() => far.listener.heard.length === 1)
  assert.deepEqual([heard(far), far.listener.losses], [[1], 0])
  await far.engine.stop(far.listener)
  await proxy.close()
})

for (const kind of engines) describe(`processes that share a ${kind.name}`, () => suite(kind))

function suite(kind: EngineKind): void {
  const test = (name: string, run: (context: Context) => Promise<void>) =>
    it(name, async (t: TestContext) => {
      const server = await kind.start()
      await withProcesses(t, server, (join) =>
        run({ server, join: (port = server.port, settings) => join(kind.engine(port, settings)) }),
      )
    })

  test('are one: each hears each position once and in order, and one id is applied once', async ({ join }) => {
    const [a, b, c] = [await join(), await join(), await join()]
    const all = [a, b, c]
    await Promise.all(Array.from({ length: 300 }, (_, n) => (all[n % 3] as Process).engine.publish(one(n))))
    await Promise.all(all.map(({ engine }) => engine.publish(one(300), 'the same')))
    for (const { listener } of all) {
      await listener.until(() => listener.heard.length >= 301)
      const positions = listener.heard.map(({ position }) => position)
      assert.deepEqual(
        positions,
        [...new Set(positions)].sort((one, other) => one - other),
      )
      assert.deepEqual(listener.heard, a.listener.heard)
      assert.equal(listener.heard.length, 301)
      assert.equal(listener.losses, 0)
    }
  })

  test('carry signals to each other', async ({ join }) => {
    const [a, b] = [await join(), await join()]
    await a.engine.publish(one(1))
    await a.engine.signal({ type: 'disconnect', subject: '7' })
    await b.engine.signal({ type: 'revoke', stream: 's', subject: '7' })
    for (const { listener } of [a, b]) {
      await listener.until(() => listener.signals.length === 2)
      assert.deepEqual(listener.signals, [
        { type: 'disconnect', subject: '7' },
        { type: 'revoke', stream: 's', subject: '7' },
      ])
    }
    const whisper = { type: 'whisper', stream: 's', json: '"é"', from: 'x' } as const
    await a.engine.signal(whisper)
    for (const { listener } of [a, b]) {
      await listener.until(() => listener.signals.length === 3)
      assert.deepEqual(listener.signals[2], whisper)
    }
  })

  test('hand on what is sent right after a history has begun anew', async ({ join }) => {
    const a = await join()
    await a.engine.publish(one(1))
    await a.engine.refreshAll()
    assert.equal(a.listener.losses, 1)
    await a.engine.publish(one(2))
    assert.deepEqual(heard(a), [1, 2])
  })

  test('of two names are two', async ({ server, join }) => {
    const [a, other] = [await join(), await join(server.port, { name: 'other' })]
    await a.engine.publish(one(1))
    await other.engine.publish(one(2))
    assert.deepEqual([heard(a), heard(other)], [[1], [2]])
  })

  test('go on where they were after a connection was cut, and a disconnect of meanwhile comes too', async (context) => {
    const { server, join } = context
    const proxy = await TcpProxy.to(server.port)
    const [near, far] = [await join(), await join(proxy.port)]
    await near.engine.publish(one(1))
    await far.listener.until(() => far.listener.heard.length === 1)
    const cursor = far.engine.cursor()
    proxy.refuse(true)
    await proxy.cut()
    for (const n of [2, 3, 4]) await near.engine.publish(one(n))
    await near.engine.signal({ type: 'disconnect', subject: '7' })
    await assert.rejects(far.engine.publish(one(0)), { code: 'TURBO_CABLE_UNREACHABLE' })
    assert.equal(far.engine.cursor(), cursor)
    const gone = { signal: AbortSignal.timeout(50) }
    await assert.rejects(far.engine.since('s', cursor as string, gone), { message: /away for too long/ })
    proxy.refuse(false)
    await far.listener.until(() => far.listener.heard.length === 4 && far.listener.signals.length === 1)
    assert.deepEqual([heard(far), far.listener.losses], [[1, 2, 3, 4], 0])
    assert.deepEqual(far.listener.signals, [{ type: 'disconnect', subject: '7' }])
    await far.engine.stop(far.listener)
    await proxy.close()
  })

  test('are told when the log was trimmed past their place, and what is said of their cursors is true', async (context) => {
    const { server, join } = context
    const proxy = await TcpProxy.to(server.port)
    const logBytes = 1 << 20
    const [near, far] = [await join(server.port, { logBytes }), await join(proxy.port, { logBytes })]
    await near.engine.publish(one(1))
    await far.listener.until(() => far.listener.heard.length === 1)
    const cursor = far.engine.cursor() as string
    proxy.refuse(true)
    await proxy.cut()
    const long = JSON.stringify('x'.repeat(100_000))
    for (let n = 0; n < 30; n++) await near.engine.publish([{ stream: 'other', json: long }])
    await near.engine.publish(one(2))
    proxy.refuse(false)
    await far.listener.until(() => far.listener.losses === 1)
    for (const { engine } of [near, far]) {
      const { recovered, messages } = await engine.since('s', cursor, noDeadline)
      const json = messages.map((each) => each.json)
      // Who has read everything knows; who has not cannot tell, and says so.
      assert.deepEqual(json, recovered ? ['2'] : [])
      if (engine === near.engine) assert.equal(recovered, true)
    }
    await near.engine.publish(one(3))
    await far.listener.until(() => far.listener.heard.at(-1)?.json === '3')
    assert.equal(near.listener.losses, 0)
    await far.engine.stop(far.listener)
    await proxy.close()
  })
}
