// One process's hub, over an engine that may be late, fail or lose its log.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import type { Visitor } from '../../../src/hub/gate.ts'
import type { UpgradeRequest } from '../../../src/options/identity.ts'
import { turboCableProtocol } from '../../../src/protocol/turbo-cable.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { textStart } from '../../../src/turbo/text.ts'
import { hubOf, RecordingTransport, turn } from '../../support/hub-doubles.ts'
import { warnings } from '../../support/warnings.ts'

describe('publish', () => {
  it('resolves once every subscribed socket has been handed the message', async () => {
    const { client, publish } = hubOf()
    const page = client()
    page.subscribe('s')
    page.read()
    await publish('s', 1)
    assert.deepEqual(page.read(), [{ type: 'message', stream: 's', data: 1 }])
    await publish('nobody listens', 1)
  })

  it('leaves out the page that it names, live and in what was held back', async () => {
    const { hub, engine, client } = hubOf()
    const pages = [client(), client()]
    pages[0]?.subscribe('s', { cursor: null, connection: 'one' })
    pages[1]?.subscribe('s', { cursor: null, connection: 'two' })
    await turn()
    engine.answers = false
    pages[0]?.subscribe('s', { cursor: null })
    for (const page of pages) page.read()
    await hub.publish([{ stream: 's', data: 1, exclude: 'one' }])
    engine.questions[0]?.answer()
    await hub.publish([{ stream: 's', data: 2, exclude: 'two' }])
    await turn()
    assert.deepEqual(
      pages.map((page) => page.read().flatMap(({ data }) => data ?? [])),
      [[2], [1]],
    )
  })

  it('comes once under each string by which a plain subscriber asked for the stream', async () => {
    const secret = 'a secret for tests'
    const token = new Signer([secret]).sign('s')
    const { client, publish } = hubOf({ secret, publicStreams: true })
    const page = client()
    page.subscribe('s')
    page.subscribe(token)
    page.read()
    await publish('s', 1)
    assert.deepEqual(
      page.read().map(({ stream }) => stream),
      ['s', token],
    )
    page.unsubscribe('s')
    await publish('s', 2)
    assert.deepEqual(page.read(), [{ type: 'message', stream: token, data: 2 }])
  })

  it('is refused once the hub is closed, but for those of the app itself', async () => {
    const { engine, hub, publish } = hubOf()
    await hub.close(0)
    await assert.rejects(publish('s', 1), { name: 'TurboCableError', code: 'TURBO_CABLE_CLOSED' })
    await assert.rejects(hub.refreshAll(), { code: 'TURBO_CABLE_CLOSED' })
    await hub.sending.publish([{ stream: 's', data: 2 }])
    assert.deepEqual(
      engine.log.map(({ json }) => json),
      ['2'],
    )
  })

  it('fails as the engine does', async () => {
    const { engine, publish } = hubOf()
    engine.publish = () => Promise.reject(new Error('away'))
    await assert.rejects(publish('s', 1), /away/)
  })
})

describe('an engine', () => {
  it('that does not start is said aloud, and the hub goes on', async (t) => {
    const warned = warnings(t)
    const { hub, engine } = hubOf()
    engine.start = () => Promise.reject(new Error('refused'))
    await hub.start()
    assert.deepEqual(warned, ['[turbo-cable] the engine did not start: refused'])
  })

  it('that does not know its position gives pages a cursor that is a gap', () => {
    const { hub, engine } = hubOf()
    assert.equal(hub.cursor(), 'e:0')
    engine.cursor = () => undefined
    assert.equal(hub.cursor(), '-:0')
  })

  it('whose log has a hole makes every client come back, and what was gathered is sent before', async () => {
    const { hub, client, publish } = hubOf()
    const pages = [client(), client()]
    for (const page of pages) {
      page.subscribe('s')
      page.read()
    }
    void publish('s', 1)
    hub.lost()
    for (const page of pages) {
      assert.deepEqual(
        page.read().map(({ type, reconnect }) => reconnect ?? type),
        ['message', true],
      )
      assert.deepEqual(page.ends, [1012])
    }
    assert.deepEqual([hub.stats().subscriptions, hub.stats().streams], [0, 0])
    const back = client()
    back.subscribe('s')
    await publish('s', 2)
    assert.deepEqual(back.read().at(-1)?.data, 2)
  })

  it('that has missed something knows no text any more, and says so to who may send it again', async () => {
    const { hub } = hubOf()
    let told = 0
    const undo = hub.sending.whenLost(() => told++)
    await hub.publish([{ stream: 's', data: textStart('r', 'x', 'a') }])
    const html = () => hub.deliveries.texts.html('s', 'x', hub.deliveries.texts.now())
    hub.lost(false)
    assert.match(html(), /<span id="r">a</)
    assert.equal(told, 0)
    hub.lost()
    assert.deepEqual([html(), told], ['', 1])
    undo()
    hub.lost()
    assert.equal(told, 1)
  })
})

