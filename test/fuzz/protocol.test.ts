// The wire as properties: what one side writes the other reads, and nothing makes either throw.

import assert from 'node:assert/strict'
import type { Writable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import fc from 'fast-check'
import * as ws from 'ws'
import * as client from '../../client/protocol.ts'
import { textFrame } from '../../src/transport/websocket-framing.ts'
import { seededChance } from '../support/chance.ts'
import * as server from '../support/turbo-cable-wire.ts'
import { frame } from '../support/websocket.mjs'

// Its types leave this one out.
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable }

const text = fc.string({ unit: 'binary', minLength: 1 })
const json = fc.jsonValue()
const cursor = fc.oneof(fc.constant('e:41'), fc.string({ minLength: 1 }))

function seed(t: TestContext, numRuns = 1_000): { seed: number; numRuns: number } {
  const chance = seededChance()
  t.diagnostic(`seed ${chance.seed}`)
  return { seed: chance.seed, numRuns }
}

// As JSON carries it: -0 becomes 0.
const carried = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('what the client writes', () => {
  it('the server reads', (t) => {
    const id = fc.option(fc.string({ minLength: 1, maxLength: 128 }), { nil: undefined })
    fc.assert(
      fc.property(text, fc.option(cursor), id, (stream, at, connection) => {
        const read = server.decode(client.encode({ type: 'subscribe', stream, cursor: at, connection }))
        const expected = {
          type: 'subscribe',
          address: stream,
          asked: stream,
          cursor: at,
          ...(connection !== undefined && { connection }),
        }
        assert.deepEqual(read, expected)
        assert.deepEqual(server.decode(client.encode({ type: 'unsubscribe', stream })), {
          type: 'unsubscribe',
          address: stream,
        })
      }),
      seed(t),
    )
    assert.deepEqual(server.decode(client.encode({ type: 'pong' })), { type: 'pong' })
  })
})

describe('what the server writes', () => {
  it('the client reads', (t) => {
    fc.assert(
      fc.property(text, json, fc.option(cursor, { nil: undefined }), (stream, data, at) => {
        const read = client.decode(server.message(stream, JSON.stringify(data), at))
        assert.deepEqual(read, {
          type: 'message',
          stream,
          data: carried(data),
          ...(at !== undefined && { cursor: at }),
        })
      }),
      seed(t),
    )
    fc.assert(
      fc.property(text, cursor, fc.boolean(), text, fc.nat(), (stream, at, recovered, name, refresh) => {
        const answer = { type: 'subscribed', stream, cursor: at, recovered, name, refresh }
        assert.deepEqual(client.decode(server.resumed(stream, at, recovered, { name, refresh })), answer)
        assert.deepEqual(client.decode(server.subscribed(stream)), { type: 'subscribed', stream })
        assert.deepEqual(client.decode(server.ping(at)), { type: 'ping', cursor: at })
        const rejected = { type: 'rejected', stream, reason: 'expired' }
        assert.deepEqual(client.decode(server.rejected(stream, 'expired')), rejected)
      }),
      seed(t),
    )
  })

  it('any WebSocket library reads, whatever its length', (t) => {
    const lengths = fc.oneof(fc.constantFrom(0, 125, 126, 127, 65_535, 65_536), fc.nat(70_000))
    fc.assert(
      fc.property(lengths, fc.constantFrom('x', 'é', '☃', '😀'), (length, character) => {
        const payload = character.repeat(length / Buffer.byteLength(character))
        const received: string[] = []
        const receiver = new Receiver({ isServer: false })
        receiver.on('message', (data: Buffer) => received.push(data.toString()))
        // Synchronous where there is no compression.
        receiver.write(Buffer.concat([textFrame(payload), textFrame('end')]))
        assert.deepEqual(received, [payload, 'end'])
      }),
      seed(t, 60),
    )
  })
})

describe('what is neither', () => {
  it('is no command, and makes nobody throw', (t) => {
    const shapes = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({
          type: fc.constantFrom('subscribe', 'unsubscribe', 'pong', '__proto__', 1, null),
          stream: json,
          cursor: json,
          connection: json,
        })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(shapes, (frame) => {
        client.decode(frame)
        const command = server.decode(frame)
        if (command === undefined || command.type === 'pong') return
        assert.ok(command.type === 'subscribe' || command.type === 'unsubscribe')
        assert.ok(typeof command.address === 'string' && command.address !== '')
        if (command.type === 'unsubscribe' || command.cursor === undefined) return
        assert.ok(command.cursor === null || typeof command.cursor === 'string')
        assert.ok(command.connection === undefined || command.connection.length <= 128)
      }),
      seed(t, 5_000),
    )
  })

  it('the frames that these tests send are read as meant, so that they test something', () => {
    const received: string[] = []
    const receiver = new Receiver({ isServer: true })
    receiver.on('message', (data: Buffer) => received.push(data.toString()))
    for (const length of [0, 125, 126, 65_535, 65_536]) receiver.write(frame('x'.repeat(length)))
    assert.deepEqual(
      received.map(({ length }) => length),
      [0, 125, 126, 65_535, 65_536],
    )
  })
})
