// The programs of docs/engines.md run as they are written: two servers on one Redis or NATS, and a worker
// that sends to the pages of both.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClient } from '../support/client.ts'
import { DocsExample } from '../support/docs.ts'
import { engines } from '../support/engines.ts'

const programs = {
  Redis: { packages: ['redis'], server: 'server.mjs', worker: 'worker.mjs', variable: 'REDIS_URL' },
  NATS: {
    packages: ['@nats-io/transport-node', '@nats-io/jetstream'],
    server: 'nats-server.mjs',
    worker: 'nats-worker.mjs',
    variable: 'NATS_URL',
  },
}

for (const kind of engines) {
  test(`what a worker sends by ${kind.name}, and what one server is sent, reaches the pages of both servers`, async () => {
    const { packages, server, worker: sender, variable } = programs[kind.name]
    const between = await kind.start()
    const example = new DocsExample('docs/engines.md', ['express', ...packages])
    try {
      const env = { [variable]: kind.url(between.port), PORT: '0' }
      const servers = [example.start(server, env), example.start(server, env)]
      const [one, other] = await Promise.all(servers.map(async (each) => new URL(await each.line())))
      const clients = await Promise.all(
        [one, other].map((origin) => new TestClient(`ws://${origin?.host}/cable`).opened()),
      )
      for (const client of clients) await client.subscribe('orders')
      const worker = example.start(sender, env)
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
      await between.end()
    }
  })
}
