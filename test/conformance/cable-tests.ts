// What every way of serving a cable must do: the plain wire and the broadcast endpoint, byte for byte, and every other wire.
// A new way of serving is a new file of a few lines that calls this.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, it } from 'node:test'
import { type Served, type Start, withServed } from '../support/with-cable.ts'
import { wireTests } from './wire-tests.ts'

/** `alone`: there is no app, and the server answers for itself what it would leave to one. */
export function cableTests(name: string, start: Start<Served>, { alone = false } = {}): void {
  wireTests(name, start)

  describe(`${name}: the socket`, () => {
    it('answers a subscribe with the stream it asked for', () =>
      withServed(
        {},
        async ({ connect }) => {
          const client = await connect()
          client.send('{"type":"subscribe","stream":"s"}')
          assert.equal(await client.nextText(), '{"type":"subscribed","stream":"s"}')
        },
        start,
      ))

    it('delivers a broadcast to each subscriber of its stream and to nobody else', () =>
      withServed(
        {},
        async ({ connect, broadcast }) => {
          const [first, second, other] = [await connect(), await connect(), await connect()]
          await first.subscribe('scores')
          await second.subscribe('scores')
          await other.subscribe('heats')
          const response = await broadcast({ stream: 'scores', data: '<turbo-stream></turbo-stream>' })
          assert.equal(response.status, 200)
          const expected = '{"type":"message","stream":"scores","data":"<turbo-stream></turbo-stream>"}'
          assert.equal(await first.nextText(), expected)
          assert.equal(await second.nextText(), expected)
          assert.deepEqual(await other.drain(), [])
        },
        start,
      ))

    it('answers a repeated subscribe again and delivers once', () =>
      withServed(
        {},
        async ({ connect, broadcast }) => {
          const client = await connect()
          await client.subscribe('s')
          assert.deepEqual(await client.subscribe('s'), { type: 'subscribed', stream: 's' })
          await broadcast({ stream: 's', data: 1 })
          assert.deepEqual(await client.next(), { type: 'message', stream: 's', data: 1 })
          assert.deepEqual(await client.drain(), [])
        },
        start,
      ))

    it('answers nothing to an unsubscribe and delivers nothing after it', () =>
      withServed(
        {},
        async ({ connect, broadcast }) => {
          const client = await connect()
          await client.subscribe('s')
          client.send('{"type":"unsubscribe","stream":"s"}')
          assert.deepEqual(await client.drain(), [])
          await broadcast({ stream: 's', data: 1 })
          assert.deepEqual(await client.drain(), [])
        },
        start,
      ))

    it('keeps the order of a stream', () =>
      withServed(
        {},
        async ({ connect, cable }) => {
          const client = await connect()
          await client.subscribe('s')
          const count = 500
          await Promise.all(Array.from({ length: count }, (_, n) => cable.broadcastJson('s', { n })))
          for (let n = 0; n < count; n++) assert.deepEqual((await client.next()).data, { n })
        },
        start,
      ))

    for (const [what, text] of [
      ['text that is not JSON', 'nonsense'],
      ['an unknown type', '{"type":"transmogrify","stream":"s"}'],
      ['a stream that is a number', '{"type":"subscribe","stream":1}'],
      ['an empty stream', '{"type":"subscribe","stream":""}'],
      ['a JSON value that is no object', 'null'],
      ['a pong', '{"type":"pong"}'],
    ] as const) {
      it(`ignores ${what} and keeps the socket`, () =>
        withServed(
          {},
          async ({ connect }) => {
            const client = await connect()
            client.send(text)
            assert.deepEqual(await client.drain(), [])
          },
          start,
        ))
    }

    it('ignores a binary frame, even one that holds a command', () =>
      withServed(
        {},
        async ({ connect }) => {
          const client = await connect()
          client.ws.send(Buffer.from('{"type":"subscribe","stream":"s"}'))
          assert.deepEqual(await client.drain(), [])
        },
        start,
      ))

    it('takes a frame of 16384 bytes and closes with 1009 after a larger one', () =>
      withServed(
        {},
        async ({ connect }) => {
          const client = await connect()
          client.send(' '.repeat(16_384))
          assert.deepEqual(await client.drain(), [])
          client.send(' '.repeat(16_385))
          assert.equal((await client.closed).code, 1009)
        },
        start,
      ))

    it(alone ? 'answers a plain GET of its path with 426' : 'leaves a plain GET of its path to the app', () =>
      withServed(
        {},
        async ({ origin, mount = '' }) => {
          const response = await fetch(`${origin}${mount}/cable`)
          if (alone) return assert.equal(response.status, 426)
          assert.equal(response.status, 404)
          assert.equal(await response.text(), 'the app')
        },
        start,
      ),
    )
  })

  describe(`${name}: POST /_broadcast`, () => {
    const refusals: [string, unknown, number, string][] = [
      ['bad JSON', '{"stream":', 400, 'Invalid JSON'],
      ['an empty body', '', 400, 'Invalid JSON'],
      ['no stream', { data: 1 }, 400, 'Stream required'],
      ['an empty stream', { stream: '', data: 1 }, 400, 'Stream required'],
      ['a stream that is a boolean', { stream: true, data: 1 }, 400, 'Stream required'],
      ['a stream that is an object', { stream: {}, data: 1 }, 400, 'Stream required'],
      ['a stream with a comma', { stream: 'a,b', data: 1 }, 400, 'Stream required'],
      ['a stream of 513 bytes', { stream: 'é'.repeat(256).concat('x'), data: 1 }, 400, 'Stream required'],
      ['no data', { stream: 's' }, 400, 'Data required'],
      ['a body that is null', 'null', 400, 'Stream required'],
      ['an empty batch', [], 400, 'Stream required'],
    ]
    for (const [what, body, status, text] of refusals) {
      it(`refuses ${what} with ${status} ${text}`, () =>
        withServed(
          {},
          async ({ broadcast }) => {
            const response = await broadcast(body)
            assert.equal(response.status, status)
            assert.equal(await response.text(), text)
            assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
          },
          start,
        ))
    }

    it('answers 200 OK also when nobody listens', () =>
      withServed(
        {},
        async ({ broadcast }) => {
          const response = await broadcast({ stream: 's', data: null })
          assert.equal(response.status, 200)
          assert.equal(await response.text(), 'OK')
        },
        start,
      ))

    it('refuses a body that is not declared as JSON with 415', () =>
      withServed(
        {},
        async ({ broadcast }) => {
          for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp']) {
            assert.equal((await broadcast('{"stream":"s","data":1}', { 'Content-Type': type })).status, 415)
          }
        },
        start,
      ))

    it('refuses a body over the limit with 413 and goes on serving', () =>
      withServed(
        {},
        async ({ broadcast }) => {
          const data = 'x'.repeat(10 * 1024 * 1024)
          assert.equal((await broadcast({ stream: 's', data })).status, 413)
          assert.equal((await broadcast({ stream: data, data: 1 })).status, 413)
          assert.equal((await broadcast({ stream: 's', data: 1 })).status, 200)
        },
        start,
      ))

    it('takes a batch whole', () =>
      withServed(
        {},
        async ({ connect, broadcast }) => {
          const client = await connect()
          await client.subscribe('a')
          await client.subscribe('b')
          const batch = [
            { stream: 'a', data: 1 },
            { stream: 'b', data: '<p>' },
          ]
          assert.equal((await broadcast(batch)).status, 200)
          assert.deepEqual(await client.next(), { type: 'message', stream: 'a', data: 1 })
          assert.deepEqual(await client.next(), { type: 'message', stream: 'b', data: '<p>' })
          assert.deepEqual(await client.drain(), [])
        },
        start,
      ))

    it('refuses a batch whole when one of it is bad', () =>
      withServed(
        {},
        async ({ connect, broadcast }) => {
          const client = await connect()
          await client.subscribe('a')
          assert.equal((await broadcast([{ stream: 'a', data: 1 }, { stream: 'a' }])).status, 400)
          assert.deepEqual(await client.drain(), [])
        },
        start,
      ))

    for (const header of ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Proto', 'Via', 'Origin', 'Sec-Fetch-Site']) {
      it(`refuses a request that carries ${header}: a proxy or a browser is speaking`, () =>
        withServed(
          {},
          async ({ connect, port, server, mount = '' }) => {
            const client = await connect()
            await client.subscribe('s')
            const secure = 'cert' in server
            // fetch() may not send some of these; a plain request may.
            const status = await post(`http${secure ? 's' : ''}://127.0.0.1:${port}${mount}/_broadcast`, {
              [header]: 'x',
            })
            assert.equal(status.split('\n')[0], '403 Forbidden: Broadcasts only allowed from localhost')
            assert.deepEqual(await client.drain(), [])
          },
          start,
        ))
    }

    it('lets a forwarded request in with the token, and no other', () =>
      withServed(
        { broadcastToken: ['old', 'new'] },
        async ({ broadcast }) => {
          const forwarded = { 'X-Forwarded-For': '203.0.113.9' }
          const body = { stream: 's', data: 1 }
          for (const token of ['old', 'new']) {
            assert.equal((await broadcast(body, { ...forwarded, Authorization: `Bearer ${token}` })).status, 200)
          }
          for (const authorization of ['Bearer nope', 'Bearer ', 'Basic old', 'old']) {
            assert.equal((await broadcast(body, { ...forwarded, Authorization: authorization })).status, 403)
          }
        },
        start,
      ))

    it(alone ? 'answers other methods with 405' : 'leaves other methods to the app', () =>
      withServed(
        {},
        async ({ origin, mount = '' }) => {
          const response = await fetch(`${origin}${mount}/_broadcast`)
          if (alone) return assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'])
          assert.equal(await response.text(), 'the app')
        },
        start,
      ),
    )
  })

  describe(`${name}: close()`, () => {
    it(`tells clients to reconnect, closes with 1012${alone ? '' : ', and leaves the http server alone'}`, () =>
      withServed(
        {},
        async ({ connect, cable, origin, mount = '' }) => {
          const client = await connect()
          await client.subscribe('s')
          const closed = cable.close({ timeout: 1_000 })
          const { after, ...goodbye } = await client.next()
          assert.deepEqual(goodbye, { type: 'disconnect', reason: 'server_restart', reconnect: true })
          assert.ok(Number.isInteger(after))
          assert.equal((await client.closed).code, 1012)
          await closed
          if (alone) return
          assert.equal(await (await fetch(`${origin}${mount}/`)).text(), 'the app')
        },
        start,
      ))
  })
}

async function post(url: string, headers: Record<string, string>): Promise<string> {
  const { request: send } = url.startsWith('https') ? await import('node:https') : { request }
  return new Promise((resolve, reject) => {
    const sent = send(url, {
      method: 'POST',
      agent: false,
      rejectUnauthorized: false,
      headers: { 'Content-Type': 'application/json', ...headers },
    })
    sent.on('error', reject)
    sent.on('response', async (response) => {
      let text = `${response.statusCode} `
      for await (const chunk of response) text += chunk
      resolve(text)
    })
    sent.end('{"stream":"s","data":1}')
  })
}
