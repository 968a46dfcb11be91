// The publisher of other processes, against real servers: well, slow, refusing and gone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { broadcastUrl, httpPublisher } from '../../../src/publisher/http.ts'
import { broadcastToken, derivedToken } from '../../../src/publisher/token.ts'
import { freePort } from '../../support/http-server.ts'
import { broadcastServer } from '../../support/sending.ts'

const one = [{ stream: 's', data: '<b>é</b>' }]

test('one broadcast is an object, several are an array, none is no request', async (t) => {
  const { url, received } = await broadcastServer(t)
  const publisher = httpPublisher({ url })
  await publisher.publish(one)
  await publisher.publish([...one, { stream: 't', data: { n: null } }])
  await publisher.publish([])
  assert.deepEqual(
    received.map(({ body }) => body),
    [
      { stream: 's', data: '<b>é</b>' },
      [
        { stream: 's', data: '<b>é</b>' },
        { stream: 't', data: { n: null } },
      ],
    ],
  )
})

test('a request is a JSON POST that looks neither proxied nor sent by a page', async (t) => {
  const { url, received } = await broadcastServer(t)
  await httpPublisher({ url: `${url}?a=1` }).publish(one)
  const { method, url: path, headers } = received[0] ?? assert.fail()
  assert.equal(method, 'POST')
  assert.equal(path, '/_broadcast?a=1')
  assert.equal(headers['content-type'], 'application/json')
  for (const name of ['authorization', 'origin', 'sec-fetch-site', 'forwarded', 'x-forwarded-for', 'via']) {
    assert.equal(headers[name], undefined, name)
  }
})

test('the token and the tab to leave out go along', async (t) => {
  const { url, received } = await broadcastServer(t)
  await httpPublisher({ url, token: 't0ken' }).publish([{ stream: 's', data: '<b>é</b>', exclude: 'tab-1' }])
  assert.equal(received[0]?.headers.authorization, 'Bearer t0ken')
  assert.deepEqual(received[0]?.body, { stream: 's', data: '<b>é</b>', exclude: 'tab-1' })
})

test('sockets are used again, after good answers and bad ones', async (t) => {
  const { url, sockets, received } = await broadcastServer(t, (_request, response) => {
    response.writeHead(received.length % 2 ? 200 : 500).end('x'.repeat(9000))
  })
  const publisher = httpPublisher({ url })
  for (let n = 0; n < 10; n++) await publisher.publish(one).catch(() => undefined)
  assert.equal(received.length, 10)
  // Two, as the global fetch may open a second one while it puts the first one back.
  assert.ok(sockets.size <= 2, `${sockets.size} sockets`)
})

for (const status of [403, 404, 500, 304]) {
  test(`an answer of ${status} is a failure with the URL and the reason`, async (t) => {
    const { url } = await broadcastServer(t, (_request, response) => {
      response.writeHead(status).end(`Forbidden:\n ${'x'.repeat(500)}`)
    })
    await assert.rejects(httpPublisher({ url: `${url}?secret=1`, token: 't0ken' }).publish(one), (error: Error) => {
      assert.equal((error as Error & { code?: string }).code, 'TURBO_CABLE_UNREACHABLE')
      const excerpt = status === 304 ? '' : ` Forbidden: ${'x'.repeat(389)}`
      assert.equal(error.message, `Broadcast to ${url} was not taken: the answer was ${status}${excerpt}`)
      return true
    })
  })
}

