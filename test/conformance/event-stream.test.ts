// The event stream: what a `<turbo-stream-source src>` and any EventSource gets, and nobody else.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { TurboCableOptions } from '../../src/index.ts'
import { Signer } from '../../src/stream/signer.ts'
import { byChance } from '../support/chance.ts'
import { readEvents, TestEventSource } from '../support/event-source.ts'
import { type Context, type Start, startBare, startExpress, withCable } from '../support/with-cable.ts'

interface Streams extends Context {
  listen(query: string, headers?: Record<string, string>): TestEventSource
  /** Once its subscriptions are there. */
  listening(query: string, headers?: Record<string, string>): Promise<TestEventSource>
}

function withStreams(
  options: TurboCableOptions,
  run: (context: Streams) => Promise<void>,
  start: Start = startExpress,
): Promise<void> {
  return withCable(
    options,
    async (context) => {
      const sources: TestEventSource[] = []
      const listen = (query: string, headers?: Record<string, string>) => {
        const source = new TestEventSource(`${context.origin}/cable/events?${query}`, headers)
        sources.push(source)
        return source
      }
      try {
        await run({
          ...context,
          listen,
          async listening(query, headers) {
            const source = listen(query, headers)
            assert.equal((await source.opened).statusCode, 200)
            // The id tells that its replay is done.
            while (source.id === '') await new Promise(setImmediate)
            return source
          },
        })
      } finally {
        for (const source of sources) source.close()
        while (context.cable.stats().connections > 0) await new Promise(setImmediate)
      }
    },
    start,
  )
}

const update = (n: number) => ({ target: 'x', html: `<p>\n${n}</p>` })

for (const [name, start] of Object.entries({ express: startExpress, bare: startBare })) {
  it(`${name}: HTML is an unnamed event, JSON a named one, in order, each with its cursor`, () =>
    withStreams(
      {},
      async ({ listening, cable }) => {
        const source = await listening('stream=s')
        const { headers } = await source.opened
        assert.match(String(headers['content-type']), /^text\/event-stream/)
        assert.equal(headers['x-accel-buffering'], 'no')
        await cable.broadcastUpdateTo('s', update(1))
        await cable.broadcastJson('s', { n: 2 })
        await cable.broadcastJson('other', { n: 3 })
        const html = await source.next()
        assert.equal(html.name, 'message')
        assert.equal(
          html.data,
          '<turbo-stream action="update" target="x"><template><p>\n1</p></template></turbo-stream>',
        )
        const json = await source.next()
        assert.deepEqual([json.name, JSON.parse(json.data)], ['json', { stream: 's', data: { n: 2 } }])
        assert.notEqual(html.id, json.id)
      },
      start,
    ))
}

it('replays after Last-Event-ID, and after the cursor of a page that has seen nothing yet', () =>
  withStreams({}, async ({ listening, cable }) => {
    const source = await listening('stream=s')
    const rendered = source.id
    await cable.broadcastJson('s', 1)
    const { id } = await source.next()
    source.close()
    await cable.broadcastJson('s', 2)
    await cable.broadcastJson('s', 3)
    for (const [query, headers, expected] of [
      ['stream=s', { 'Last-Event-ID': id }, [2, 3]],
      [`stream=s&cursor=${rendered}`, {}, [1, 2, 3]],
      [`stream=s&cursor=${rendered}`, { 'Last-Event-ID': id }, [2, 3]],
    ] as const) {
      const back = await listening(query, headers)
      for (const n of expected) assert.equal(JSON.parse((await back.next()).data).data, n)
      await cable.broadcastJson('live', 0)
      assert.deepEqual(back.inbox, [])
    }
  }))

it('loses nothing over cuts at any byte, with several streams whose messages are written stream by stream', () =>
  // All of it is kept: a client that is cut off again and again before the id of its replay would come too late for the default.
  byChance((below) =>
    withStreams({ history: { size: 1_000 } }, async ({ listen, cable }) => {
      const seen = { a: [] as number[], b: [] as number[] }
      let [sent, id] = [0, '']
      for (let round = 0; round < 40; round++) {
        const source = listen('stream=a&stream=b', id === '' ? {} : { 'Last-Event-ID': id })
        while (source.id === '') await new Promise(setImmediate)
        const start = round === 0 ? source.text.length : 0
        await Promise.all(Array.from({ length: 6 }, () => cable.broadcastJson(++sent % 3 ? 'a' : 'b', sent)))
        while (!source.text.includes(`"data":${sent}}`)) await new Promise(setImmediate)
        source.close()
        // The client has read so much of it when the cut comes.
        const read = readEvents(source.text.slice(0, start + below(source.text.length - start)), id)
        for (const event of read.events) take(event)
        id = read.id
      }
      const source = listen('stream=a&stream=b', { 'Last-Event-ID': id })
      while (seen.a.length + seen.b.length < sent) take(await source.next())
      const all = Array.from({ length: sent }, (_, index) => index + 1)
      assert.deepEqual(seen, { a: all.filter((n) => n % 3), b: all.filter((n) => n % 3 === 0) })

      function take({ data }: { data: string }) {
        const { stream, data: n } = JSON.parse(data) as { stream: 'a' | 'b'; data: number }
        const last = seen[stream].at(-1) ?? 0
        // Once more is allowed, where the cut came before the id. A hole is not.
        if (n <= last) return
        const lost = Array.from({ length: n - last - 1 }, (_, index) => last + 1 + index).filter(
          (each) => (each % 3 ? 'a' : 'b') === stream,
        )
        assert.deepEqual(lost, [])
        seen[stream].push(n)
      }
    }),
  ))

