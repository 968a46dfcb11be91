// Clients that say when they are there: what is kept of what they say.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { PresenceClients } from '../../../src/hub/presence-clients.ts'
import { Subscriptions } from '../../../src/hub/subscriptions.ts'
import { actionCableExtProtocol } from '../../../src/protocol/action-cable-ext.ts'
import { connectionOf } from '../../support/hub-doubles.ts'

function clientsOf(has: boolean) {
  const subscriptions = new Subscriptions(
    () => {},
    () => {},
  )
  const clients = new PresenceClients({ subscriptions: () => subscriptions, has: () => has, list: () => [] })
  const { connection } = connectionOf()
  Object.assign(connection, { protocol: actionCableExtProtocol })
  const subscribe = (address: string) => subscriptions.open(connection, address, false, [{ stream: 's' }])
  return {
    clients,
    connection,
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
