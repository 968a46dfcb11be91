// Clients that say when they are there: what is kept of what they say.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Connection } from '../../../src/hub/connection.ts'
import { PresenceClients } from '../../../src/hub/presence-clients.ts'
import { Subscriptions } from '../../../src/hub/subscriptions.ts'
import type { Present } from '../../../src/options/presence.ts'
import { actionCableExtProtocol } from '../../../src/protocol/action-cable-ext.ts'
import { connectionOf, turn } from '../../support/hub-doubles.ts'

function clientsOf(has: boolean, list: readonly Present[] = [], tooFast: (connection: Connection) => void = () => {}) {
  const subscriptions = new Subscriptions(
    () => {},
    () => {},
  )
  const clients = new PresenceClients({ subscriptions: () => subscriptions, has: () => has, list: () => list })
  const { connection, transport } = connectionOf({ connectionTooFast: tooFast })
  Object.assign(connection, { protocol: actionCableExtProtocol })
  const subscribe = (address: string) => subscriptions.open(connection, address, false, [{ stream: 's' }])
  return {
    clients,
    connection,
    transport,
    subscriptions,
    subscribe,
    end: (address: string) => subscriptions.end(connection, address),
    /** Whether it is there by an address as soon as it is subscribed to that. */
    counts(address: string): boolean {
      const [opened] = subscribe(address)
      return opened !== undefined && clients.counts(opened.subscription)
    },
  }
}

it('nothing is kept of a join by an address that is not subscribed, however many there are', () => {
  const { clients, connection, counts } = clientsOf(true)
  const addresses = Array.from({ length: 200 }, (_, n) => `address ${n}`)
  for (const address of addresses) assert.deepEqual(clients.join(connection, address), [])
  for (const address of addresses) assert.equal(counts(address), false)
})

it('nothing is kept of a join on a stream without presence', () => {
  const { clients, connection, subscribe, counts } = clientsOf(false)
  subscribe('a')
  assert.deepEqual(clients.join(connection, 'a'), [])
  assert.equal(counts('a'), false)
})

it('a join counts until its address ends, also where the client goes on to hear the stream by another one', () => {
  const { clients, connection, subscribe, end, counts } = clientsOf(true)
  for (const address of ['a', 'b']) {
    subscribe(address)
    assert.deepEqual(clients.join(connection, address), ['s'])
    assert.equal(counts(address), true)
  }
  end('a')
  clients.join(connection, 'b')
  assert.deepEqual([counts('a'), counts('b')], [false, true])
})

it('who comes and leaves in one turn is one write to each listener, in order', async () => {
  const { clients, subscribe, subscriptions, transport } = clientsOf(true)
  for (const { subscription } of subscribe('a')) subscriptions.serve(subscription)
  const somebody = { id: 'ada', info: null }
  for (let n = 0; n < 40; n++) clients.announce({ stream: 's', identity: somebody, joined: n % 2 === 0 })
  await turn()
  assert.equal(transport.writes.length, 1)
  const types = transport.read().map(({ message }) => (message as { type: string }).type)
  assert.deepEqual(
    types,
    Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? 'join' : 'leave')),
  )
})

it('a long list costs a client more than a short one', () => {
  const answers = (people: number) => {
    const list = Array.from({ length: people }, (_, n) => ({ id: `somebody ${n}`, info: null }))
    const fast: Connection[] = []
    const { clients, connection, subscribe } = clientsOf(true, list, (each) => fast.push(each))
    subscribe('a')
    let count = 0
    for (; fast.length === 0 && count < 1_000; count++) clients.answer(connection, 'a')
    return count
  }
  // Of the 500 messages that are saved up.
  assert.ok(answers(1_000) < 150, 'a list of a thousand')
  assert.equal(answers(1), 1_000)
})
