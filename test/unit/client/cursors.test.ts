import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../../../client/protocol.ts'
import { type Heard, listener, type Peer, withServer } from './with-server.ts'

const subscribed = (stream: string, more: object = {}) => ({ type: 'subscribed', stream, ...more })
const message = (position: number | string, stream = 'a') => ({
  type: 'message',
  stream,
  data: position,
  cursor: typeof position === 'number' ? `e:${position}` : position,
})
const data = (heard: { messages: Message[] }) => heard.messages.map((each) => each.data)

/** Answers the next subscribe with a server at `position` and what it has after the cursor asked for. */
async function answer(peer: Peer, position: number, missed: number[] = []): Promise<string | null | undefined> {
  const { stream = '', cursor } = await peer.next()
  peer.send(
    subscribed(stream, { cursor: `e:${position}`, recovered: true }),
    ...missed.map((each) => message(each, stream)),
  )
  return cursor
}

test('asks from the cursor it was given and hears what it missed, then what comes', () =>
  withServer(async ({ connection, accepted }) => {
    const heard = listener('e:41')
    connection.subscribe('a', heard)
    const peer = await accepted()
    assert.equal(await answer(peer, 44, [42, 44]), 'e:41')
    peer.send(message(45))
    await peer.settle()
    assert.deepEqual(data(heard), [42, 44, 45])
    assert.equal(heard.cursor, 'e:45')
  }))

test('resumes from the last message after a dropped socket', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    const heard = listener()
    connection.subscribe('a', heard)
    const first = await accepted()
    assert.equal(await answer(first, 44), null)
    first.send(message(45))
    await first.settle()
    await cut(first)
    clock.advance(625)
    const second = await accepted()
    assert.equal(await answer(second, 47, [46, 47]), 'e:45')
    await second.settle()
    assert.deepEqual(data(heard), [45, 46, 47])
  }))

test('a page that never heard a message resumes from where it was confirmed', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    connection.subscribe('a', listener())
    const first = await accepted()
    await answer(first, 44)
    await first.settle()
    await cut(first)
    clock.advance(625)
    assert.equal((await (await accepted()).next()).cursor, 'e:44')
  }))

test('a ping moves a quiet listener forward', () =>
  withServer(async ({ connection, accepted }) => {
    const heard = listener('e:41')
    connection.subscribe('a', heard)
    const peer = await accepted()
    await answer(peer, 41)
    await peer.settle('e:60')
    assert.equal(heard.cursor, 'e:60')
  }))

test('a ping between asking and the answer moves nobody past what is still to come', () =>
  withServer(async ({ connection, accepted }) => {
    const heard = listener('e:41')
    connection.subscribe('a', heard)
    const peer = await accepted()
    await peer.next()
    await peer.settle('e:60')
    assert.equal(heard.cursor, 'e:41')
  }))

test('each listener hears each message once, whatever is replayed to another', () =>
  withServer(async ({ connection, accepted }) => {
    const early = listener('e:41')
    connection.subscribe('a', early)
    const peer = await accepted()
    await answer(peer, 44, [42, 44])
    await peer.settle()
    const late = listener('e:40')
    connection.subscribe('a', late)
    assert.equal((await peer.next()).cursor, 'e:40')
    peer.send(message(45), subscribed('a', { cursor: 'e:45', recovered: true }))
    peer.send(...[41, 42, 44, 45].map((each) => message(each)), message(46))
    await peer.settle()
    assert.deepEqual(data(early), [42, 44, 45, 46])
    assert.deepEqual(data(late), [41, 42, 44, 45, 46])
  }))

test('listeners that share a function share its calls; a replay goes to who lacks it, and disturbs nobody', () =>
  withServer(async ({ connection, accepted }) => {
    const drawn: unknown[] = []
    const draw = (each: Message) => drawn.push(each.data)
    const markers: Heard[] = [listener('e:41', draw), listener('e:41', draw)]
    for (const marker of markers) connection.subscribe('a', marker)
    const peer = await accepted()
    await answer(peer, 41)
    peer.send(message(42))
    await peer.settle()
    assert.deepEqual(drawn, [42])
    connection.subscribe('a', listener('e:40', draw))
    await peer.next()
    peer.send(message(43))
    await peer.settle()
    assert.deepEqual(drawn, [42, 43])
    peer.send(subscribed('a', { cursor: 'e:43', recovered: true }), message(41), message(42), message(43))
    await peer.settle()
    assert.deepEqual(drawn, [42, 43, 41, 42, 43])
    assert.deepEqual(
      markers.map(({ cursor }) => cursor),
      ['e:43', 'e:43'],
    )
  }))

