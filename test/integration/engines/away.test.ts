// A hub whose engine is away: pages stay, verbs say that nothing was sent, and what was missed is made good on return.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Engine, Positioned } from '../../../src/engine/engine.ts'
import { configureBroadcasts } from '../../../src/process/configure.ts'
import { broadcastJson, broadcastReplaceTo } from '../../../src/process/verbs.ts'
import { cableEvents } from '../../support/cable-events.ts'
import { type EngineKind, type EngineServer, engines } from '../../support/engines.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { type Context, withCable } from '../../support/with-cable.ts'
import { defaultBounds, Listener } from '../../unit/engine/engine-suite.ts'

interface Scene extends Context {
  readonly between: EngineServer
  readonly proxy: TcpProxy
  readonly lines: string[]
  away(): Promise<void>
  back(): void
}

async function withAway(kind: EngineKind, t: TestContext, run: (scene: Scene) => Promise<void>): Promise<void> {
  const lines = warnings(t)
  const server = await kind.start()
  const proxy = await TcpProxy.to(server.port)
  try {
    await withCable({ engine: kind.engine(proxy.port) }, (context) =>
      run({
        ...context,
        between: server,
        proxy,
        lines,
        async away() {
          proxy.refuse(true)
          await proxy.cut()
          await settled(() => lines.some((line) => line.includes(`${kind.name} is away`)))
        },
        back: () => proxy.refuse(false),
      }),
    )
  } finally {
    await proxy.close()
    await server.end()
  }
}

// Something that only a socket's event brings about.
async function settled(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate)
}

async function known({ cable, connect }: Context): Promise<string> {
  const client = await connect()
  while (!(await cable.broadcastJson('warm', 1))) await new Promise((resolve) => setTimeout(resolve, 10))
  const { cursor } = await client.subscribe('s', { cursor: null })
  client.ws.terminate()
  return cursor as string
}

for (const kind of engines) {
  describe(`while ${kind.name} is away`, () => whileAway(kind))
  describe(`a process without a hub, with ${kind.name}`, () => withoutHub(kind))
}

// How long it waits is the hub's affair, whichever the engine is; that engines heed it stands in shared.test.ts.
it('while an engine is away, a subscribe that waits too long is told that there is a gap', (t) =>
  withAway(engines[0] as EngineKind, t, async (scene) => {
    const cursor = await known(scene)
    await scene.away()
    const client = await scene.connect()
    client.send({ type: 'subscribe', stream: 's', cursor })
    assert.equal((await client.next()).recovered, false)
  }))

function whileAway(kind: EngineKind): void {
  it('sockets stay, verbs resolve to false at once, and a stream that failed is refreshed on return', (t) =>
    withAway(kind, t, async (scene) => {
      const { cable, connect, away, back, lines, broadcast } = scene
      await known(scene)
      const told = cableEvents(t, 'turbo-cable:engine', cable.id)
      const client = await connect()
      await client.subscribe('s', { cursor: null })
      await away()
      const before = performance.now()
      for (let n = 0; n < 50; n++) assert.equal(await cable.broadcastJson('s', { n }), false)
      assert.ok(performance.now() - before < 2_000, 'promptly')
      assert.equal((await broadcast({ stream: 's', data: 1 })).status, 503)
      assert.deepEqual(await client.drain(), [])
      back()
      const { stream, data } = await client.next()
      assert.deepEqual([stream, data], ['s', '<turbo-stream action="refresh"></turbo-stream>'])
      assert.equal(client.ws.readyState, client.ws.OPEN)
      assert.equal(lines.filter((line) => line.includes(`${kind.name} is away`)).length, 1)
      await settled(() => lines.some((line) => line.includes(`${kind.name} is back`)))
      assert.deepEqual(
        told.map(({ state }) => state),
        ['away', 'up'],
      )
    }))

  it('what others sent meanwhile comes when the connection is back, in order and once', (t) =>
    withAway(kind, t, async (scene) => {
      const { between, connect, away, back } = scene
      await known(scene)
      const client = await connect()
      await client.subscribe('s')
      await away()
      const worker = kind.engine(between.port)
      for (const n of [1, 2, 3]) await worker.publish([{ stream: 's', json: JSON.stringify({ n }) }])
      back()
      for (const n of [1, 2, 3]) assert.deepEqual((await client.next()).data, { n })
      assert.deepEqual(await client.drain(), [])
    }))

  it('a subscribe waits, and is answered in full on return', (t) =>
    withAway(kind, t, async (scene) => {
      const { between, cable, connect, away, back } = scene
      const cursor = await known(scene)
      await away()
      const client = await connect()
      client.send({ type: 'subscribe', stream: 's', cursor })
      await settled(() => cable.stats().subscriptions === 1)
      await kind.engine(between.port).publish([{ stream: 's', json: '{"n":1}' }])
      assert.deepEqual(await client.drain(), [])
      back()
      assert.equal((await client.next()).recovered, true)
      assert.deepEqual((await client.next()).data, { n: 1 })
    }))

  it('at the start, nobody is told to be subscribed before what others send can come', (t) =>
    withAway(kind, t, async ({ proxy, between, lines }) => {
      proxy.refuse(true)
      await withCable({ engine: kind.engine(proxy.port) }, async ({ cable, connect }) => {
        await settled(() => lines.some((line) => line.includes(`${kind.name} is away`)))
        const [client, leaving] = await Promise.all([connect(), connect()])
        for (const stream of ['s', 'other', 's', 's']) client.send({ type: 'subscribe', stream })
        client.send({ type: 'unsubscribe', stream: 'other' })
        leaving.send({ type: 'subscribe', stream: 's' })
        await settled(() => cable.stats().subscriptions === 2 && client.inbox.length === 0)
        leaving.ws.terminate()
        await settled(() => cable.stats().connections === 1)
        proxy.refuse(false)
        assert.deepEqual(await client.next(), { type: 'subscribed', stream: 's' })
        await kind.engine(between.port).publish([{ stream: 's', json: '{"n":1}' }])
        assert.deepEqual((await client.next()).data, { n: 1 })
      })
    }))

  it('what was taken back meanwhile is taken back in every process on return, and what was given again is', (t) =>
    withAway(kind, t, async (scene) => {
      const { between, cable, away, back } = scene
      await known(scene)
      const other = { engine: kind.engine(between.port), listener: new Listener() }
      await other.engine.start(other.listener, defaultBounds)
      const { signals } = other.listener
      const restore = cable.revoke('s', '8')
      await other.listener.until(() => signals.length === 1)
      await away()
      cable.revoke('s', '7', { expiresIn: 60_000 })
      restore()
      cable.disconnect('9')
      const undo = cable.revoke('s', '10')
      undo()
      back()
      await other.listener.until(() => signals.length === 5)
      assert.deepEqual(
        signals.map((signal) => [signal.type, 'subject' in signal && signal.subject]),
        [
          ['revoke', '8'],
          ['revoke', '7'],
          ['restore', '8'],
          ['disconnect', '9'],
          ['restore', '10'],
        ],
      )
      await other.engine.stop(other.listener)
    }))

  it('a disconnect reaches those who are here, and a line says that it did not reach all', async (t) => {
    const lines = warnings(t)
    const engine = kind.engine(1)
    await withCable({ engine, authenticate: () => ({ id: 7 }) }, async ({ cable, connect }) => {
      const client = await connect()
      cable.disconnect('7')
      assert.equal((await client.next()).type, 'disconnect')
      assert.equal((await client.closed).code, 1008)
      await settled(() => lines.some((line) => line.includes('disconnect of "7" has not reached every process yet')))
    })
  })
}

