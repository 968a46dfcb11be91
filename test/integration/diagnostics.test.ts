// The events of a cable that serves real sockets: who came, by which wire, and who was refused at which door.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { cableEvents } from '../support/cable-events.ts'
import { TestClient } from '../support/client.ts'
import { warnings } from '../support/warnings.ts'
import { withCable } from '../support/with-cable.ts'

it('a client is told of by the wire that it speaks and the address that it comes from', (t) =>
  withCable({ authenticate: () => ({ id: 7 }) }, async ({ cable, connect, port, origin }) => {
    const connected = cableEvents(t, 'turbo-cable:connected', cable.id)
    const disconnected = cableEvents(t, 'turbo-cable:disconnected', cable.id)
    const client = await connect()
    await client.subscribe('s')
    const other = new TestClient(`ws://127.0.0.1:${port}/cable`, {}, ['actioncable-v1-json'])
    await other.next()
    const left = new AbortController()
    await fetch(`${origin}/cable/events?stream=s`, { signal: left.signal })
    left.abort()
    await other.close()
    while (disconnected.length < 2) await new Promise(setImmediate)
    const websocket = { transport: 'websocket', address: '127.0.0.1' }
    assert.deepEqual(
      connected,
      [
        { connection: 1, protocol: 'turbo-cable', ...websocket },
        { connection: 2, protocol: 'actioncable-v1-json', ...websocket },
        { connection: 3, protocol: 'event-stream', transport: 'event-stream', address: '127.0.0.1' },
      ].map((each) => ({ cable: cable.id, subject: '7', ...each })),
    )
    assert.deepEqual(disconnected.map(({ connection, reason }) => `${connection} ${reason}`).sort(), [
      '2 left',
      '3 left',
    ])
  }))

it('a refusal at any door is told of, without the query, which may hold a token', (t) =>
  withCable({ broadcastToken: 'a-token-of-enough-bytes' }, async ({ cable, connect, origin, broadcast }) => {
    warnings(t)
    const refused = cableEvents(t, 'turbo-cable:refused', cable.id)
    await assert.rejects(connect('/cable?token=secret', { Origin: 'https://other.example' }))
    await fetch(`${origin}/cable/events?token=secret`)
    await broadcast({ stream: 's', data: 1 })
    await broadcast('no JSON', { Authorization: 'Bearer a-token-of-enough-bytes' })
    const known = { cable: cable.id, address: '127.0.0.1', origin: undefined }
    const forbidden = 'Forbidden: Broadcasts only allowed from localhost'
    assert.deepEqual(
      refused,
      [
        { door: 'websocket', status: 403, reason: 'Forbidden: origin not allowed', path: '/cable' },
        { door: 'event-stream', status: 400, reason: 'Stream required: events?stream=name', path: '/cable/events' },
        { door: 'broadcast', status: 403, reason: forbidden, path: '/_broadcast' },
        { door: 'broadcast', status: 400, reason: 'Invalid JSON', path: '/_broadcast' },
      ].map((each, index) => ({ ...known, ...each, ...(index === 0 && { origin: 'https://other.example' }) })),
    )
  }))

it('two cables of one process are told apart', (t) =>
  withCable({}, (one) =>
    withCable({}, async (other) => {
      const broadcasts = cableEvents(t, 'turbo-cable:broadcast')
      assert.notEqual(one.cable.id, other.cable.id)
      await other.cable.broadcastJson('s', 1)
      await one.cable.broadcastJson('s', 2)
      assert.deepEqual(
        broadcasts.map(({ cable, json }) => [cable, json]),
        [
          [other.cable.id, '1'],
          [one.cable.id, '2'],
        ],
      )
    }),
  ))
