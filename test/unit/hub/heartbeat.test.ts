// Pings and deaths, by a clock that the test moves.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import type { Connection } from '../../../src/hub/connection.ts'
import { Heartbeat } from '../../../src/hub/heartbeat.ts'

// The heartbeat touches nothing of a connection but its own bookkeeping.
const connection = () => ({ heardAt: 0, slot: 0 }) as Connection

function build(count: number) {
  const pinged: Connection[] = []
  const silent: Connection[] = []
  const heartbeat = new Heartbeat(
    { interval: 30_000, timeout: 60_000 },
    { pingDue: (each) => pinged.push(each), connectionSilent: (each) => silent.push(each) },
  )
  const connections = Array.from({ length: count }, connection)
  for (const each of connections) heartbeat.add(each)
  heartbeat.start()
  return { heartbeat, connections, pinged, silent }
}

describe('Heartbeat', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
  afterEach(() => mock.timers.reset())

  it('pings each connection once per interval', () => {
    const { heartbeat, connections, pinged } = build(100)
    mock.timers.tick(30_000)
    assert.equal(pinged.length, 100)
    assert.deepEqual(new Set(pinged), new Set(connections))
    heartbeat.stop()
  })

  it('spreads the pings of connections that came together over the interval', () => {
    const { heartbeat, pinged } = build(300)
    for (let second = 1; second <= 30; second++) {
      mock.timers.tick(1_000)
      assert.equal(pinged.length, second * 10)
    }
    heartbeat.stop()
  })

  it('ends a connection after 60 s of silence and not a second before', () => {
    const { heartbeat, connections, silent } = build(1)
    mock.timers.tick(59_000)
    assert.equal(silent.length, 0)
    mock.timers.tick(1_000)
    assert.deepEqual(silent, connections)
    heartbeat.stop()
  })

  it('takes any frame for a sign of life, and ends only who is silent', () => {
    const { heartbeat, connections, silent } = build(3)
    const [first, second, third] = connections as [Connection, Connection, Connection]
    mock.timers.tick(40_000)
    heartbeat.heard(second)
    mock.timers.tick(19_000)
    heartbeat.heard(third)
    mock.timers.tick(1_000)
    assert.deepEqual(silent, [first])
    mock.timers.tick(40_000)
    assert.deepEqual(silent, [first, second])
    mock.timers.tick(19_000)
    assert.deepEqual(silent, [first, second, third])
    heartbeat.stop()
  })

  it('forgets a connection that is gone, and does not revive it by a late frame', () => {
    const { heartbeat, connections, pinged, silent } = build(1)
    const [only] = connections as [Connection]
    heartbeat.remove(only)
    heartbeat.heard(only)
    mock.timers.tick(120_000)
    assert.deepEqual([pinged, silent], [[], []])
    heartbeat.stop()
  })
})
