import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createConnection } from '../../../client/connection.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { listener, withServer } from './with-server.ts'

const subscribed = (stream: string, more: object = {}) => ({ type: 'subscribed', stream, ...more })
const message = (stream: string, data: unknown, cursor?: string) => ({ type: 'message', stream, data, cursor })

test('opens no socket before the first subscription, and one socket for all of them', () =>
  withServer(async ({ connection, accepted, count }) => {
    connection.wake()
    assert.equal(count(), 0)
    connection.subscribe('a', listener())
    connection.subscribe('b', listener())
    const peer = await accepted()
    assert.deepEqual(await peer.next(), { type: 'subscribe', stream: 'a', cursor: null, connection: 'page-1' })
    assert.deepEqual(await peer.next(), { type: 'subscribe', stream: 'b', cursor: null, connection: 'page-1' })
    assert.equal(count(), 1)
  }))

test('answers a ping with a pong', () =>
  withServer(async ({ connection, accepted }) => {
    connection.subscribe('a', listener())
    const peer = await accepted()
    await peer.next()
    peer.send({ type: 'ping' })
    assert.deepEqual(await peer.next(), { type: 'pong' })
  }))

test('lives through frames it does not understand', () =>
  withServer(async ({ connection, accepted }) => {
    const heard = listener()
    connection.subscribe('a', heard)
    const peer = await accepted()
    await peer.next()
    peer.socket.send('not json')
    peer.socket.send(Buffer.from([1, 2, 3]))
    peer.send({ type: 'welcome' }, subscribed('other'), { type: 'rejected', stream: 'other' }, message('other', 1))
    peer.send(subscribed('a'), message('a', 1))
    await peer.settle()
    assert.deepEqual(
      heard.messages.map(({ data }) => data),
      [1],
    )
  }))

test('a failed first connect is tried again, for ever, ever more slowly', () => {
  const clock = new FakeClock()
  const tries: number[] = []
  class DeadSocket {
    onopen = null
    onmessage = null
    onclose: (() => void) | null = null
    onerror = null
    constructor() {
      tries.push(clock.now())
      clock.setTimeout(() => this.onclose?.(), 0)
    }
    send() {}
    close() {}
  }
  const connection = createConnection('ws://nobody', { WebSocket: DeadSocket, clock, random: () => 1 })
  connection.subscribe('a', listener())
  clock.advance(10 * 60_000)
  const waits = tries.slice(1).map((at, index) => at - (tries[index] as number))
  assert.deepEqual(waits.slice(0, 9), [1_000, 1_000, 1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000])
  assert.ok(waits.length > 20)
  connection.suspend()
  assert.equal(clock.size, 0)
})

test('after a drop, comes back within a second and asks again for every stream', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    const heard = listener()
    connection.subscribe('a', heard)
    const first = await accepted()
    await first.next()
    first.send(subscribed('a'))
    await first.settle()
    await cut(first)
    assert.deepEqual(heard.changes, ['connected', 'disconnected'])
    clock.advance(625)
    const second = await accepted()
    assert.equal((await second.next()).stream, 'a')
    second.send(subscribed('a'))
    await second.settle()
    assert.deepEqual(heard.changes, ['connected', 'disconnected', 'connected'])
  }))

test('a server that spoke is tried again as quickly as the first time', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    connection.subscribe('a', listener())
    for (const wait of [625, 625, 625]) {
      const peer = await accepted()
      await peer.next()
      await peer.settle()
      await cut(peer)
      clock.advance(wait)
    }
    await accepted()
  }))

test('when woken, connects at once instead of waiting for its turn', () =>
  withServer(async ({ connection, accepted, cut, clock, count }) => {
    connection.subscribe('a', listener())
    await cut(await accepted())
    connection.wake()
    connection.wake()
    await (await accepted()).next()
    clock.advance(2_000)
    assert.equal(count(), 2)
  }))