function withoutHub(kind: EngineKind): void {
  it('publishes straight to the server by the free verbs, and makes good there what failed', async (t) => {
    warnings(t)
    const server = await kind.start()
    const proxy = await TcpProxy.to(server.port)
    const hub = { engine: kind.engine(server.port), listener: new Listener() }
    await hub.engine.start(hub.listener, defaultBounds)
    const undo = configureBroadcasts({ engine: kind.engine(proxy.port) })
    try {
      assert.equal(await broadcastReplaceTo('s', { target: 'a', html: 'b' }), true)
      assert.equal(await broadcastJson('s', { n: 1 }), true)
      await hub.listener.until(() => hub.listener.heard.length === 2)
      proxy.refuse(true)
      await proxy.cut()
      assert.equal(await broadcastJson('t', { n: 2 }), false)
      proxy.refuse(false)
      await hub.listener.until(() => hub.listener.heard.length === 3)
      const { stream, json } = hub.listener.heard[2] as Positioned
      assert.deepEqual([stream, JSON.parse(json)], ['t', '<turbo-stream action="refresh"></turbo-stream>'])
    } finally {
      undo()
      await hub.engine.stop(hub.listener)
      await proxy.close()
      await server.end()
    }
  })

  it('needs no more than TURBO_CABLE_ENGINE; a URL of a hub goes before it', async (t) => {
    warnings(t)
    const server = await kind.start()
    const hub = { engine: kind.engine(server.port), listener: new Listener() }
    await hub.engine.start(hub.listener, defaultBounds)
    process.env.TURBO_CABLE_ENGINE = kind.url(server.port)
    try {
      assert.equal(await broadcastJson('s', { n: 1 }), true)
      await hub.listener.until(() => hub.listener.heard.length === 1)
      process.env.TURBO_CABLE_BROADCAST_URL = 'http://localhost:1/_broadcast'
      const undo = configureBroadcasts({ retryFor: 0 })
      assert.equal(await broadcastJson('s', { n: 2 }), false)
      undo()
      delete process.env.TURBO_CABLE_BROADCAST_URL
      assert.equal(await broadcastJson('s', { n: 3 }), true)
      await hub.listener.until(() => hub.listener.heard.length === 2)
      assert.deepEqual(
        hub.listener.heard.map(({ json }) => json),
        ['{"n":1}', '{"n":3}'],
      )
    } finally {
      delete process.env.TURBO_CABLE_ENGINE
      delete process.env.TURBO_CABLE_BROADCAST_URL
      await hub.engine.stop(hub.listener)
      await server.end()
    }
  })

  it('is refused an engine beside a URL, and what is none', () => {
    const engine = kind.engine(1)
    assert.throws(() => configureBroadcasts({ engine, url: 'http://localhost' }), { code: 'TURBO_CABLE_BAD_OPTION' })
    assert.throws(() => configureBroadcasts({ engine: {} as Engine }), { code: 'TURBO_CABLE_BAD_OPTION' })
  })
}
