// What is kept of a stream for replays is one copy, by however many names it is asked for: clients of Action Cable write their own.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { TestClient } from '../../support/client.ts'
import { buffersInUse } from '../../support/heap.ts'
import { withCable } from '../../support/with-cable.ts'

it('a history that was replayed under a hundred identifiers holds no bytes for each of them', () =>
  withCable({}, async ({ cable, port, connect }) => {
    const first = await connect()
    const { cursor } = await first.subscribe('s', { cursor: null })
    const [epoch] = (cursor as string).split(':')
    for (let n = 0; n < 6; n++) await cable.broadcastJson('s', { text: 'x'.repeat(10_000) })
    const before = buffersInUse()
    for (let n = 0; n < 100; n++) {
      const client = new TestClient(`ws://127.0.0.1:${port}/cable`, {}, ['actioncable-v1-ext-json'])
      await client.opened()
      const identifier = JSON.stringify({ channel: '$pubsub', stream_name: 's', n })
      client.send({ command: 'subscribe', identifier, history: { streams: { s: { offset: 0, epoch } } } })
      for (let messages = 0; messages < 6; ) if ((await client.next()).message) messages++
      client.ws.terminate()
      await client.closed
    }
    const kept = buffersInUse() - before
    assert.ok(kept < 2_000_000, `${kept} bytes`)
  }))