test('when woken, gives up a connect that has hung for five seconds, and no younger one', () => {
  const clock = new FakeClock()
  const sockets: string[] = []
  class HangingSocket {
    onopen = null
    onmessage = null
    onclose = null
    onerror = null
    constructor() {
      sockets.push('connecting')
    }
    send() {}
    close() {
      sockets[sockets.length - 1] = 'closed'
    }
  }
  const connection = createConnection('ws://nowhere', { WebSocket: HangingSocket, clock })
  connection.subscribe('a', listener())
  clock.advance(4_999)
  connection.wake()
  assert.deepEqual(sockets, ['connecting'])
  clock.advance(1)
  connection.wake()
  assert.deepEqual(sockets, ['closed', 'connecting'])
  connection.suspend()
  assert.equal(clock.size, 0)
})

test('takes a server that was silent for 75 seconds for dead', () =>
  withServer(async ({ connection, accepted, clock }) => {
    const heard = listener()
    connection.subscribe('a', heard)
    const first = await accepted()
    await first.next()
    first.send(subscribed('a'))
    await first.settle()
    clock.advance(74_999)
    assert.deepEqual(heard.changes, ['connected'])
    clock.advance(1)
    assert.deepEqual(heard.changes, ['connected', 'disconnected'])
    clock.advance(625)
    assert.equal((await (await accepted()).next()).stream, 'a')
  }))

test('any frame keeps a server alive', () =>
  withServer(async ({ connection, accepted, clock, count }) => {
    connection.subscribe('a', listener())
    const peer = await accepted()
    await peer.next()
    for (let i = 0; i < 4; i++) {
      clock.advance(60_000)
      await peer.settle()
    }
    assert.equal(count(), 1)
  }))

test('comes back at once from the silence of a server that never pings', () =>
  withServer(async ({ connection, accepted, clock }) => {
    connection.subscribe('a', listener())
    await (await accepted()).next()
    clock.advance(75_000)
    clock.advance(0)
    assert.equal((await (await accepted()).next()).stream, 'a')
  }))

test('a socket that slept through the silence is replaced when woken', () => {
  let now = 0
  let sockets = 0
  let open = () => {}
  class QuietSocket {
    onopen: (() => void) | null = null
    onmessage = null
    onclose = null
    onerror = null
    constructor() {
      sockets += 1
      open = () => this.onopen?.()
    }
    send() {}
    close() {}
  }
  // The timers of a machine that sleeps do not run.
  const clock = { Date: { now: () => now }, setTimeout: () => ({}), clearTimeout() {} }
  const connection = createConnection('ws://asleep', { WebSocket: QuietSocket, clock })
  connection.subscribe('a', listener())
  open()
  now = 74_999
  connection.wake()
  assert.equal(sockets, 1)
  now = 75_000
  connection.wake()
  assert.equal(sockets, 2)
})

test('doubts a socket that was quiet when woken: asks once more and gives it five seconds', () =>
  withServer(async ({ connection, accepted, clock, count }) => {
    const heard = listener('e:41')
    connection.subscribe('a', heard)
    const first = await accepted()
    await first.next()
    first.send(subscribed('a', { cursor: 'e:41', recovered: true }))
    await first.settle('e:44')
    connection.wake()
    clock.advance(6_000)
    connection.wake()
    assert.deepEqual(await first.next(), { type: 'subscribe', stream: 'a', cursor: 'e:44', connection: 'page-1' })
    first.send(subscribed('a', { cursor: 'e:44', recovered: true }))
    await first.settle()
    clock.advance(6_000)
    assert.equal(count(), 1)
    assert.deepEqual(heard.changes, ['connected'])
    connection.wake()
    await first.next()
    clock.advance(5_000)
    clock.advance(625)
    assert.equal((await (await accepted()).next()).cursor, 'e:44')
  }))

test('never asks a server without cursors twice on one socket', () =>
  withServer(async ({ connection, accepted, clock }) => {
    connection.subscribe('a', listener('e:41'))
    const peer = await accepted()
    await peer.next()
    peer.send(subscribed('a'))
    await peer.settle()
    connection.subscribe('a', listener('e:12'))
    connection.subscribe('a', listener())
    clock.advance(20_000)
    connection.wake()
    await peer.settle()
  }))

