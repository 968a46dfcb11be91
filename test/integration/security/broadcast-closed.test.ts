// Who may speak: a process on this machine that speaks for itself, or who has the token. Nobody else, whatever they pretend.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { derivedToken } from '../../../src/publisher/token.ts'
import { withHttpProxy } from '../../support/http-proxy.ts'
import { gist, type Posted, post } from '../../support/post.ts'
import { withSubscriber } from '../../support/with-subscriber.ts'

const token = 'correct-horse'
const bearer = { Authorization: `Bearer ${token}` }
const forbidden: Posted = { status: 403, body: 'Forbidden: Broadcasts only allowed from localhost' }
const taken: Posted = { status: 200, body: 'OK' }

describe('a process on this machine', () => {
  it('may broadcast, by each local name', () =>
    withSubscriber(async ({ port }) => {
      const names = ['127.0.0.1', `127.0.0.1:${port}`, 'localhost', `localhost:${port}`, 'LOCALHOST', '127.9.9.9']
      for (const Host of [...names, `[::1]:${port}`]) assert.deepEqual(await post(port, { Host }), taken, Host)
      return names.length + 1
    }))

  it('may not, by a name that was pointed here, or that resembles a local one', () =>
    withSubscriber(async ({ port }) => {
      for (const Host of [
        'evil.test',
        `evil.test:${port}`,
        'localhost.evil.test',
        '127.0.0.1.evil.test',
        'xlocalhost',
        'localhost:80:80',
        'localhost@evil.test',
        '192.0.2.1',
        '127.0.0.1.',
        '2130706433',
      ]) {
        assert.deepEqual(gist(await post(port, { Host })), forbidden, Host)
      }
      return 0
    }))

  for (const [name, value] of [
    ['Forwarded', 'for=192.0.2.1'],
    ['Via', '1.1 proxy'],
    ['X-Forwarded-For', '192.0.2.1'],
    ['X-Forwarded-For', ''],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', 'example.com'],
    ['x-forwarded-anything', 'x'],
    ['X-Real-IP', '192.0.2.1'],
    ['CF-Connecting-IP', '192.0.2.1'],
    ['True-Client-IP', '192.0.2.1'],
    ['Origin', 'http://localhost:3000'],
    ['Origin', 'null'],
    ['Sec-Fetch-Site', 'same-origin'],
  ] as const) {
    it(`may not with the header ${name}: ${value || '(empty)'}, the mark of a proxy or a browser`, () =>
      withSubscriber(async ({ port }) => {
        assert.deepEqual(gist(await post(port, { [name]: value })), forbidden)
        return 0
      }))
  }

  it('may with all of these, by the token', () =>
    withSubscriber(
      async ({ port }) => {
        const headers = { Host: 'example.com', 'X-Forwarded-For': '192.0.2.1', Origin: 'null', Via: '1.1 proxy' }
        assert.deepEqual(await post(port, { ...headers, ...bearer }), taken)
        return 1
      },
      { broadcastToken: token },
    ))
})

describe('the token', () => {
  const far = { Host: 'example.com' }

  it('opens as a bearer token only, whole, with each of several', () =>
    withSubscriber(
      async ({ port }) => {
        for (const Authorization of [`Bearer ${token}`, `bearer   ${token}`, 'Bearer next']) {
          assert.deepEqual(await post(port, { ...far, Authorization }), taken, Authorization)
        }
        for (const Authorization of [
          token,
          `Basic ${token}`,
          `Bearer ${token}x`,
          `Bearer ${token.slice(0, -1)}`,
          `Bearer ${token} x`,
          `Bearer ${token}, Bearer ${token}`,
          `Bearer ${token.toUpperCase()}`,
          'Bearer ',
          'Bearer',
          '',
          'Bearer undefined',
        ]) {
          assert.deepEqual(gist(await post(port, { ...far, Authorization })), forbidden, Authorization)
        }
        return 3
      },
      { broadcastToken: [token, 'next'] },
    ))

  it('that is not configured opens nothing', () =>
    withSubscriber(async ({ port }) => {
      for (const Authorization of ['Bearer undefined', 'Bearer null', 'Bearer []', `Bearer ${token}`]) {
        assert.deepEqual(gist(await post(port, { ...far, Authorization })), forbidden)
      }
      return 0
    }))
})

describe('a reverse proxy on this machine that adds no header of its own', () => {
  it('lets nobody in who asks for the site by its name, but who has the token', () =>
    withSubscriber(
      async ({ port }) => {
        await withHttpProxy(port, async (proxy) => {
          assert.deepEqual(gist(await post(proxy, { Host: 'example.com' })), forbidden)
          assert.deepEqual(gist(await post(proxy, { Host: `example.com:${proxy}` })), forbidden)
          assert.deepEqual(await post(proxy, { Host: 'example.com', ...bearer }), taken)
        })
        return 1
      },
      { broadcastToken: token },
    ))

  it('and asks for localhost cannot be told from a process here: where there is a token or a secret, it needs the bearer', async () => {
    const secret = 'a secret of sixteen'
    const options = [
      { given: { broadcastToken: token }, bearer: token },
      { given: { secret, publicStreams: true }, bearer: derivedToken(secret) },
    ]
    for (const { given, bearer } of options) {
      await withSubscriber(async ({ port }) => {
        const headers = { host: `localhost:${port}` }
        await withHttpProxy(
          port,
          async (proxy) => {
            assert.deepEqual(gist(await post(proxy, { Host: 'example.com' })), forbidden)
            const Authorization = `Bearer ${bearer}`
            assert.deepEqual(await post(proxy, { Host: 'example.com', Authorization }), taken)
          },
          { headers },
        )
        // Being local is no right any more either, and the answer says what is.
        const refused = await post(port)
        assert.deepEqual(gist(refused), forbidden)
        assert.match(refused.body, /`npx turbo-cable token`.*TURBO_CABLE_BROADCAST_TOKEN or TURBO_CABLE_SECRET/)
        return 1
      }, given)
    }
  })

  it('needs the bearer in production even where none is set, unless the gem’s rule is asked for', async (t) => {
    t.mock.method(console, 'warn', () => {})
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    try {
      await withSubscriber(async ({ port }) => {
        const refused = await post(port)
        assert.deepEqual(gist(refused), forbidden)
        assert.match(refused.body, /set TURBO_CABLE_BROADCAST_TOKEN/)
        return 0
      })
      await withSubscriber(
        async ({ port }) => {
          assert.deepEqual(await post(port), taken)
          return 1
        },
        { localBroadcasts: true },
      )
    } finally {
      if (before === undefined) delete process.env.NODE_ENV
      else process.env.NODE_ENV = before
    }
  })
})
