// A broadcast that is sent again, because its answer got lost, is applied once.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import { MemoryEngine } from '../../../src/engine/memory.ts'
import { Once } from '../../../src/engine/once.ts'
import { BroadcastEndpoint } from '../../../src/http/broadcast-endpoint.ts'
import { BroadcastRight } from '../../../src/http/broadcast-right.ts'
import { resolveOptions } from '../../../src/options/options.ts'
import { httpPublisher } from '../../../src/publisher/http.ts'
import type { Broadcast, Publisher } from '../../../src/publisher/publisher.ts'
import { withHttpProxy } from '../../support/http-proxy.ts'
import { freePort, listen, shut, whileServing } from '../../support/http-server.ts'
import { withCable } from '../../support/with-cable.ts'
import { turn } from './publisher.ts'

const right = new BroadcastRight({ broadcastToken: [], secret: [], localBroadcasts: true })
const one: Broadcast[] = [{ stream: 's', data: { n: 1 } }]

/** A proxy that lets the first `lost` answers get lost. */
async function withLosses(port: number, lost: number, run: (url: string, ids: string[]) => Promise<void>) {
  const ids: string[] = []
  const loses = (request: IncomingMessage) => ids.push(String(request.headers['idempotency-key'])) <= lost
  await withHttpProxy(port, (proxy) => run(`http://127.0.0.1:${proxy}/_broadcast`, ids), { loses })
}

test('an answer that gets lost is asked for again, with the same id, and the broadcast is delivered once', () =>
  withCable({}, async ({ connect, port }) => {
    const client = await connect()
    await client.subscribe('s')
    await withLosses(port, 2, async (url, ids) => {
      await httpPublisher({ url }).publish(one)
      assert.equal(ids.length, 3)
      assert.equal(new Set(ids).size, 1)
    })
    assert.deepEqual(
      (await client.drain()).map(({ data }) => data),
      [{ n: 1 }],
    )
  }))

test('a batch whose answer gets lost is delivered once, whole and in order', () =>
  withCable({}, async ({ connect, port }) => {
    const client = await connect()
    await client.subscribe('s')
    await withLosses(port, 1, (url) => httpPublisher({ url }).publish([...one, { stream: 's', data: { n: 2 } }]))
    assert.deepEqual(
      (await client.drain()).map(({ data }) => data),
      [{ n: 1 }, { n: 2 }],
    )
  }))

test('a server that restarts within the retry window gets the broadcast', async () => {
  const port = await freePort()
  const received: unknown[] = []
  const endpoint = new BroadcastEndpoint(taking(received), { right, bodyBytes: 10_000 })
  const again = createServer((request, response) => void endpoint.handle(request, response))
  let tries = 0
  const published = httpPublisher({
    url: `http://127.0.0.1:${port}/_broadcast`,
    async fetch(...request) {
      // Nobody is there at the first try, the server is at the third.
      if (++tries === 3) await listen(again, { port })
      return fetch(...request)
    },
  }).publish(one)
  try {
    await published
    assert.equal(tries, 3)
    assert.deepEqual(received, one)
  } finally {
    await shut(again)
  }
})

test('a server that stays away is given up after the time that was allowed', async () => {
  let tries = 0
  const start = performance.now()
  const published = httpPublisher({
    url: `http://127.0.0.1:${await freePort()}/_broadcast`,
    retryFor: 400,
    fetch(...request) {
      tries++
      return fetch(...request)
    },
  }).publish(one)
  await assert.rejects(published, { code: 'TURBO_CABLE_UNREACHABLE' })
  assert.ok(tries >= 2, `${tries} tries`)
  assert.ok(performance.now() - start < 1_500, 'within the time allowed and one answer')
})

/** A publisher that writes down what it takes, when it is let. */
function taking(received: unknown[], gate?: Promise<void>): Publisher {
  return {
    async publish(broadcasts) {
      await gate
      received.push(...broadcasts)
    },
  }
}

