// A sender in another process that could not send to more streams than it can remember: every page finds a gap, also one whose
// stream was not among them and one that was away.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpPublisher } from '../../../src/publisher/http.ts'
import { withCable } from '../../support/with-cable.ts'

const token = 'a-token-of-some-length'

test('a refresh of all sends every client away, and its cursor has a gap when it is back', () =>
  withCable({ broadcastToken: token }, async ({ origin, connect, cable }) => {
    const page = await connect()
    const { cursor } = await page.subscribe('s', { cursor: null })
    await cable.broadcastJson('s', { n: 1 })
    const { cursor: newest } = await page.next()

    await httpPublisher({ url: `${origin}/_broadcast`, token }).refreshAll?.()
    const farewell = await page.next()
    assert.deepEqual([farewell.type, farewell.reason, farewell.reconnect], ['disconnect', 'server_restart', true])
    assert.equal((await page.closed).code, 1012)

    const back = await connect()
    for (const seen of [cursor, newest]) assert.equal((await back.subscribe('s', { cursor: seen })).recovered, false)
    const { cursor: now, recovered } = await back.subscribe('t', { cursor: newest })
    assert.equal(recovered, false)
    await cable.broadcastJson('t', { n: 2 })
    assert.deepEqual((await back.next()).data, { n: 2 })
    const other = await connect()
    assert.equal((await other.subscribe('t', { cursor: now })).recovered, true)
  }))

test('nobody without the right to broadcast may ask for it', () =>
  withCable({ broadcastToken: token }, async ({ broadcast, connect }) => {
    const page = await connect()
    await page.subscribe('s', { cursor: null })
    assert.equal((await broadcast({ refresh: 'all' })).status, 403)
    assert.deepEqual(await page.drain(), [])
  }))