test('a server that says goodbye decides when its pages come back', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    connection.subscribe('a', listener())
    const peer = await accepted()
    await peer.next()
    peer.send({ type: 'disconnect', reason: 'server_restart', reconnect: true, after: 12 })
    await peer.settle()
    await cut(peer)
    clock.advance(12)
    await accepted()
  }))

test('a page sent away stays away until somebody asks for something', () =>
  withServer(async ({ connection, accepted, cut, clock, count }) => {
    connection.subscribe('a', listener())
    const peer = await accepted()
    await peer.next()
    peer.send({ type: 'disconnect', reason: 'unauthorized', reconnect: false })
    await peer.settle()
    await cut(peer)
    connection.wake()
    clock.advance(600_000)
    assert.equal(count(), 1)
    assert.equal(clock.size, 0)
    connection.subscribe('b', listener())
    await accepted()
  }))

test('a page sent away asks again at a visit, and once more where there was one before: it may be for somebody else by then', () =>
  withServer(async ({ connection, accepted, cut, clock, count }) => {
    const sendAway = async () => {
      const peer = await accepted()
      await peer.next()
      peer.send({ type: 'disconnect', reason: 'remote', reconnect: false })
      await peer.settle()
      await cut(peer)
    }
    connection.subscribe('a', listener())
    await sendAway()
    connection.wake(true)
    const peer = await accepted()
    await peer.next()
    connection.wake(true)
    peer.send({ type: 'disconnect', reason: 'remote', reconnect: false })
    await peer.settle()
    await cut(peer)
    clock.advance(1_000)
    await sendAway()
    connection.wake()
    clock.advance(600_000)
    assert.equal(count(), 3)
  }))

test('what a socket of before a visit is refused, another is asked for: the page may be for who has just logged in', () =>
  withServer(async ({ connection, accepted, count }) => {
    const [news, own] = [listener(), listener()]
    connection.subscribe('news', news)
    const first = await accepted()
    await first.next()
    first.send(subscribed('news'))
    await first.settle()
    connection.wake(true)
    connection.subscribe('user:1', own)
    await first.next()
    first.send({ type: 'rejected', stream: 'user:1', reason: 'unauthorized' })
    const second = await accepted()
    for (const stream of ['news', 'user:1']) {
      assert.equal((await second.next()).stream, stream)
      second.send(subscribed(stream))
    }
    await second.settle()
    assert.deepEqual(own.changes, ['connected'])
    assert.deepEqual(news.changes, ['connected', 'disconnected', 'connected'])
    assert.equal(count(), 2)
  }))

test('what the other socket is refused too is refused, until there is a visit again', () =>
  withServer(async ({ connection, accepted, count }) => {
    const heard = listener()
    connection.wake(true)
    connection.subscribe('a', heard)
    const refusal = { type: 'rejected', stream: 'a', reason: 'unauthorized' }
    // A visit while nothing was connected says nothing of a socket that is opened later.
    const first = await accepted()
    await first.next()
    first.send(refusal)
    await first.settle()
    assert.deepEqual(heard.changes, ['rejected unauthorized'])
    connection.wake(true)
    const again = listener()
    connection.subscribe('a', again)
    const second = await accepted()
    await second.next()
    second.send(refusal)
    await second.settle()
    assert.deepEqual(again.changes, ['rejected unauthorized'])
    connection.subscribe('a', listener())
    await second.settle()
    assert.equal(count(), 2)
  }))

test('a visit ends the wait for the next try', () =>
  withServer(async ({ connection, accepted, cut }) => {
    connection.subscribe('a', listener())
    await cut(await accepted())
    connection.wake(true)
    await (await accepted()).next()
  }))

