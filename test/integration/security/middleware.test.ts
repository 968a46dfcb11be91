// The app's own middleware on the upgrade request: sessions and their like find there what they know from Express.

import assert from 'node:assert/strict'
import { createServer, ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import session from 'express-session'
import type { TurboCableOptions } from '../../../src/index.ts'
import { turboCable } from '../../../src/index.ts'
import { type UpgradeAnswer, upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { listening, type Start, withCable } from '../../support/with-cable.ts'

type Middleware = NonNullable<TurboCableOptions['middleware']>[number]
type Authenticate = NonNullable<TurboCableOptions['authenticate']>

const refused = ({ status, body }: UpgradeAnswer) => [status, body]

describe('middleware', () => {
  it('runs in order, sees what Express would show it, and hands on what it found', () => {
    const order: string[] = []
    const middleware: Middleware[] = [
      (request, response, next) => {
        order.push(`${request.originalUrl} ${response instanceof ServerResponse} ${response.headersSent}`)
        request.user = { id: 7 }
        next()
      },
      async (request, _response, next) => {
        await new Promise((resolve) => setImmediate(resolve))
        order.push(`user ${request.user.id}`)
        next()
      },
    ]
    const authenticate: Authenticate = (request) => request.user ?? null
    return withCable({ middleware, authenticate }, async ({ connect }) => {
      assert.equal((await (await connect('/cable?a=1')).subscribe('s')).type, 'subscribed')
      assert.deepEqual(order, ['/cable?a=1 true false', 'user 7'])
    })
  })

  it('may listen on the response, set headers and look at what it set, as sessions and passport do', () => {
    let seen: unknown[] = []
    const middleware: Middleware = (_request, response, next) => {
      response.on('finish', () => {})
      response.setHeader('Set-Cookie', ['a=1'])
      response.setHeader('X-Seen', 'yes')
      seen = [response.getHeader('set-cookie'), response.hasHeader('x-seen'), response.statusCode]
      response.removeHeader('X-Seen')
      next()
    }
    return withCable({ middleware: [middleware] }, async ({ port }) => {
      const answer = await upgradeAnswer(port)
      assert.deepEqual([answer.status, seen], [101, [['a=1'], true, 200]])
    })
  })

  it('that answers by itself refuses, with its status where that is one of refusal', async () => {
    const answers: readonly [answer: Middleware, status: number][] = [
      [(_request, response) => response.writeHead(302, { Location: '/login' }).end(), 400],
      [(_request, response) => response.writeHead(429).end('slow down'), 429],
      [(_request, response) => void response.end('hello'), 400],
    ]
    for (const [middleware, status] of answers) {
      await withCable({ middleware: [middleware] }, async ({ port, cable }) => {
        assert.deepEqual(refused(await upgradeAnswer(port)), [status, 'Refused by middleware'])
        assert.equal(cable.stats().connections, 0)
      })
    }
  })

  it('that answers is the last to run', () => {
    let reached = false
    const middleware: Middleware[] = [
      (_request, response) => void response.writeHead(403).end(),
      (_request, _response, next) => {
        reached = true
        next()
      },
    ]
    return withCable({ middleware }, async ({ port }) => {
      assert.equal((await upgradeAnswer(port)).status, 403)
      assert.equal(reached, false)
    })
  })

  const failures: readonly [what: string, middleware: Middleware][] = [
    [
      'throws',
      () => {
        throw new Error('no store')
      },
    ],
    ['rejects', (async () => Promise.reject(new Error('no store'))) as Middleware],
    ['passes an error on', (_request, _response, next) => next(new Error('no store'))],
    ['passes on what is no error', (_request, _response, next) => next('no store')],
    [
      'passes an error on, later',
      (_request, _response, next) => {
        setImmediate(next, new Error('no store'))
      },
    ],
  ]
  for (const [what, middleware] of failures) {
    it(`that ${what} refuses with a 401, and is logged`, (t) => {
      const warned = warnings(t)
      return withCable({ middleware: [middleware] }, async ({ port }) => {
        assert.deepEqual(refused(await upgradeAnswer(port)), [401, 'Unauthorized'])
        assert.equal(warned.filter((line) => line.includes('no store')).length, 1)
      })
    })
  }
})

describe('express-session', () => {
  // One session middleware for the app and for its cable, as the README says; a login that puts a user into it.
  const startWithLogin: Start = async (options) => {
    const sessions = session({ secret: 'k', resave: false, saveUninitialized: false, cookie: { path: '/' } })
    const cable = turboCable({
      ...options,
      middleware: [sessions],
      authenticate: (request) => request.session.userId ?? null,
      authorize: ({ identity, stream, request }) =>
        stream === `user:${identity}` && request.session.userId === identity,
    })
    const app = express()
    app.use(sessions)
    app.use(cable)
    app.post('/login/:id', (request, response) => {
      // The types of Express do not know the session.
      ;(request as unknown as { session: Record<string, unknown> }).session.userId = Number(request.params.id)
      response.end()
    })
    app.post('/logout', (request, response) => {
      const { session } = request as unknown as { session: { userId: number; destroy(done: () => void): void } }
      cable.disconnect((userId) => userId === session.userId)
      session.destroy(() => response.end())
    })
    return listening(createServer(app), cable)
  }

  it('who is logged in is known on the socket; who is not, or spells a cookie, is refused', () =>
    withCable(
      {},
      async ({ connect, port, origin, cable }) => {
        const login = await fetch(`${origin}/login/7`, { method: 'POST' })
        const [cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';')
        assert.match(cookie, /^connect\.sid=/)

        assert.equal((await upgradeAnswer(port)).status, 401, 'no cookie')
        assert.equal((await upgradeAnswer(port, { Cookie: `${cookie.slice(0, -4)}AAAA` })).status, 401, 'a forged one')
        assert.equal((await upgradeAnswer(port, { Cookie: 'connect.sid=s%3Aabc.def' })).status, 401, 'a made up one')

        const client = await connect('/cable', { Cookie: cookie })
        assert.equal((await client.subscribe('user:7')).type, 'subscribed')
        assert.deepEqual(await client.subscribe('user:8'), {
          type: 'rejected',
          stream: 'user:8',
          reason: 'unauthorized',
        })
        await cable.broadcastJson('user:8', 1)
        await cable.broadcastJson('user:7', 2)
        assert.equal((await client.next()).data, 2)

        await fetch(`${origin}/logout`, { method: 'POST', headers: { cookie } })
        assert.deepEqual(await client.next(), { type: 'disconnect', reason: 'unauthorized', reconnect: false })
        assert.equal((await client.closed).code, 1008)
        assert.equal((await upgradeAnswer(port, { Cookie: cookie })).status, 401, 'the session has ended')
      },
      startWithLogin,
    ))

  it('refuses a cookie with the session of another path', async () => {
    const sessions = session({ secret: 'k', resave: false, saveUninitialized: true, cookie: { path: '/admin' } })
    // Out of its path express-session leaves no session; an app that reads one anyway fails closed.
    const authenticate: Authenticate = (request) => request.session?.id ?? null
    await withCable({ middleware: [sessions], authenticate }, async ({ port }) => {
      assert.equal((await upgradeAnswer(port)).status, 401)
    })
  })
})
