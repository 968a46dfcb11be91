// One client: what it says and is told, and that nothing follows its end.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import type { Command } from '../../../src/protocol/protocol.ts'
import { connectionOf } from '../../support/hub-doubles.ts'

const farewell = { type: 'disconnect', reason: 'limit', reconnect: true } as const

describe('Connection', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('hands on what its protocol reads, and ignores the rest', () => {
    const commands: Command[] = []
    const { transport } = connectionOf({ commandReceived: (_, command) => commands.push(command) })
    transport.subscribe('s')
    transport.delegate?.received('not JSON')
    assert.deepEqual(commands, [{ type: 'subscribe', address: 's', asked: 's' }])
  })

  it('takes everything that comes in for a sign of life, nonsense too', () => {
    let heard = 0
    const { transport } = connectionOf({ frameReceived: () => heard++ })
    transport.delegate?.received('not JSON')
    transport.delegate?.heard()
    assert.equal(heard, 2)
  })

  it('reports who says more than it may, and does not do what it says', () => {
    let [commands, tooFast] = [0, 0]
    const delegate = { commandReceived: () => commands++, connectionTooFast: () => tooFast++ }
    const { transport } = connectionOf(delegate, { messagesPerSecond: 1 })
    for (let n = 0; n < 12; n++) transport.subscribe('s')
    assert.deepEqual([commands, tooFast], [10, 2])
  })

  it('is silent where its protocol has no such word', () => {
    const { transport, connection } = connectionOf()
    connection.say({ type: 'welcome' })
    assert.deepEqual(transport.writes, [])
    connection.say({ type: 'ping', at: 0 })
    assert.deepEqual(transport.read(), [{ type: 'ping' }])
  })

  it('reports once that too much waits for it, and writes and reads nothing more', () => {
    let [overflows, commands] = [0, 0]
    const { transport, connection } = connectionOf({
      connectionOverflowed: () => overflows++,
      commandReceived: () => commands++,
    })
    transport.pending = 1_001
    for (const _ of [1, 2]) connection.say({ type: 'ping', at: 0 })
    connection.overflow()
    transport.subscribe('s')
    assert.deepEqual([overflows, commands, transport.writes.length, connection.finished], [1, 0, 1, true])
  })

  it('may have exactly as much waiting as is allowed', () => {
    const { transport, connection } = connectionOf({ connectionOverflowed: () => assert.fail() })
    transport.pending = 1_000
    connection.say({ type: 'ping', at: 0 })
  })

  it('says a last word, also after too much waited for it, and nothing after that', () => {
    const { transport, connection } = connectionOf()
    connection.overflow()
    connection.part(farewell, 1013, 2_000)
    connection.say({ type: 'ping', at: 0 })
    connection.part(farewell, 1012, 2_000)
    assert.deepEqual([transport.read(), transport.ends], [[farewell], [1013]])
  })

  it('is cut off where its end takes longer than the grace, and only then', () => {
    let closed = 0
    const slow = connectionOf({ connectionClosed: () => closed++ })
    slow.connection.part(farewell, 1013, 2_000)
    mock.timers.tick(1_999)
    assert.deepEqual(slow.transport.ends, [1013])
    mock.timers.tick(1)
    assert.deepEqual([slow.transport.ends, closed], [[1013, 'destroyed'], 1])
    const quick = connectionOf()
    quick.connection.part(farewell, 1013, 2_000)
    quick.transport.close()
    mock.timers.tick(2_000)
    assert.deepEqual(quick.transport.ends, [1013])
  })

  it('ends at once when it is terminated', () => {
    const { transport, connection } = connectionOf()
    connection.terminate()
    assert.deepEqual(transport.ends, ['destroyed'])
  })
})
