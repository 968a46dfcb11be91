// This package's client against this package's server, with a bad network in between: whatever happens to the connection,
// the page ends with every message, each once and in order.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { type Connection, createConnection } from '../../../client/connection.ts'
import type { Listener } from '../../../client/subscriptions.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { type Context, withCable } from '../../support/with-cable.ts'
import { turn } from './publisher.ts'

interface Page {
  readonly connection: Connection
  readonly clock: FakeClock
  readonly proxy: TcpProxy
  readonly cable: Context['cable']
  readonly gaps: string[]
  /** Subscribes as a marker with this cursor does. */
  listen(stream: string, cursor?: string | null): Heard
  /** Sends the next `count` numbers. */
  send(stream: string, count: number): Promise<void>
  /** Resolves when the numbers 1 to `count` have arrived, and nothing else. */
  arrived(heard: Heard, count: number): Promise<void>
  /** Cuts the connection; resolves when the client has noticed. */
  cut(heard: Heard): Promise<void>
  /** Lets the client's clock run until it has a connection. */
  back(heard: Heard): Promise<void>
}

interface Heard extends Listener {
  readonly got: number[]
}

function withPage(run: (page: Page) => Promise<void>): Promise<void> {
  return withCable({}, async ({ cable, port }) => {
    const proxy = await TcpProxy.to(port)
    const clock = new FakeClock()
    const gaps: string[] = []
    const connection = createConnection(`ws://127.0.0.1:${proxy.port}/cable`, {
      WebSocket,
      clock,
      random: () => 0.5,
      gap: (stream) => gaps.push(stream),
    })
    let sent = 0
    try {
      await run({
        connection,
        clock,
        proxy,
        cable,
        gaps,
        listen(stream, cursor = null) {
          const got: number[] = []
          const heard: Heard = {
            cursor,
            waiting: true,
            got,
            deliver: ({ data }) => got.push((data as { n: number }).n),
            notify: () => {},
          }
          connection.subscribe(stream, heard)
          return heard
        },
        async send(stream, count) {
          for (let each = 0; each < count; each++) assert.ok(await cable.broadcastJson(stream, { n: ++sent }))
        },
        async arrived(heard, count) {
          while (heard.got.length < count) await turn()
          assert.deepEqual(
            heard.got,
            Array.from({ length: count }, (_, index) => index + 1),
          )
        },
        async cut(heard) {
          await proxy.cut()
          while (heard.connected) await turn()
        },
        async back(heard) {
          while (!heard.connected) {
            clock.advance(100)
            await turn()
          }
        },
      })
      assert.deepEqual(gaps, [])
    } finally {
      connection.suspend()
      await proxy.close()
    }
  })
}

test('a client that has received nothing yet catches up after its connection was cut', () =>
  withPage(async ({ listen, send, arrived, back, cut }) => {
    const heard = listen('a')
    await back(heard)
    assert.deepEqual(heard.got, [])
    await cut(heard)
    await send('a', 20)
    await back(heard)
    await arrived(heard, 20)
  }))

test('a client that could not connect at first catches up from where its page was read', () =>
  withPage(async ({ listen, send, arrived, back, proxy, clock, cable }) => {
    const cursor = /data-cursor="([^"]+)"/.exec(cable.turboStreamFrom('a'))?.[1]
    proxy.refuse(true)
    const heard = listen('a', cursor ?? assert.fail('no cursor in the marker'))
    await send('a', 20)
    while (proxy.refused < 3) {
      clock.advance(1_000)
      await turn()
    }
    assert.equal(!!heard.connected, false)
    proxy.refuse(false)
    await back(heard)
    await arrived(heard, 20)
  }))

test('a client that is cut off again and again, between any two messages, gets each once and in order', () =>
  withPage(async ({ listen, send, arrived, back, cut, clock }) => {
    const heard = listen('a')
    await back(heard)
    for (let round = 0; round < 20; round++) {
      await send('a', 3)
      // Some of these are on their way when the network goes.
      if (round % 2) await turn()
      await cut(heard)
      await send('a', 2)
      clock.advance(30_000)
      if (round % 3) await back(heard)
    }
    await back(heard)
    await arrived(heard, 100)
  }))

test('a client that slept through it all catches up when it wakes', () =>
  withPage(async ({ listen, send, arrived, back, proxy, clock, connection }) => {
    const heard = listen('a')
    await back(heard)
    await send('a', 1)
    await arrived(heard, 1)
    void proxy.swallow()
    await send('a', 50)
    // No timer runs in a sleeping machine: its clock has jumped when it wakes.
    clock.jump(600_000)
    connection.wake()
    await back(heard)
    await arrived(heard, 51)
  }))

test('a socket that died silently is found out by its silence, and what it swallowed comes by the next', () =>
  withPage(async ({ listen, send, arrived, back, proxy, clock }) => {
    const heard = listen('a')
    await back(heard)
    await send('a', 5)
    await arrived(heard, 5)
    void proxy.swallow()
    await send('a', 5)
    clock.advance(74_000)
    assert.equal(!!heard.connected, true, 'a quiet stream is no dead one')
    clock.advance(2_000)
    assert.equal(!!heard.connected, false)
    await back(heard)
    await arrived(heard, 10)
  }))

test('a socket that died silently is found out within seconds when somebody looks at the page', () =>
  withPage(async ({ listen, send, arrived, back, proxy, clock, connection }) => {
    const heard = listen('a')
    await back(heard)
    void proxy.swallow()
    await send('a', 5)
    clock.advance(10_000)
    connection.wake()
    clock.advance(5_000)
    assert.equal(!!heard.connected, false)
    await back(heard)
    await arrived(heard, 5)
  }))

test('several streams of one connection each resume from their own place', () =>
  withPage(async ({ listen, send, back, cut, cable }) => {
    const [a, b, c] = [listen('a'), listen('b'), listen('c')]
    for (const heard of [a, b, c]) await back(heard)
    await send('a', 3)
    await cut(a)
    for (const stream of ['b', 'c', 'a', 'b']) await send(stream, 2)
    for (const heard of [a, b, c]) await back(heard)
    await cable.broadcastJson('c', { n: 0 })
    while (c.got.at(-1) !== 0) await turn()
    assert.deepEqual(
      [a.got, b.got, c.got],
      [
        [1, 2, 3, 8, 9],
        [4, 5, 10, 11],
        [6, 7, 0],
      ],
    )
  }))