/** An endpoint over any publisher, and a function that posts to it under an id. */
async function withEndpoint(
  publisher: Publisher,
  run: (post: (id: string, n?: number) => Promise<Response>, requests: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  // As an engine does it.
  const once = new Once()
  const applied: Publisher = { publish: (broadcasts, id) => once.run(id, () => publisher.publish(broadcasts)) }
  const endpoint = new BroadcastEndpoint(applied, { right, bodyBytes: 10_000 })
  const requests: IncomingMessage[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request)
    void endpoint.handle(request, response)
  })
  const post = (port: number, id: string, n: number) =>
    fetch(`http://127.0.0.1:${port}/_broadcast`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body: JSON.stringify({ stream: 's', data: { n } }),
    })
  await whileServing(server, (port) => run((id, n = 1) => post(port, id, n), requests))
}

test('two requests under way with one id are one broadcast, and both are answered when it is taken', async () => {
  const received: unknown[] = []
  let open = () => {}
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  await withEndpoint(taking(received, gate), async (post, requests) => {
    let answers = 0
    const both = [post('one'), post('one')].map((each) => each.finally(() => answers++))
    while (requests.length < 2 || requests.some(({ readableEnded }) => !readableEnded)) await turn()
    assert.equal(answers, 0)
    open()
    assert.deepEqual(
      (await Promise.all(both)).map(({ status }) => status),
      [200, 200],
    )
    assert.equal(received.length, 1)
  })
})

test('a broadcast that was not taken may be sent again under its id', async () => {
  const received: unknown[] = []
  let fails = 1
  const publisher: Publisher = {
    async publish(broadcasts) {
      if (fails-- > 0) throw new Error('not now')
      received.push(...broadcasts)
    },
  }
  await withEndpoint(publisher, async (post) => {
    assert.equal((await post('one')).status, 503)
    assert.equal((await post('one')).status, 200)
    assert.equal((await post('one')).status, 200)
    assert.equal(received.length, 1)
  })
})

test('different ids, and no usable id, are different broadcasts', async () => {
  const received: unknown[] = []
  await withEndpoint(taking(received), async (post) => {
    for (const id of ['one', 'two', '', '', 'x'.repeat(129), 'x'.repeat(129)]) {
      assert.equal((await post(id)).status, 200)
    }
    assert.equal(received.length, 6)
  })
})

test('a refused request leaves nothing under its id', () =>
  withCable({ broadcastToken: 't0ken' }, async ({ connect, broadcast }) => {
    const client = await connect()
    await client.subscribe('s')
    const stranger = { 'Idempotency-Key': 'one', Origin: 'https://evil.example' }
    const id = { 'Idempotency-Key': 'one', Authorization: 'Bearer t0ken' }
    assert.equal((await broadcast(one[0], stranger)).status, 403)
    assert.equal((await broadcast({ stream: 's' }, id)).status, 400)
    assert.equal((await broadcast(one[0], id)).status, 200)
    assert.deepEqual((await client.next()).data, { n: 1 })
    // Who knows an id does not get its answer without the right to it.
    assert.equal((await broadcast(one[0], stranger)).status, 403)
  }))

test('the same id at two cables of one engine is one broadcast, which both deliver', () => {
  const engine = new MemoryEngine(resolveOptions().history)
  return withCable({ engine }, (first) =>
    withCable({ engine }, async (second) => {
      const clients = [await first.connect(), await second.connect()]
      for (const client of clients) await client.subscribe('s')
      const id = { 'Idempotency-Key': 'one' }
      assert.equal((await first.broadcast(one[0], id)).status, 200)
      assert.equal((await second.broadcast(one[0], id)).status, 200)
      for (const client of clients) {
        assert.deepEqual(
          (await client.drain()).map(({ data }) => data),
          [{ n: 1 }],
        )
      }
    }),
  )
})
