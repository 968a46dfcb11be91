// A broadcast that leaves out the tab that caused it: it has the answer to its request already.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import { turboCable } from '../../../src/index.ts'
import type { TestClient } from '../../support/client.ts'
import { listening, type Start, withCable } from '../../support/with-cable.ts'

const header = 'X-Turbo-Cable-Connection'
const subscribe = (client: TestClient, connection: string, cursor: unknown = null) =>
  client.subscribe('s', { cursor, connection })

// A route that broadcasts, as apps have them.
const startApp: Start = async (options) => {
  const cable = turboCable(options)
  const app = express()
  app.use(cable)
  app.post('/messages', async (request, response) => {
    await cable.broadcastAppendTo('s', { target: 'messages', text: 'hi', exclude: request })
    await cable.broadcastJson('s', 'json'.length, { exclude: request })
    cable.broadcastUpdateLaterTo('s', { target: 'count', text: 1, exclude: request })
    cable.broadcastRemoveTo('s', { target: 'old', exclude: request })
    response.end()
  })
  return listening(createServer(app), cable)
}

const appended = '<turbo-stream action="append" target="messages"><template>hi</template></turbo-stream>'
const updated = '<turbo-stream action="update" target="count"><template>1</template></turbo-stream>'
const removed = '<turbo-stream action="remove" target="old"></turbo-stream>'

describe('exclude', () => {
  it('leaves out the tab whose request it was, with every verb, and no other', () =>
    withCable(
      {},
      async ({ connect, origin, cable }) => {
        const [mine, other, old] = [await connect(), await connect(), await connect()]
        await subscribe(mine, 'tab-1')
        await subscribe(other, 'tab-2')
        await old.subscribe('s')
        await fetch(`${origin}/messages`, { method: 'POST', headers: { [header]: 'tab-1' } })
        for (const client of [other, old]) {
          const received = [await client.next(), await client.next(), await client.next(), await client.next()]
          assert.deepEqual(received.map(({ data }) => data).sort(), [appended, removed, updated, 4].sort())
        }
        await cable.broadcastJson('s', 'for all'.length)
        assert.equal((await mine.next()).data, 7, 'the first that it gets is the one for all')
      },
      startApp,
    ))

  it('leaves out nobody for a request without an id', () =>
    withCable(
      {},
      async ({ connect, origin }) => {
        const mine = await connect()
        await subscribe(mine, 'tab-1')
        await fetch(`${origin}/messages`, { method: 'POST' })
        assert.equal((await mine.next()).data, appended)
      },
      startApp,
    ))

  it('holds for a broadcast from another process', () =>
    withCable({}, async ({ connect, broadcast }) => {
      const [mine, other] = [await connect(), await connect()]
      await subscribe(mine, 'tab-1')
      await subscribe(other, 'tab-2')
      const body = [
        { stream: 's', data: 1, exclude: 'tab-1' },
        { stream: 's', data: 2 },
        { stream: 's', data: 3, exclude: 'tab-2' },
        { stream: 's', data: 4, exclude: 5 },
      ]
      assert.equal((await broadcast(body)).status, 200)
      const datas = async (client: TestClient, count: number) => {
        const received: unknown[] = []
        for (let n = 0; n < count; n++) received.push((await client.next()).data)
        return received
      }
      assert.deepEqual(await datas(mine, 3), [2, 3, 4])
      assert.deepEqual(await datas(other, 3), [1, 2, 4])
    }))

  it('holds when it is replayed: to the tab that comes back, and not to others', () =>
    withCable({}, async ({ connect, cable }) => {
      const mine = await connect()
      const { cursor } = await subscribe(mine, 'tab-1')
      await mine.close()
      await cable.broadcastJson('s', 1, { exclude: 'tab-1' })
      await cable.broadcastJson('s', 2)
      const [again, other] = [await connect(), await connect()]
      assert.equal((await subscribe(again, 'tab-1', cursor)).recovered, true)
      assert.equal((await again.next()).data, 2)
      assert.equal((await subscribe(other, 'tab-2', cursor)).recovered, true)
      assert.deepEqual([(await other.next()).data, (await other.next()).data], [1, 2])
    }))
})
