// Who may connect: the app's own middleware runs on the upgrade request, then the app says who is there.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { describe, it } from 'node:test'
import type { TurboCableOptions } from '../../../src/index.ts'
import { Asking } from '../../support/asking.ts'
import { type UpgradeAnswer, upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { frame, handshake } from '../../support/websocket.mjs'
import { withCable } from '../../support/with-cable.ts'

type Authenticate = NonNullable<TurboCableOptions['authenticate']>

const refused = ({ status, body }: UpgradeAnswer) => [status, body]

describe('authenticate', () => {
  for (const nobody of [null, undefined, false]) {
    it(`refuses the connection with a 401 when it answers ${nobody}, now or later`, async () => {
      for (const authenticate of [() => nobody, async () => nobody]) {
        await withCable({ authenticate }, async ({ port, cable }) => {
          assert.deepEqual(refused(await upgradeAnswer(port)), [401, 'Unauthorized'])
          assert.equal(cable.stats().connections, 0)
        })
      }
    })
  }

  for (const identity of [0, '', { id: 7 }, true]) {
    it(`takes ${JSON.stringify(identity)} for an identity, and authorize gets that very value`, async () => {
      const seen: unknown[] = []
      const authorize = ({ identity }: { identity: unknown }) => {
        seen.push(identity)
        return true
      }
      await withCable({ authenticate: () => identity, authorize }, async ({ connect }) => {
        assert.equal((await (await connect()).subscribe('s')).type, 'subscribed')
      })
      assert.deepEqual([seen.length, seen[0] === identity], [1, true])
    })
  }

  it('sees the request with its cookies, its query and its peer', () => {
    let seen: unknown[] = []
    const authenticate: Authenticate = (request) => {
      seen = [request.headers.cookie, request.url, request.socket.remoteAddress]
      return 'somebody'
    }
    return withCable({ authenticate }, async ({ connect }) => {
      await connect('/cable?ticket=1', { Cookie: 'sid=abc' })
      assert.deepEqual(seen, ['sid=abc', '/cable?ticket=1', '127.0.0.1'])
    })
  })

  const failures: readonly [what: string, authenticate: () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('no such table')
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no such table'))],
    [
      'throws what is no error',
      () => {
        throw 'no such table'
      },
    ],
  ]
  for (const [what, authenticate] of failures) {
    it(`that ${what} refuses with a 401, is logged once, and takes nobody else down`, (t) => {
      const warned = warnings(t)
      return withCable({ authenticate }, async ({ port }) => {
        for (let n = 0; n < 3; n++) {
          assert.deepEqual(refused(await upgradeAnswer(port)), [401, 'Unauthorized'])
        }
        assert.equal(warned.filter((line) => line.includes('no such table')).length, 1)
      })
    })
  }

  it('that never answers holds no place for a client that has gone', () => {
    const app = new Asking<unknown>()
    // The first client is answered by nobody; the others at once.
    const authenticate = (request: unknown) => (app.count === 0 ? app.ask(request) : 'somebody')
    return withCable({ authenticate, limits: { connections: 1 } }, async ({ port, server, connect, cable }) => {
      const serverSide = once(server, 'connection')
      const gone = connectTcp(port, '127.0.0.1')
      gone.write(handshake())
      const [socket] = await serverSide
      const question = await app.next()
      assert.deepEqual(refused(await upgradeAnswer(port)), [503, 'Too many connections'], 'the place is taken')
      const closed = once(socket, 'close')
      gone.end()
      await closed
      assert.equal((await (await connect()).subscribe('s')).type, 'subscribed')
      // The answer that comes after all is nobody's.
      question.answer('somebody')
      assert.equal((await upgradeAnswer(port)).status, 503)
      assert.equal(cable.stats().connections, 1)
    })
  })

  it('that never answers is asked about no more clients at once than the limit, also when they go again', (t) => {
    warnings(t)
    let calls = 0
    const signals: AbortSignal[] = []
    const authenticate: Authenticate = (_request, { signal }) => {
      calls++
      signals.push(signal)
      return new Promise(() => {})
    }
    return withCable({ authenticate, limits: { unanswered: 3, answerTime: 400 } }, async ({ port, server }) => {
      for (let n = 0; n < 3; n++) {
        const serverSide = once(server, 'connection')
        const client = connectTcp(port, '127.0.0.1')
        client.write(handshake())
        const [socket] = await serverSide
        while (calls <= n) await new Promise(setImmediate)
        const closed = once(socket, 'close')
        client.end()
        await closed
      }
      assert.deepEqual(refused(await upgradeAnswer(port)), [503, 'Too many at once'])
      assert.deepEqual([calls, signals.every(({ aborted }) => aborted)], [3, true])
      // Then it is too late for an answer, and they cost nothing any more.
      let status = 503
      while (status === 503) status = (await upgradeAnswer(port)).status
      assert.equal(status, 401)
      assert.equal(calls, 4)
    })
  })

  it('that never answers does not hold up close()', () => {
    const app = new Asking<unknown>()
    return withCable({ authenticate: app.ask }, async ({ port, cable }) => {
      const answer = upgradeAnswer(port)
      await app.next()
      await cable.close({ timeout: 1_000 })
      assert.deepEqual(refused(await answer), [503, 'Closing'])
    })
  })

  it('loses nothing of what a client sends ahead of the answer, with the handshake or after it', () => {
    const app = new Asking<unknown>()
    return withCable({ authenticate: app.ask }, async ({ port, server }) => {
      const serverSide = once(server, 'connection')
      const socket = connectTcp(port, '127.0.0.1')
      const subscribe = frame('{"type":"subscribe","stream":"s"}')
      // In one packet.
      socket.write(Buffer.concat([handshake(), subscribe]))
      const question = await app.next()
      const [peer] = await serverSide
      const arrived = once(peer, 'readable')
      socket.write(subscribe)
      await arrived
      assert.equal(peer.bytesRead, handshake().length + 2 * subscribe.length)
      question.answer('somebody')
      let received = ''
      for await (const chunk of socket) {
        received += chunk
        if (received.split('subscribed').length === 3) break
      }
      assert.match(received, /^HTTP\/1\.1 101 [\s\S]*(?:\{"type":"subscribed","stream":"s"\}[\s\S]*){2}$/)
    })
  })
})