test('a stream is released 300 ms after its last listener left', () =>
  withServer(async ({ connection, accepted, clock }) => {
    const releases = [connection.subscribe('a', listener()), connection.subscribe('a', listener())]
    const peer = await accepted()
    await peer.next()
    peer.send(subscribed('a'))
    await peer.settle()
    releases[0]?.()
    clock.advance(1_000)
    releases[1]?.()
    releases[1]?.()
    clock.advance(299)
    await peer.settle()
    clock.advance(1)
    assert.deepEqual(await peer.next(), { type: 'unsubscribe', stream: 'a' })
  }))

test('a listener that comes within 300 ms finds the stream still there', () =>
  withServer(async ({ connection, accepted, clock }) => {
    const release = connection.subscribe('a', listener())
    const peer = await accepted()
    await peer.next()
    peer.send(subscribed('a'))
    await peer.settle()
    release()
    clock.advance(200)
    const heard = listener()
    connection.subscribe('a', heard)
    clock.advance(1_000)
    assert.deepEqual(heard.changes, ['connected'])
    peer.send(message('a', 1))
    await peer.settle()
    assert.equal(heard.messages.length, 1)
  }))

test('while an answer is due nothing is released, so that no answer is taken for another', () =>
  withServer(async ({ connection, accepted, clock }) => {
    const release = connection.subscribe('a', listener())
    const peer = await accepted()
    await peer.next()
    release()
    clock.advance(900)
    await peer.settle()
    peer.send(subscribed('a'))
    await peer.settle()
    clock.advance(300)
    assert.deepEqual(await peer.next(), { type: 'unsubscribe', stream: 'a' })
  }))

test('a refused stream is not asked for again until the next socket', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    const heard = listener()
    const release = connection.subscribe('a', heard)
    const peer = await accepted()
    await peer.next()
    peer.send({ type: 'rejected', stream: 'a', reason: 'unauthorized' })
    await peer.settle()
    assert.deepEqual(heard.changes, ['rejected unauthorized'])
    release()
    clock.advance(1_000)
    const second = listener()
    connection.subscribe('a', second)
    await peer.settle()
    assert.deepEqual(second.changes, ['rejected unauthorized'])
    await cut(peer)
    clock.advance(625)
    assert.equal((await (await accepted()).next()).stream, 'a')
  }))

test('a suspended connection keeps its listeners and, after a moment, no timer', () =>
  withServer(async ({ connection, accepted, clock }) => {
    const heard = listener()
    const release = connection.subscribe('b', listener())
    connection.subscribe('a', heard)
    const peer = await accepted()
    release()
    connection.suspend()
    connection.suspend()
    clock.advance(300)
    assert.equal(clock.size, 0)
    connection.wake()
    assert.equal((await (await accepted()).next()).stream, 'a')
    assert.ok(peer)
  }))

test('whispers to a stream that is served, by its name or as it was asked for, and hears whispers', () => {
  const heard: unknown[] = []
  return withServer(
    async ({ connection, accepted, cut, clock }) => {
      const token = `${btoa('"room"')}--${'0'.repeat(64)}`
      connection.subscribe(token, listener())
      connection.whisper('room', 'nobody is there')
      const peer = await accepted()
      await peer.next()
      connection.whisper('room', 'not yet')
      peer.send({ ...subscribed(token), name: 'room', cursor: 'e:1', recovered: true })
      await peer.settle()
      connection.whisper('other', 'nobody asked for it')
      connection.whisper('room', { typing: true })
      connection.whisper(token, [1])
      assert.deepEqual(await peer.next(), { type: 'whisper', stream: token, data: { typing: true } })
      assert.deepEqual(await peer.next(), { type: 'whisper', stream: token, data: [1] })
      peer.send({ type: 'whisper', stream: 'room', data: null })
      await peer.settle()
      assert.deepEqual(heard, [['room', null]])
      await cut(peer)
      connection.whisper('room', 'cut')
      clock.advance(1_000)
      const next = await accepted()
      assert.equal((await next.next()).type, 'subscribe')
    },
    { whispered: (...said) => heard.push(said) },
  )
})