test('a redirect is a failure, never followed', async (t) => {
  const { url, received } = await broadcastServer(t, (_request, response) => {
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  await assert.rejects(httpPublisher({ url }).publish(one), /the answer was 307$/)
  assert.equal(received.length, 1)
})

test('any 2xx is taken', async (t) => {
  const { url } = await broadcastServer(t, (_request, response) => response.writeHead(204).end())
  await httpPublisher({ url }).publish(one)
})

test('a server that does not answer is given up after the timeout', async (t) => {
  const { url } = await broadcastServer(t, () => undefined)
  const started = performance.now()
  await assert.rejects(httpPublisher({ url, retryFor: 2_000 }).publish(one), /was not taken: no answer within 1000 ms$/)
  const took = performance.now() - started
  assert.ok(took > 900 && took < 5000, `took ${took} ms`)
  await assert.rejects(httpPublisher({ url, timeout: 30, retryFor: 200 }).publish(one), /no answer within 30 ms$/)
})

test('an answer that does not end within the timeout counts by its status', async (t) => {
  let status = 200
  const { url } = await broadcastServer(t, (_request, response) => response.writeHead(status).write('OK'))
  const publisher = httpPublisher({ url, timeout: 60 })
  await publisher.publish(one)
  status = 500
  await assert.rejects(publisher.publish(one), /the answer was 500/)
})

test('a refused connection names its code', async () => {
  const port = await freePort()
  for (const host of ['127.0.0.1', 'localhost']) {
    await assert.rejects(httpPublisher({ url: `http://${host}:${port}/_broadcast` }).publish(one), {
      code: 'TURBO_CABLE_UNREACHABLE',
      message: `Broadcast to http://${host}:${port}/_broadcast was not taken: ECONNREFUSED`,
    })
  }
})

test('a connection that breaks off is a failure', async (t) => {
  const { url } = await broadcastServer(t, (request) => request.socket.destroy())
  await assert.rejects(httpPublisher({ url }).publish(one), { code: 'TURBO_CABLE_UNREACHABLE' })
})

test('https is spoken to an https URL', async (t) => {
  const { port } = await broadcastServer(t)
  await assert.rejects(httpPublisher({ url: `https://127.0.0.1:${port}/_broadcast` }).publish(one), /SSL|EPROTO|TLS/i)
})

test('another fetch is used when given', async () => {
  const calls: unknown[] = []
  const fake = async (url: unknown, init: unknown) => {
    calls.push([String(url), (init as RequestInit).method])
    return new Response('OK')
  }
  await httpPublisher({ url: 'https://hub.test/_broadcast', fetch: fake as typeof fetch }).publish(one)
  assert.deepEqual(calls, [['https://hub.test/_broadcast', 'POST']])
})

test('bad options throw at once, without showing secrets', () => {
  for (const url of ['', 'nope', 'ftp://a.test/', '/_broadcast', 'http://me:pass@a.test/']) {
    assert.throws(
      () => httpPublisher({ url }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'TURBO_CABLE_BAD_OPTION')
        assert.doesNotMatch(error.message, /pass@/)
        return true
      },
    )
  }
  for (const timeout of [0, -1, Number.NaN, '1000' as never]) {
    assert.throws(() => httpPublisher({ url: 'http://a.test/', timeout }), { code: 'TURBO_CABLE_BAD_OPTION' })
  }
  assert.throws(
    () => httpPublisher({ url: 'http://a.test/', token: 'se\ncret' }),
    (error: Error) => {
      assert.doesNotMatch(error.message, /cret/)
      return true
    },
  )
})

test('the URL and the token come from the environment by one rule', () => {
  const table: [NodeJS.ProcessEnv, string][] = [
    [{}, 'http://localhost:3000/_broadcast'],
    [{ PORT: '4000' }, 'http://localhost:4000/_broadcast'],
    [{ PORT: '4000', TURBO_CABLE_PORT: '5000' }, 'http://localhost:5000/_broadcast'],
    [{ TURBO_CABLE_PORT: '5000', TURBO_CABLE_BROADCAST_URL: 'https://hub.test/b' }, 'https://hub.test/b'],
    [{ TURBO_CABLE_BROADCAST_URL: '', TURBO_CABLE_PORT: '', PORT: '' }, 'http://localhost:3000/_broadcast'],
  ]
  for (const [env, url] of table) assert.equal(broadcastUrl(env), url)
  assert.equal(broadcastToken({ TURBO_CABLE_BROADCAST_TOKEN: 't' }), 't')
  assert.equal(broadcastToken({ TURBO_CABLE_BROADCAST_TOKEN: '' }), undefined)
  assert.equal(broadcastToken({ TURBO_CABLE_SECRET: 's3Krit' }), derivedToken('s3Krit'))
  assert.equal(broadcastToken({ TURBO_CABLE_SECRET: 's3Krit', TURBO_CABLE_BROADCAST_TOKEN: 't' }), 't')
  // As openssl has it: printf turbo-cable/broadcast | openssl dgst -sha256 -hmac s3Krit
  assert.equal(derivedToken('s3Krit'), '2d9679efa99525194035b21f07c77a2c10c4489230ad3b709d1800e8f7a797ac')
})

test('refreshAll asks for it in a word, as often as a broadcast would be sent, and tells where nobody knows it', async (t) => {
  const statuses = [503, 200, 400, 403]
  const { url, received } = await broadcastServer(t, (_request, response) => {
    response.writeHead(statuses[received.length - 1] ?? 500).end()
  })
  const publisher = httpPublisher({ url })
  assert.equal(await publisher.refreshAll?.(), true)
  assert.deepEqual(received[0]?.body, { refresh: 'all' })
  assert.equal(received[0]?.headers['idempotency-key'], received[1]?.headers['idempotency-key'])
  assert.equal(await publisher.refreshAll?.(), false)
  await assert.rejects(async () => publisher.refreshAll?.(), { code: 'TURBO_CABLE_UNREACHABLE' })
})
