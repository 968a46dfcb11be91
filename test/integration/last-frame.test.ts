// A close frame is the last thing that a server says (RFC 6455 §5.5.1), also where it waits behind much else.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { frame, handshake } from '../support/websocket.mjs'
import { withCable } from '../support/with-cable.ts'

const protocolError = Buffer.from([0x88, 2, 1002 >> 8, 1002 & 255])

test('a client that breaks the protocol and does not read gets no message after the close frame that says so', () =>
  withCable({ limits: { pendingBytes: 100_000_000 } }, async ({ cable, port, server }) => {
    const upgraded = once(server, 'upgrade') as Promise<[unknown, Duplex]>
    const client = connect(port, '127.0.0.1')
    client.write(Buffer.concat([handshake(), frame('{"type":"subscribe","stream":"s"}')]))
    const [, socket] = await upgraded
    while (cable.stats().subscriptions === 0) await setImmediate()
    client.pause()
    while (socket.writableLength === 0) await cable.broadcastJson('s', ['x'.repeat(100_000)])
    // A client's frames must be masked; this one is not.
    const broken = once(socket, 'data')
    client.write(frame('a', { masked: false }))
    await broken
    await cable.broadcastJson('s', ['too late'])
    const said: Buffer[] = []
    client.on('data', (chunk) => said.push(chunk))
    client.resume()
    await once(client, 'close')
    assert.deepEqual(Buffer.concat(said).subarray(-protocolError.length), protocolError)
  }))