test('a newer, an equal or no cursor asks for nothing', () =>
  withServer(async ({ connection, accepted }) => {
    connection.subscribe('a', listener('e:41'))
    const peer = await accepted()
    await answer(peer, 44, [44])
    await peer.settle('e:50')
    const newer = listener('e:47')
    for (const heard of [newer, listener('e:44'), listener('e:46'), listener()]) connection.subscribe('a', heard)
    await peer.settle()
    peer.send(message(47), message(51))
    await peer.settle()
    assert.deepEqual(data(newer), [51])
  }))

test('a cursor before the last message asks for that message', () =>
  withServer(async ({ connection, accepted }) => {
    connection.subscribe('a', listener('e:41'))
    const peer = await accepted()
    await answer(peer, 44, [44])
    await peer.settle()
    const late = listener('e:43')
    connection.subscribe('a', late)
    assert.equal(await answer(peer, 44, [44]), 'e:43')
    await peer.settle()
    assert.deepEqual(data(late), [44])
  }))

test('a ping moves nobody whose stream is being asked for again, for the server holds messages back', () =>
  withServer(async ({ connection, accepted }) => {
    const early = listener('e:41')
    connection.subscribe('a', early)
    const peer = await accepted()
    await answer(peer, 41)
    await peer.settle()
    connection.subscribe('a', listener('e:40'))
    await peer.next()
    await peer.settle('e:60')
    assert.equal(early.cursor, 'e:41')
  }))

test('a revoked stream hears nothing more, not even pings', () =>
  withServer(async ({ connection, accepted }) => {
    const heard = listener('e:41')
    connection.subscribe('a', heard)
    const peer = await accepted()
    await answer(peer, 41)
    peer.send({ type: 'rejected', stream: 'a', reason: 'expired' }, message(42))
    await peer.settle('e:60')
    assert.deepEqual(heard.changes, ['connected', 'disconnected', 'rejected expired'])
    assert.deepEqual(data(heard), [])
    assert.equal(heard.cursor, 'e:41')
  }))

test('who asked for nothing has lost nothing', () =>
  withServer(async ({ connection, accepted, gaps }) => {
    const heard = listener()
    connection.subscribe('a', heard)
    const peer = await accepted()
    await peer.next()
    peer.send(subscribed('a', { cursor: 'e:44', recovered: false }))
    await peer.settle()
    assert.deepEqual(gaps, [])
    assert.deepEqual(heard.changes, ['connected'])
  }))

test('of two epochs the one that was there first is asked for, so that its gap comes out', () =>
  withServer(async ({ connection, accepted }) => {
    for (const cursor of ['e:50', 'e:45', 'f:2']) connection.subscribe('a', listener(cursor))
    const peer = await accepted()
    assert.equal((await peer.next()).cursor, 'e:45')
  }))

test('asks from the least of its listeners, once', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    const [a, b] = [listener('e:50'), listener('e:45')]
    connection.subscribe('a', a)
    connection.subscribe('a', b)
    connection.subscribe('a', listener())
    const first = await accepted()
    assert.equal(await answer(first, 50, [46, 50]), 'e:45')
    await first.settle()
    assert.deepEqual([data(a), data(b)], [[], [46, 50]])
    await cut(first)
    clock.advance(625)
    const second = await accepted()
    assert.equal(await answer(second, 50), 'e:50')
    await second.settle()
  }))

test('an older cursor that comes while an answer is due is asked for after it', () =>
  withServer(async ({ connection, accepted }) => {
    connection.subscribe('a', listener())
    const peer = await accepted()
    const first = await peer.next()
    const late = listener('e:40')
    connection.subscribe('a', late)
    assert.equal(first.cursor, null)
    await peer.settle()
    peer.send(subscribed('a', { cursor: 'e:44', recovered: true }))
    assert.equal(await answer(peer, 44, [41, 44]), 'e:40')
    await peer.settle()
    assert.deepEqual(data(late), [41, 44])
    assert.deepEqual(late.changes, ['connected'])
  }))

