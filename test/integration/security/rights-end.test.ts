// Rights end while the client is connected: a user is sent away, or loses one stream.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { MemoryEngine } from '../../../src/engine/memory.ts'
import type { TurboCableOptions } from '../../../src/index.ts'
import { Asking } from '../../support/asking.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'
import { defaultBounds } from '../../unit/engine/engine-suite.ts'

type Request = { headers: Record<string, unknown> }

const options = {
  authenticate: (request: Request) => ({ id: Number(request.headers['x-user']) }),
} satisfies TurboCableOptions
const as = (id: number) => ({ 'x-user': String(id) })
const is =
  (id: number) =>
  (user: { id: number }): boolean =>
    user.id === id

describe('cable.disconnect()', () => {
  it('closes every tab of a user, tells them not to come back, and leaves others alone', () =>
    withCable(options, async ({ connect, cable, server }) => {
      const sockets: Promise<unknown>[] = []
      server.on('connection', (socket) => sockets.push(new Promise((resolve) => socket.on('close', resolve))))
      const tabs = [await connect('/cable', as(7)), await connect('/cable', as(7)), await connect('/cable', as(7))]
      const other = await connect('/cable', as(8))
      for (const each of [...tabs, other]) await each.subscribe('s')
      cable.disconnect(is(7))
      await cable.broadcastJson('s', 1)
      for (const tab of tabs) {
        assert.deepEqual(await tab.next(), { type: 'disconnect', reason: 'unauthorized', reconnect: false })
        assert.equal((await tab.closed).code, 1008)
        assert.deepEqual(tab.inbox, [], 'nothing came after the goodbye')
      }
      assert.equal((await other.next()).data, 1)
      await Promise.all(sockets.slice(0, 3))
      assert.deepEqual([cable.stats().connections, cable.stats().subscriptions], [1, 1])
    }))

  it('hears nothing that who was sent away still says', () =>
    withCable(options, async ({ connect, cable }) => {
      const tab = await connect('/cable', as(7))
      cable.disconnect(is(7))
      tab.send({ type: 'subscribe', stream: 's' })
      await tab.closed
      assert.deepEqual(
        tab.inbox.map((text) => JSON.parse(text).type),
        ['disconnect'],
      )
      assert.equal(cable.stats().subscriptions, 0)
    }))

  it('refuses who is just being asked about, and not others who are', () => {
    const app = new Asking<Request>()
    return withCable({ authenticate: app.ask }, async ({ port, connect, cable }) => {
      const refused = upgradeAnswer(port, as(7))
      const first = await app.next()
      const taken = connect('/cable', as(8))
      const second = await app.next()
      cable.disconnect(is(7))
      first.answer({ id: 7 })
      second.answer({ id: 8 })
      assert.equal((await refused).status, 401)
      assert.equal((await (await taken).subscribe('s')).type, 'subscribed')
      assert.equal(cable.stats().connections, 1)
    })
  })

  it('that is heard late means who was being asked about when it was said, and nobody who came since', () => {
    const app = new Asking<Request>()
    const engine = new MemoryEngine(defaultBounds)
    return withCable({ engine, authenticate: app.ask }, async ({ port, connect, cable }) => {
      const letIn = connect('/cable', as(7))
      const [first, refused] = [await app.next(), upgradeAnswer(port, as(7))]
      const second = await app.next()
      await setTimeout(10)
      const said = Date.now()
      await setTimeout(10)
      first.answer({ id: 7 })
      const tab = await letIn
      // Who came within 100 ms may have come before: clocks differ.
      await setTimeout(250)
      const since = connect('/cable', as(7))
      const third = await app.next()
      await engine.signal({ type: 'disconnect', subject: '7', ago: Date.now() - said })
      for (const each of [second, third]) each.answer({ id: 7 })
      assert.equal((await refused).status, 401)
      assert.equal((await tab.closed).code, 1008)
      assert.equal((await (await since).subscribe('s')).type, 'subscribed')
      assert.equal(cable.stats().connections, 1)
    })
  })

  it('lets who was sent away come back, if authenticate still says so', () =>
    withCable(options, async ({ connect, cable }) => {
      await connect('/cable', as(7))
      cable.disconnect(is(7))
      assert.equal((await (await connect('/cable', as(7))).subscribe('s')).type, 'subscribed')
    }))

  it('whose function throws reaches the caller, and closes nothing', () =>
    withCable(options, async ({ connect, cable }) => {
      const clients = [await connect('/cable', as(7)), await connect('/cable', as(8))]
      const match = (user: { id: number }) => {
        if (user.id === 8) throw new Error('no such user')
        return true
      }
      assert.throws(() => cable.disconnect(match), /no such user/)
      for (const client of clients) assert.equal((await client.subscribe('s')).type, 'subscribed')
    }))
})

