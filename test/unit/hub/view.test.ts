// What is to be seen of a hub.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hubOf } from '../../support/hub-doubles.ts'

describe('HubView', () => {
  it('shows connections, those for which most waits first, then the newest', () => {
    const { hub, client } = hubOf()
    const before = Date.now()
    client({ id: 7, name: 'Ada', password: 'secret' }).subscribe('room')
    client('grace').pending = 5
    const third = client()
    const shown = hub.view.connections(10)
    assert.deepEqual(
      shown.map(({ number, subject, pending, streams }) => [number, subject, pending, streams]),
      [
        [2, 'grace', 5, 0],
        [3, undefined, 0, 0],
        [1, '7', 0, 1],
      ],
    )
    for (const { since, wire } of shown) {
      assert.ok(since >= before && since <= Date.now())
      assert.equal(wire, 'turbo-cable')
    }
    // Of an identity its id alone.
    assert.doesNotMatch(JSON.stringify(shown), /Ada|secret/)
    assert.deepEqual(
      hub.view.connections(1).map(({ number }) => number),
      [2],
    )
    third.close()
    assert.equal(hub.view.connections(10).length, 2)
  })

  it('shows streams, those with the most subscribers first, then by name', () => {
    const { hub, client } = hubOf()
    const clients = [client(), client()]
    for (const each of clients) each.subscribe('b')
    clients[0]?.subscribe('c')
    clients[1]?.subscribe('a')
    assert.deepEqual(hub.view.streams(10), [
      { name: 'b', subscribers: 2 },
      { name: 'a', subscribers: 1 },
      { name: 'c', subscribers: 1 },
    ])
    assert.deepEqual(hub.view.streams(1), [{ name: 'b', subscribers: 2 }])
    assert.deepEqual([hub.view.subscribers('b'), hub.view.subscribers('nothing')], [2, 0])
    for (const each of clients) each.close()
    assert.deepEqual(hub.view.streams(10), [])
  })
})
