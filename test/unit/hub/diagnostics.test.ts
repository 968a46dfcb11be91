// What a hub tells whoever instruments it: one event for each thing that happens, and nothing where nobody listens.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tell } from '../../../src/diagnostics.ts'
import { BroadcastNews } from '../../../src/hub/broadcast-news.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { cableEvents } from '../../support/cable-events.ts'
import { hubOf, turn } from '../../support/hub-doubles.ts'
import { warnings } from '../../support/warnings.ts'

describe('events of clients', () => {
  it('connected and disconnected name the connection, who it is and what it speaks', (t) => {
    const { hub, client } = hubOf()
    const connected = cableEvents(t, 'turbo-cable:connected', hub.id)
    const disconnected = cableEvents(t, 'turbo-cable:disconnected', hub.id)
    client()
    client({ id: 7 }).close()
    const known = { cable: hub.id, connection: 2, subject: '7' }
    const spoken = { protocol: 'turbo-cable', transport: 'lines', address: undefined }
    assert.deepEqual(connected, [
      { ...known, connection: 1, subject: undefined, ...spoken },
      { ...known, ...spoken },
    ])
    assert.deepEqual(disconnected, [{ ...known, reason: 'left' }])
  })

  it('dropped says why and what waited, and disconnected gives the same reason', (t) => {
    const { hub, client } = hubOf({ limits: { messagesPerSecond: 1 } })
    const dropped = cableEvents(t, 'turbo-cable:dropped', hub.id)
    const disconnected = cableEvents(t, 'turbo-cable:disconnected', hub.id)
    const [slow, fast, silent] = [client(), client(), client()]
    slow.pending = 2 ** 30
    slow.subscribe('s')
    for (let n = 0; n < 11; n++) fast.says({ type: 'pong' })
    hub.pulse.connectionSilent(silent.delegate as Parameters<typeof hub.pulse.connectionSilent>[0])
    slow.close()
    fast.close()
    assert.deepEqual(
      dropped.map(({ connection, reason, pending }) => [connection, reason, pending]),
      [
        [1, 'slow_consumer', 2 ** 30],
        [2, 'limit', 0],
        [3, 'silent', 0],
      ],
    )
    assert.deepEqual(
      disconnected.map(({ connection, reason }) => [connection, reason]),
      [
        [3, 'silent'],
        [1, 'slow_consumer'],
        [2, 'limit'],
      ],
    )
  })

  it('disconnected says that the server went, or that a user was sent away', async (t) => {
    const { hub, client } = hubOf()
    const disconnected = cableEvents(t, 'turbo-cable:disconnected', hub.id)
    const [away, last] = [client({ id: 7 }), client()]
    hub.removals.disconnect(7)
    away.close()
    const closing = hub.close(1_000)
    last.close()
    await closing
    assert.deepEqual(
      disconnected.map(({ reason }) => reason),
      ['unauthorized', 'server_restart'],
    )
  })

  it('subscribed and unsubscribed come in pairs, also where one address takes the place of another', (t) => {
    const { hub, client } = hubOf()
    const subscribed = cableEvents(t, 'turbo-cable:subscribed', hub.id)
    const unsubscribed = cableEvents(t, 'turbo-cable:unsubscribed', hub.id)
    const page = client('ada')
    page.subscribe('a')
    page.subscribe('a', { cursor: null })
    page.subscribe('b')
    page.unsubscribe('b')
    page.unsubscribe('never')
    page.close()
    const known = { cable: hub.id, connection: 1, subject: 'ada' }
    assert.deepEqual(subscribed, [
      { ...known, stream: 'a', resumes: false },
      { ...known, stream: 'a', resumes: true },
      { ...known, stream: 'b', resumes: false },
    ])
    assert.deepEqual(
      unsubscribed.map(({ stream }) => stream),
      ['a', 'b', 'a'],
    )
    assert.equal(hub.stats().subscriptions, 0)
  })

  it('rejected says what was asked for, of a token no more than its beginning', (t) => {
    const { hub, client } = hubOf({ secret: 'a secret of enough bytes' })
    const rejected = cableEvents(t, 'turbo-cable:rejected', hub.id)
    const page = client()
    page.subscribe('plain')
    const expired = new Signer(['a secret of enough bytes']).sign('room:7', { expires: 1_000 })
    page.subscribe(expired)
    assert.deepEqual(
      rejected.map(({ asked, reason }) => [asked, reason]),
      [
        ['"plain"', 'unauthorized'],
        [JSON.stringify(`${expired.slice(0, 39)}…`), 'expired'],
      ],
    )
  })

  it('replayed says how much a client had missed, or that there is a gap', async (t) => {
    const { hub, engine, client, publish } = hubOf()
    const replayed = cableEvents(t, 'turbo-cable:replayed', hub.id)
    for (const n of [1, 2, 3]) await publish('s', n)
    const page = client()
    page.subscribe('s', { cursor: 'e:1' })
    await turn()
    const bytes = page.writes
      .flat()
      .filter(({ type }) => type === 'message')
      .reduce((sum, message) => sum + JSON.stringify(message).length + 1, 0)
    client().subscribe('s', { cursor: null })
    engine.answers = false
    client().subscribe('s', { cursor: 'e:2' })
    engine.questions[0]?.answer({ recovered: false, messages: [] })
    await turn()
    assert.deepEqual(
      replayed.map(({ connection, subject: _, cable: __, ...each }) => each),
      [
        { stream: 's', cursor: 'e:1', recovered: true, messages: 2, bytes },
        { stream: 's', cursor: 'e:2', recovered: false, messages: 0, bytes: 0 },
      ],
    )
  })
})