it('refreshes the page on a gap', () =>
  withStreams({}, async ({ listening }) => {
    for (const query of ['stream=s', 'stream=s&stream=t']) {
      const source = await listening(query, { 'Last-Event-ID': 'before:7' })
      const { name, data } = await source.next()
      assert.deepEqual([name, data], ['message', '<turbo-stream action="refresh"></turbo-stream>'])
    }
  }))

it('moves the cursor on by an id without data, and keeps proxies awake by comments', () =>
  withStreams({ heartbeat: { interval: 30, timeout: 60 } }, async ({ listening, cable }) => {
    const source = await listening('stream=s')
    const before = source.id
    await cable.broadcastJson('other', 1)
    while (source.id === before || !source.text.includes(': ping\n\n')) await new Promise(setImmediate)
    assert.deepEqual(source.inbox, [])
    // It cannot answer, and reads: that is alive, longer than the timeout.
    const end = performance.now() + 200
    while (performance.now() < end) await new Promise(setImmediate)
    assert.equal(cable.stats().connections, 1)
  }))

it('has the rules of the handshake: streams, tokens, users, origins', () =>
  withStreams(
    {
      secret: 's3Krit',
      allowedOrigins: ['https://a.example'],
      authenticate: ({ headers }) => (headers['x-user'] ? { id: headers['x-user'] } : null),
      authorize: ({ stream }) => stream !== 'secret',
    },
    async ({ listen, listening }) => {
      const user = { 'x-user': '7' }
      const signer = new Signer(['s3Krit'])
      const status = async (query: string, headers: Record<string, string>) =>
        (await listen(query, headers).opened).statusCode
      const token = `stream=${encodeURIComponent(signer.sign('s'))}`
      assert.equal(await status('', user), 400)
      assert.equal(await status('stream=', user), 400)
      assert.equal(await status(token, {}), 401)
      assert.equal(await status('stream=s', user), 403)
      const others = `stream=${encodeURIComponent(signer.sign('s', { subject: '8' }))}`
      assert.equal(await status(others, user), 403)
      assert.equal(await status(token, { ...user, Origin: 'https://evil.example' }), 403)
      assert.equal(await status(token, { ...user, 'Sec-Fetch-Site': 'cross-site' }), 403)
      const allowed = await listening(token, { ...user, Origin: 'https://a.example' })
      assert.equal((await allowed.opened).headers['access-control-allow-origin'], 'https://a.example')
      const refused = listen(`${token}&stream=${encodeURIComponent(signer.sign('secret'))}`, user)
      const { name, data } = await refused.next()
      assert.equal(name, 'rejected')
      assert.equal(JSON.parse(data).reason, 'unauthorized')
    },
  ))

it('tells clients for whom there is no place when to come back, as a browser gives up after a 503', () =>
  withStreams({ limits: { connections: 1 } }, async ({ listening, listen }) => {
    await listening('stream=s')
    const second = listen('stream=s')
    assert.equal((await second.opened).statusCode, 200)
    await second.closed
    assert.match(second.text, /^retry: \d+\n/)
  }))

it('drops a client that never reads once its bound is full, and delays nobody else', () =>
  withStreams({ limits: { pendingBytes: 100_000 } }, async ({ listening, cable }) => {
    const stuck = await listening('stream=s')
    const reader = await listening('stream=s')
    stuck.pause()
    let sent = 0
    while (cable.stats().slowConsumers === 0 && sent < 1_000) {
      await cable.broadcastJson('s', { text: 'x'.repeat(50_000) })
      sent++
      await reader.next()
    }
    assert.equal(cable.stats().slowConsumers, 1)
    assert.equal(cable.stats().subscriptions, 1)
    // It is cut off also if it goes on not reading.
    while (cable.stats().connections > 1) await new Promise(setImmediate)
  }))

it('ends with the cable, says when to come back, and holds nothing up', () =>
  withStreams({}, async ({ listening, cable, server }) => {
    const source = await listening('stream=s')
    await cable.shutdown(server, { timeout: 5_000 })
    await source.closed
    assert.match(source.text, /retry: \d+\nevent: disconnect\ndata: {"reason":"server_restart","reconnect":true}\n\n$/)
  }))