describe('cable.revoke()', () => {
  it('ends the subscriptions of who matches, and refuses them when they ask again', () =>
    withCable(options, async ({ connect, cable }) => {
      const [plain, resuming, other] = [
        await connect('/cable', as(7)),
        await connect('/cable', as(7)),
        await connect('/cable', as(8)),
      ]
      await plain.subscribe('room:7')
      await plain.subscribe('room:8')
      await resuming.subscribe('room:7', { cursor: null })
      await other.subscribe('room:7')
      cable.revoke(['room', 7], is(7))
      const gone = { type: 'rejected', stream: 'room:7', reason: 'unauthorized' }
      assert.deepEqual([await plain.next(), await resuming.next()], [gone, gone])
      await cable.broadcastJson('room:7', 1)
      await cable.broadcastJson('room:8', 2)
      assert.equal((await other.next()).data, 1)
      assert.equal((await plain.next()).data, 2, 'other streams go on')
      assert.deepEqual(await plain.subscribe('room:7'), gone)
      assert.deepEqual(await resuming.subscribe('room:7', { cursor: null }), gone)
      const again = await connect('/cable', as(7))
      assert.deepEqual(await again.subscribe('room:7'), gone, 'also on a new connection')
      assert.deepEqual([again.inbox, cable.stats().subscriptions], [[], 2])
    }))

  it('ends a stream under every name that it was asked for by', () =>
    withCable({ ...options, secret: 'k' }, async ({ connect, cable }) => {
      const client = await connect('/cable', as(7))
      const names = [cable.signedStream('s').token, cable.signedStream('s', { subject: 7 }).token]
      for (const name of names) await client.subscribe(name, { cursor: null })
      cable.revoke('s', is(7))
      for (const name of names) {
        assert.deepEqual(await client.next(), { type: 'rejected', stream: name, reason: 'unauthorized' })
      }
      for (const name of names) assert.equal((await client.subscribe(name)).type, 'rejected')
      assert.equal(cable.stats().subscriptions, 0)
    }))

  it('is taken back by what it returns, which takes back nothing else', () =>
    withCable(options, async ({ connect, cable }) => {
      const client = await connect('/cable', as(7))
      const undo = cable.revoke('s', is(7))
      const undoOther = cable.revoke('s', is(8))
      assert.equal((await client.subscribe('s')).type, 'rejected')
      undoOther()
      undoOther()
      assert.equal((await client.subscribe('s')).type, 'rejected')
      undo()
      assert.equal((await client.subscribe('s')).type, 'subscribed')
    }))

  it('whose function throws while it ends subscriptions reaches the caller, and ends none', () =>
    withCable(options, async ({ connect, cable }) => {
      const client = await connect('/cable', as(7))
      await client.subscribe('s')
      const match = () => {
        throw new Error('no such user')
      }
      assert.throws(() => cable.revoke('s', match), /no such user/)
      await cable.broadcastJson('s', 1)
      assert.equal((await client.next()).data, 1)
      assert.equal((await client.subscribe('s')).type, 'subscribed')
    }))

  it('whose function throws later, about somebody new, refuses and is logged', (t) => {
    const warned = warnings(t)
    return withCable(options, async ({ connect, cable }) => {
      cable.revoke('s', () => {
        throw new Error('no such user')
      })
      const client = await connect('/cable', as(7))
      assert.equal((await client.subscribe('s')).type, 'rejected')
      assert.equal((await client.subscribe('other')).type, 'subscribed')
      assert.equal(warned.filter((line) => line.includes('no such user')).length, 1)
    })
  })
})
