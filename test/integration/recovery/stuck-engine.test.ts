// An engine that takes broadcasts and never answers a question: what is held back for a subscriber meanwhile stays small.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { MemoryEngine } from '../../../src/engine/memory.ts'
import { resolveOptions } from '../../../src/options/options.ts'
import { heapInUse } from '../../support/heap.ts'
import { withCable } from '../../support/with-cable.ts'

const megabyte = 1_000_000

it('310 MB sent to a stream whose subscriber waits for its replay do not stay: it has a gap, and is served from there', async () => {
  const engine = new MemoryEngine(resolveOptions({}, {}).history)
  const asked = new Promise<void>((resolve) => {
    engine.since = () => {
      resolve()
      return new Promise(() => {})
    }
  })
  await withCable({ engine }, async ({ cable, connect }) => {
    const client = await connect()
    client.send({ type: 'subscribe', stream: 's', cursor: engine.cursor() })
    await asked
    const before = heapInUse()
    // All in one turn of the event loop, so that the subscriber waits to the end of it.
    for (let n = 0; n < 310; n++) {
      // By way of bytes: a string that is repeated is stored once.
      const json = JSON.stringify(Buffer.alloc(megabyte, 'x').toString('latin1'))
      void engine.publish([{ stream: 's', json }])
    }
    const held = heapInUse() - before
    assert.ok(held < 10 * megabyte, `${Math.round(held / megabyte)} MB held`)
    const { type, recovered, cursor } = await client.next()
    assert.deepEqual([type, recovered, cursor], ['subscribed', false, engine.cursorAt(310)])
    await cable.broadcastRefreshTo('s')
    const live = await client.next()
    assert.deepEqual([live.type, live.cursor], ['message', engine.cursorAt(311)])
  })
})
