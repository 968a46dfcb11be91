// All connections of a process, and how they are sent away.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { Connections } from '../../../src/hub/connections.ts'
import { connectionOf, turn } from '../../support/hub-doubles.ts'

function connected(count: number) {
  const connections = new Connections(() => {})
  const transports = Array.from({ length: count }, () => {
    const { transport, connection } = connectionOf({ connectionClosed: (each) => connections.delete(each) })
    connections.add(connection)
    return transport
  })
  return { connections, transports }
}

describe('Connections', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('tells each to come back, and when: spread over 2 ms for each, between half a second and ten', (t) => {
    t.mock.method(Math, 'random', () => 0.999)
    for (const [count, after] of [
      [3, 499],
      [1_000, 1_998],
      [6_000, 9_990],
    ] as const) {
      const { connections, transports } = connected(count)
      connections.sendAway(1_000)
      const farewells = transports.flatMap((transport) => transport.read())
      assert.equal(farewells.length, count)
      const farewell = { type: 'disconnect', reason: 'server_restart', reconnect: true, after }
      for (const each of farewells) assert.deepEqual(each, farewell)
      assert.ok(transports.every(({ ends }) => ends[0] === 1012))
    }
  })

  it('is emptied at once where there is none, and otherwise with the last one', async () => {
    await new Connections(() => {}).emptied(1_000)
    const { connections, transports } = connected(2)
    let emptied = false
    void connections.emptied(1_000).then(() => {
      emptied = true
    })
    transports[0]?.close()
    await turn()
    assert.equal(emptied, false)
    transports[1]?.close()
    await turn()
    assert.deepEqual([emptied, connections.size], [true, 0])
  })

  it('cuts off who is still there when the time is over, also who was being sent away with more patience', async () => {
    const { connections, transports } = connected(2)
    connections.sendAway(60_000)
    const emptied = connections.emptied(1_000)
    mock.timers.tick(1_000)
    await emptied
    assert.ok(transports.every(({ ends }) => ends.at(-1) === 'destroyed'))
  })

  it('waits no longer for who was cut off and does not tell that it has ended', async (t) => {
    const { connections, transports } = connected(1)
    const [transport] = transports
    assert.ok(transport)
    const destroyed = t.mock.method(transport, 'destroy', () => {})
    let emptied = false
    void connections.emptied(1_000).then(() => {
      emptied = true
    })
    mock.timers.tick(1_000)
    await turn()
    assert.deepEqual([emptied, destroyed.mock.callCount()], [false, 1])
    mock.timers.tick(100)
    await turn()
    assert.deepEqual([emptied, connections.size], [true, 1])
  })
})