describe('an event', () => {
  it('is not made where nobody listens', () => {
    const news = new BroadcastNews('cable-0')
    assert.equal(news.publishing([{ stream: 's', json: '1' }]), undefined)
    tell('turbo-cable:rejected', () => assert.fail('made'))
  })

  it('is frozen, and comes to everybody who listens', (t) => {
    const events = [1, 2].map(() => cableEvents(t, 'turbo-cable:engine', 'cable-0'))
    tell('turbo-cable:engine', () => ({ cable: 'cable-0', state: 'up', reason: undefined }))
    assert.equal(events[0]?.[0], events[1]?.[0])
    assert.ok(Object.isFrozen(events[0]?.[0]))
  })
})

describe('events of broadcasts', () => {
  it('say to how many each was written, in how many bytes and how soon', async (t) => {
    const { hub, client, publish } = hubOf()
    const broadcasts = cableEvents(t, 'turbo-cable:broadcast', hub.id)
    const [one, other] = [client(), client()]
    one.subscribe('a')
    for (const stream of ['a', 'b']) other.subscribe(stream)
    for (const page of [one, other]) page.read()
    const before = performance.now()
    await Promise.all([publish('a', 1), publish('b', 'two'), publish('nobody', 3)])
    const took = performance.now() - before
    const size = (message: object) => JSON.stringify(message).length + 1
    const a = { type: 'message', stream: 'a', data: 1 }
    assert.deepEqual(one.read(), [a])
    const b = { type: 'message', stream: 'b', data: 'two' }
    assert.deepEqual(
      broadcasts.map(({ ms: _, ...each }) => each),
      [
        { stream: 'nobody', json: '3', position: 3, recipients: 0, bytes: 0 },
        { stream: 'a', json: '1', position: 1, recipients: 2, bytes: 2 * size(a) },
        { stream: 'b', json: '"two"', position: 2, recipients: 1, bytes: size(b) },
      ].map((each) => ({ cable: hub.id, cursor: `e:${each.position}`, ...each })),
    )
    for (const { stream, ms } of broadcasts) {
      assert.ok(ms <= took, `${ms} ms of ${took}`)
      assert.ok(stream === 'nobody' ? ms >= 0 : ms > 0, `${stream}: ${ms} ms`)
    }
  })

  it('leave out the page that a broadcast excludes', async (t) => {
    const { hub, client } = hubOf()
    const broadcasts = cableEvents(t, 'turbo-cable:broadcast', hub.id)
    for (const connection of ['mine', 'yours']) client().subscribe('s', { cursor: null, connection })
    await turn()
    await hub.publish([
      { stream: 's', data: 1, exclude: 'mine' },
      { stream: 's', data: 2 },
    ])
    assert.deepEqual(
      broadcasts.map(({ recipients }) => recipients),
      [1, 2],
    )
  })

  it('count the time from publish() on, also where the engine brings them late, and equal ones each from its own', async (t) => {
    const { hub, engine, client, publish } = hubOf()
    const broadcasts = cableEvents(t, 'turbo-cable:broadcast', hub.id)
    client().subscribe('s')
    engine.delivers = false
    const { publish: take } = engine
    let deliver = () => {}
    const delivered = new Promise<void>((resolve) => {
      deliver = resolve
    })
    engine.publish = async (...all) => {
      await take.apply(engine, all)
      await delivered
    }
    // Each clock is read outside what it bounds, so that a slow machine cannot fail the test.
    const first = publish('s', 1)
    await turn()
    const began = performance.now()
    while (performance.now() < began + 20) await turn()
    const next = performance.now()
    const second = publish('s', 1)
    await turn()
    const both = performance.now()
    await turn()
    const brought = performance.now()
    engine.deliver()
    deliver()
    await Promise.all([first, second])
    while (broadcasts.length < 2) await turn()
    const told = performance.now()
    // One that no publish() of this process has sent.
    engine.delivers = true
    const elsewhere = performance.now()
    await take.call(engine, [{ stream: 's', json: '1' }])
    while (broadcasts.length < 3) await turn()
    const [one, other, late] = broadcasts.map(({ ms }) => ms) as [number, number, number]
    assert.ok(one >= brought - began, `${one} ms`)
    assert.ok(other >= brought - both && other <= told - next, `${other} ms`)
    assert.ok(late <= performance.now() - elsewhere, `${late} ms`)
  })

  it('of whispers say to how many they went', async (t) => {
    const { hub } = hubOf()
    const whispers = cableEvents(t, 'turbo-cable:whisper', hub.id)
    hub.signalled({ type: 'whisper', stream: 's', json: '{"typing":true}', from: 'somebody' })
    await turn()
    assert.deepEqual(whispers, [{ cable: hub.id, stream: 's', json: '{"typing":true}', recipients: 0 }])
  })
})

describe('events of the engine', () => {
  it('say that it started, went, came back and has lost something', async (t) => {
    const { hub } = hubOf()
    const events = cableEvents(t, 'turbo-cable:engine', hub.id)
    await turn()
    hub.away('the cable was cut')
    hub.away('again')
    hub.back()
    hub.lost()
    assert.deepEqual(
      events.map(({ state, reason }) => [state, reason]),
      [
        ['up', undefined],
        ['away', 'the cable was cut'],
        ['up', undefined],
        ['lost', undefined],
      ],
    )
  })

  it('say that it did not start', async (t) => {
    warnings(t)
    const { hub, engine } = hubOf()
    await turn()
    const events = cableEvents(t, 'turbo-cable:engine', hub.id)
    engine.start = () => Promise.reject(new Error('refused'))
    await hub.start()
    assert.deepEqual(events, [{ cable: hub.id, state: 'away', reason: 'refused' }])
    assert.equal(hub.watch.state, 'away')
  })
})
