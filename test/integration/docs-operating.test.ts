// The programs of docs/operating.md run as they are written.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClient } from '../support/client.ts'
import { DocsExample } from '../support/docs.ts'

test('the server of docs/operating.md tells how it is, and the listener beside it what it sends', async () => {
  const example = new DocsExample('docs/operating.md', ['express', 'prom-client'])
  try {
    const program = example.start('server.mjs', { PORT: '0', NODE_OPTIONS: '--import=./events.mjs' })
    const origin = `http://127.0.0.1:${/^listening on (\d+)$/.exec(await program.line())?.[1]}`
    const client = await new TestClient(`${origin.replace('http', 'ws')}/cable`).opened()
    await client.subscribe('news')
    const health = await (await fetch(`${origin}/health`)).json()
    const known = { live: true, ready: true, engine: 'up', engineMissing: 0, connections: 1, subscriptions: 1 }
    assert.deepEqual(health, known)
    assert.equal((await fetch(`${origin}/ready`)).status, 200)
    const before = await fetch(`${origin}/metrics`)
    assert.match(before.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(await before.text(), /^turbo_cable_deliveries_total 0$/m)
    const headers = { 'Content-Type': 'application/json' }
    await fetch(`${origin}/_broadcast`, { method: 'POST', headers, body: '{"stream":"news","data":1}' })
    assert.match(await program.line(), /^news → 1 in \d+\.\d ms$/)
    assert.match(await (await fetch(`${origin}/metrics`)).text(), /^turbo_cable_deliveries_total 1$/m)
    client.ws.terminate()
  } finally {
    await example.remove()
  }
})
