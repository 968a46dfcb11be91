// Several names for one stream, as tokens are: whoever listens gets what it lacks, in order, in whatever order the answers come.

import './no-page.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Part } from '../../../client/parts.ts'
import type { Message } from '../../../client/protocol.ts'
import { type Heard, listener, withServer } from './with-server.ts'

const message = (position: number) => ({ type: 'message', stream: 'room', data: position, cursor: `e:${position}` })
const data = (heard: Heard) => heard.messages.map((each) => each.data)

// A page has several tokens for a stream when they expire or when messages bring them.
const token = (n: number) => `${btoa(JSON.stringify({ stream: 'room', expires: n }))}--${'0'.repeat(64)}`
const confirmed = (n: number, position: number) => {
  return { type: 'subscribed', stream: token(n), name: 'room', cursor: `e:${position}`, recovered: true }
}
const replay = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => message(from + 1 + index))

/** A part of a page, which draws what it lacks, and a listener for it; all parts of a page share a function. */
function page(...positions: number[]) {
  const parts: { part: Part; drawn: unknown[] }[] = []
  const put = (position: number) => {
    const part = new Part({} as Element)
    part.begin('room', `e:${position}`)
    const drawn: unknown[] = []
    parts.push({ part, drawn })
    return drawn
  }
  const draw = (each: Message, since?: string) => {
    for (const { part, drawn } of parts) {
      if (!part.lacks(each, since)) continue
      drawn.push(each.data)
      part.advance('room', each.cursor as string)
    }
  }
  return { put, drawn: positions.map(put), listeners: positions.map((each) => listener(`e:${each}`, draw)) }
}

for (const [first, last] of [
  [40, 43],
  [43, 40],
] as const)
  test(`two names for one stream: each part of a page gets what it lacks, when ${first} is answered first`, () =>
    withServer(async ({ connection, accepted }) => {
      const { drawn, listeners } = page(first, last)
      for (const [n, heard] of listeners.entries()) connection.subscribe(token(n), heard)
      const peer = await accepted()
      await peer.next()
      await peer.next()
      peer.send(confirmed(0, 44), ...replay(first, 44), message(45), confirmed(1, 45), ...replay(last, 46))
      await peer.settle()
      const all = [41, 42, 43, 44, 45, 46]
      assert.deepEqual(
        drawn,
        [first, last].map((each) => all.slice(each - 40)),
      )
    }))

test('who leaves before its answer takes nothing from the others', () =>
  withServer(async ({ connection, accepted }) => {
    const { drawn, listeners } = page(43, 40)
    const [stays, goes] = listeners as [Heard, Heard]
    connection.subscribe(token(0), stays)
    const peer = await accepted()
    await peer.next()
    peer.send(confirmed(0, 43))
    await peer.settle()
    const leave = connection.subscribe(token(1), goes)
    await peer.next()
    peer.send(message(44))
    await peer.settle()
    leave()
    peer.send(message(45), confirmed(1, 45), ...replay(40, 46))
    await peer.settle('e:46')
    assert.deepEqual(drawn[0], [44, 45, 46])
    assert.equal(stays.cursor, 'e:46')
  }))

test('a part that comes in the middle of a replay takes the rest of it, also when all listeners have been further', () =>
  withServer(async ({ connection, accepted }) => {
    const { put, listeners } = page(40, 41)
    const [stays, goes] = listeners as [Heard, Heard]
    connection.subscribe(token(0), stays)
    const peer = await accepted()
    await peer.next()
    peer.send(confirmed(0, 44), ...replay(40, 44))
    await peer.settle()
    const leave = connection.subscribe(token(1), goes)
    await peer.next()
    peer.send(confirmed(1, 44), ...replay(41, 42))
    await peer.settle()
    leave()
    const drawn = put(43)
    connection.rewind(token(0), stays, 'e:43')
    peer.send(...replay(42, 45))
    await peer.settle()
    assert.deepEqual(drawn, [44, 45])
  }))

test('a name for a stream that is served already has nothing replayed, and what comes while it is asked for', () =>
  withServer(async ({ connection, accepted }) => {
    const [first, next] = [listener('e:40'), listener('e:42')]
    const leave = connection.subscribe(token(0), first)
    const peer = await accepted()
    await peer.next()
    peer.send(confirmed(0, 42), ...replay(40, 42))
    await peer.settle()
    connection.subscribe(token(1), next)
    leave()
    assert.equal((await peer.next()).cursor, null)
    peer.send(message(43), confirmed(1, 43), message(44))
    await peer.settle()
    assert.deepEqual(data(next), [43, 44])
    // Unless the other name has been refused meanwhile.
    const last = listener('e:44')
    connection.subscribe(token(2), last)
    assert.equal((await peer.next()).cursor, null)
    for (const n of [0, 1]) peer.send({ type: 'rejected', stream: token(n), reason: 'expired' })
    peer.send(confirmed(2, 47))
    assert.equal((await peer.next()).cursor, 'e:44')
    peer.send(confirmed(2, 47), ...replay(44, 47))
    await peer.settle()
    assert.deepEqual(data(last), [45, 46, 47])
  }))

test('a quiet stream has its place kept, by pings and over sockets', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    const [page, other] = [listener('e:40'), listener('e:40')]
    connection.subscribe(token(1), page)
    connection.subscribe('quiet', other)
    const first = await accepted()
    await first.next()
    await first.next()
    first.send(confirmed(1, 40), { type: 'subscribed', stream: 'quiet', cursor: 'e:40', recovered: true })
    await first.settle('e:60')
    // Nothing of it was sent between 40 and 60, so that this lacks nothing.
    const kept = listener('e:50')
    connection.subscribe(token(1), kept)
    await cut(first)
    clock.advance(625)
    const second = await accepted()
    assert.equal((await second.next()).cursor, 'e:50')
    await second.next()
    second.send(confirmed(1, 61), message(61))
    await second.settle()
    assert.deepEqual([data(page), data(kept)], [[61], [61]])
  }))

test('a part that nothing was sent for keeps its place over a new socket, as far as pings have come', () =>
  withServer(async ({ connection, accepted, cut, clock }) => {
    const { drawn, listeners } = page(40)
    connection.subscribe(token(0), listeners[0] as Heard)
    const first = await accepted()
    await first.next()
    first.send(confirmed(0, 40))
    await first.settle('e:60')
    await cut(first)
    clock.advance(625)
    const second = await accepted()
    assert.equal((await second.next()).cursor, 'e:60')
    second.send(confirmed(0, 60), message(61))
    await second.settle()
    assert.deepEqual(drawn, [[61]])
  }))
