// The programs of docs/engines.md run as they are written: two servers on one Redis, and a worker that sends to the pages of both.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClient } from '../support/client.ts'
import { DocsExample } from '../support/docs.ts'
import { startRedis } from '../support/redis.ts'

test('what a worker sends, and what one server is sent, reaches the pages of both servers', async () => {
  const redis = await startRedis()
  const example = new DocsExample('docs/engines.md', ['express', 'redis'])
  try {
    const env = { REDIS_URL: redis.url, PORT: '0' }
    const servers = [example.start('server.mjs', env), example.start('server.mjs', env)]
    const [one, other] = await Promise.all(servers.map(async (server) => new URL(await server.line())))
    const clients = await Promise.all(
      [one, other].map((origin) => new TestClient(`ws://${origin?.host}/cable`).opened()),
    )
    for (const client of clients) await client.subscribe('orders')
    const worker = example.start('worker.mjs', env)
    const refresh = '<turbo-stream action="refresh"></turbo-stream>'
    for (const client of clients) assert.equal((await client.next()).data, refresh)
    assert.equal(await worker.ended, 0)
    const body = JSON.stringify({ stream: 'orders', data: { n: 1 } })
    const headers = { 'Content-Type': 'application/json' }
    assert.equal((await fetch(new URL('/_broadcast', one), { method: 'POST', headers, body })).status, 200)
    for (const client of clients) assert.deepEqual((await client.next()).data, { n: 1 })
    for (const client of clients) client.ws.terminate()
  } finally {
    await example.remove()
    await redis.stop()
  }
})