test('a gap is told once per stream, and the listener goes on from the cursor in the answer', () =>
  withServer(async ({ connection, accepted, gaps }) => {
    const [a, b] = [listener('e:3'), listener('e:4')]
    connection.subscribe('a', a)
    connection.subscribe('a', b)
    connection.subscribe('b', listener('e:3'))
    const peer = await accepted()
    await peer.next()
    await peer.next()
    peer.send(subscribed('a', { cursor: 'e:44', recovered: false, refresh: 700 }))
    peer.send(subscribed('b', { cursor: 'e:44', recovered: false }), message(45))
    await peer.settle()
    assert.deepEqual(gaps, [
      ['a', 700],
      ['b', undefined],
    ])
    assert.deepEqual(a.changes, ['lost', 'connected'])
    assert.deepEqual([a.cursor, b.cursor], ['e:45', 'e:45'])
  }))

test('a gap is told also where the listener that asked has left: what was dropped may have been for the others', () =>
  withServer(async ({ connection, accepted, gaps }) => {
    const served = listener('e:44')
    connection.subscribe('a', served)
    const peer = await accepted()
    await answer(peer, 44)
    const leave = connection.subscribe('a', listener('e:40'))
    assert.equal((await peer.next()).cursor, 'e:40')
    leave()
    peer.send(subscribed('a', { cursor: 'e:50', recovered: false }))
    await peer.settle()
    assert.deepEqual(
      gaps.map(([stream]) => stream),
      ['a'],
    )
  }))

test('a new epoch starts the count again', () =>
  withServer(async ({ connection, accepted, cut, clock, gaps }) => {
    const heard = listener('e:900')
    connection.subscribe('a', heard)
    const first = await accepted()
    await answer(first, 900)
    await first.settle()
    await cut(first)
    clock.advance(625)
    const second = await accepted()
    assert.equal((await second.next()).cursor, 'e:900')
    second.send(subscribed('a', { cursor: 'f:2', recovered: false }), message('f:3'))
    await second.settle('f:7')
    assert.equal(gaps.length, 1)
    assert.deepEqual(data(heard), ['f:3'])
    assert.equal(heard.cursor, 'f:7')
    const restored = listener('e:900')
    connection.subscribe('a', restored)
    assert.equal((await second.next()).cursor, 'e:900')
  }))

test('a signed name is answered with the plain one, under which its messages come', () =>
  withServer(async ({ connection, accepted, clock }) => {
    const drawn: unknown[] = []
    const draw = (each: Message) => drawn.push(each.data)
    const release = connection.subscribe('signed-1', listener('e:1', draw))
    const peer = await accepted()
    await peer.next()
    peer.send(subscribed('signed-1', { name: 'room', cursor: 'e:1', recovered: true }), message(2, 'room'))
    await peer.settle()
    connection.subscribe('signed-2', listener('e:2', draw))
    release()
    await peer.next()
    clock.advance(300)
    peer.send(subscribed('signed-2', { name: 'room', cursor: 'e:2', recovered: true }), message(3, 'room'))
    await peer.settle()
    assert.deepEqual(drawn, [2, 3])
    clock.advance(1_000)
    // Each page's token is a subscription of its own: the one that nobody holds any more is given up.
    assert.deepEqual(await peer.next(), { type: 'unsubscribe', stream: 'signed-1' })
    peer.send(message(4, 'room'))
    await peer.settle()
    assert.deepEqual(drawn, [2, 3, 4])
  }))

test('messages without cursors reach everybody, always', () =>
  withServer(async ({ connection, accepted }) => {
    const [a, b] = [listener('e:41'), listener()]
    connection.subscribe('a', a)
    connection.subscribe('a', b)
    const peer = await accepted()
    await peer.next()
    peer.send(subscribed('a'))
    for (const each of [1, 1]) peer.send({ type: 'message', stream: 'a', data: each })
    await peer.settle()
    assert.deepEqual(
      [data(a), data(b)],
      [
        [1, 1],
        [1, 1],
      ],
    )
  }))

test('what a listener throws is reported and stops nobody', () =>
  withServer(async ({ connection, accepted, errors }) => {
    const bad = listener(null, () => {
      throw new Error('mine')
    })
    const good = listener()
    connection.subscribe('a', bad)
    connection.subscribe('a', good)
    const peer = await accepted()
    await answer(peer, 1)
    peer.send(message(2), message(3))
    await peer.settle()
    assert.deepEqual(data(good), [2, 3])
    assert.equal(errors.length, 2)
    assert.equal(bad.cursor, 'e:3')
  }))