describe('a ping', () => {
  type Pinged = Parameters<ReturnType<typeof hubOf>['hub']['pulse']['pingDue']>[0]

  // <turbo-stream-source> connects and asks for nothing, and Turbo puts every text that it is sent into the page.
  it('is only the one of WebSocket itself until the client has asked for a stream', () => {
    const { hub, client } = hubOf({ publicStreams: false })
    const page = client()
    hub.pulse.pingDue(page.delegate as Pinged)
    assert.deepEqual(page.writes.splice(0), [[]])
    page.subscribe('s')
    assert.equal(page.read()[0]?.type, 'rejected')
    hub.pulse.pingDue(page.delegate as Pinged)
    assert.deepEqual(page.read(), [{ type: 'ping' }])
  })

  it('has a cursor once the client asked with one, and all before it has been written', async () => {
    const { hub, client, publish } = hubOf()
    const page = client()
    page.subscribe('s')
    hub.pulse.pingDue(page.delegate as Pinged)
    assert.deepEqual(page.read().at(-1), { type: 'ping' })
    page.subscribe('s', { cursor: null })
    await turn()
    page.read()
    void publish('s', 1)
    hub.pulse.pingDue(page.delegate as Pinged)
    assert.deepEqual(page.read(), [
      { type: 'message', stream: 's', data: 1, cursor: 'e:1' },
      { type: 'ping', cursor: 'e:1' },
    ])
  })

  it('has none while the engine does not know its position', async () => {
    const { hub, engine, client } = hubOf()
    const page = client()
    page.subscribe('s', { cursor: null })
    await turn()
    page.read()
    engine.cursor = () => undefined
    hub.pulse.pingDue(page.delegate as Pinged)
    assert.deepEqual(page.read(), [{ type: 'ping' }])
  })
})

describe('a connection', () => {
  it('that says too much is sent away, and may come back', () => {
    const { client } = hubOf({ limits: { messagesPerSecond: 1 } })
    const page = client()
    for (let n = 0; n < 11; n++) page.says({ type: 'pong' })
    assert.deepEqual(page.read(), [{ type: 'disconnect', reason: 'limit', reconnect: true }])
    assert.deepEqual(page.ends, [1008])
  })

  it('that does not read is dropped once, whatever else was on its way to it', async () => {
    const { hub, client, publish } = hubOf()
    const [slow, other] = [client(), client()]
    for (const page of [slow, other]) for (const stream of ['a', 'b']) page.subscribe(stream)
    for (const page of [slow, other]) page.read()
    slow.pending = 2 ** 30
    void publish('a', 1)
    slow.subscribe('c')
    await publish('b', 2)
    assert.deepEqual(slow.ends, [1013])
    assert.equal(hub.stats().slowConsumers, 1)
    assert.deepEqual(
      other.read().map(({ data }) => data),
      [1, 2],
    )
    assert.equal(slow.corked, 0)
  })

  it('that fell silent is cut off, and counted', () => {
    const { hub, client } = hubOf()
    const page = client()
    page.subscribe('s')
    hub.pulse.connectionSilent(page.delegate as Parameters<typeof hub.pulse.connectionSilent>[0])
    assert.deepEqual(page.ends, ['destroyed'])
    const { connections, subscriptions, silentConnections } = hub.stats()
    assert.deepEqual([connections, subscriptions, silentConnections], [0, 0, 1])
  })

  it('keeps its request only where the app will be asked about its streams', () => {
    const request = {} as UpgradeRequest
    for (const [options, kept] of [
      [{}, undefined],
      [{ authorize: () => true }, request],
    ] as const) {
      const { hub } = hubOf(options)
      const transport = new RecordingTransport()
      hub.accept(transport, turboCableProtocol, { identity: undefined, request })
      assert.equal((transport.delegate as unknown as Visitor).request, kept)
    }
  })
})

describe('close', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('tells every client to come back, stops the engine when the last is gone, and is done once', async () => {
    const { hub, engine, client } = hubOf()
    const page = client()
    const closing = hub.close(1_000)
    assert.equal(hub.close(5), closing)
    assert.deepEqual([page.ends, hub.closed, engine.to], [[1012], true, hub])
    page.close()
    await closing
    assert.equal(engine.to, undefined)
  })

  it('stops the engine after the last work', async () => {
    const { hub, engine } = hubOf()
    let finish = () => {}
    const last = new Promise<void>((resolve) => {
      finish = resolve
    })
    const closing = hub.close(1_000, last)
    await turn()
    assert.equal(engine.to, hub)
    finish()
    await closing
    assert.equal(engine.to, undefined)
  })

  it('settles in time, also with a client that was being sent away already', async () => {
    const { hub, client } = hubOf()
    const page = client()
    page.pending = 2 ** 30
    page.subscribe('s')
    assert.deepEqual(page.ends, [1013])
    const closing = hub.close(100)
    mock.timers.tick(100)
    await closing
    assert.deepEqual(page.ends, [1013, 'destroyed'])
  })

  it('turns away those who are at the door', async () => {
    const { hub } = hubOf()
    let turned = 0
    hub.arrivals.expect(() => turned++)
    await hub.close(0)
    assert.equal(turned, 1)
  })
})
