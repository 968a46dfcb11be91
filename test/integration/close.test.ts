// cable.close(): settles in time whatever the clients do, and leaves no handle behind.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it, mock } from 'node:test'
import { handshake } from '../support/websocket.mjs'
import { withCable } from '../support/with-cable.ts'

const timers = () =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout' || kind === 'Immediate').length

describe('close()', () => {
  it('cuts off a client that never answers, within the timeout', () =>
    withCable({}, async ({ port, cable }) => {
      // A socket that shakes hands and then neither reads nor answers.
      const socket = connect(port, '127.0.0.1')
      socket.write(handshake())
      await once(socket, 'data')
      socket.pause()
      assert.equal(cable.stats().connections, 1)
      const start = performance.now()
      await cable.close({ timeout: 300 })
      const took = performance.now() - start
      assert.ok(took >= 250 && took < 1_500, `${took} ms`)
      assert.equal(cable.stats().connections, 0)
      socket.destroy()
    }))

  it('settles at once without clients, and a second time', () =>
    withCable({}, async ({ cable }) => {
      const start = performance.now()
      await cable.close({ timeout: 60_000 })
      await cable.close({ timeout: 60_000 })
      assert.ok(performance.now() - start < 1_000)
    }))

  it('sends what the Later verbs still hold', () =>
    withCable({}, async ({ cable, connect }) => {
      const client = await connect()
      await client.subscribe('s')
      for (let n = 0; n < 5; n++) cable.broadcastUpdateLaterTo('s', { target: 't', text: n })
      await cable.close({ timeout: 5_000 })
      for (let n = 0; n < 5; n++) {
        assert.equal(
          (await client.next()).data,
          `<turbo-stream action="update" target="t"><template>${n}</template></turbo-stream>`,
        )
      }
      assert.equal((await client.next()).type, 'disconnect')
    }))

  it('sends the refresh that waits for the end of its burst', () =>
    withCable({}, async ({ cable, connect }) => {
      const client = await connect()
      await client.subscribe('s')
      cable.broadcastRefreshLaterTo('s')
      cable.broadcastRefreshLaterTo('s', { requestId: 'r1' })
      await cable.close({ timeout: 5_000 })
      assert.equal((await client.next()).data, '<turbo-stream action="refresh"></turbo-stream>')
      assert.equal((await client.next()).data, '<turbo-stream request-id="r1" action="refresh"></turbo-stream>')
      assert.equal((await client.next()).type, 'disconnect')
    }))

  it('leaves neither timer nor upgrade listener', async () => {
    const before = timers()
    await withCable({}, async ({ cable, connect, server }) => {
      const client = await connect()
      await client.subscribe('s')
      await cable.close({ timeout: 5_000 })
      await client.closed
      assert.equal(server.listenerCount('upgrade'), 0)
    })
    assert.equal(timers(), before)
  })

  it('makes later broadcasts resolve to false with one logged line', () =>
    withCable({}, async ({ cable }) => {
      await cable.close()
      const warn = mock.method(console, 'warn', () => {})
      assert.equal(await cable.broadcastJson('s', { a: 1 }), false)
      assert.equal(warn.mock.callCount(), 1)
      warn.mock.restore()
    }))

  it('answers broadcasts with 503 on a connection that ends, so that senders come again, and still has its files', () =>
    withCable({}, async ({ cable, broadcast, origin }) => {
      await cable.close()
      const answer = await broadcast({ stream: 's', data: 1 })
      assert.equal(answer.status, 503)
      assert.equal(answer.headers.get('connection'), 'close')
      assert.match(await answer.text(), /^Service Unavailable/)
      assert.equal((await fetch(`${origin}/cable/start.js`)).status, 200)
      assert.equal(await (await fetch(`${origin}/cable`)).text(), 'the app')
    }))
})
