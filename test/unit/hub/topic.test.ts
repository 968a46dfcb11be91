// Membership of a stream: what was gathered goes to those who were there before anybody comes or goes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Positioned } from '../../../src/engine/engine.ts'
import type { Connection } from '../../../src/hub/connection.ts'
import { Topic } from '../../../src/hub/topic.ts'
import { connectionOf } from '../../support/hub-doubles.ts'

const message: Positioned = { stream: 's', json: '1', position: 1, cursor: 'e:1' }

// A topic whose flush notes who the members were.
function gathered() {
  const flushed: Connection[][] = []
  const topic = new Topic('s', () => {
    topic.pending = []
    flushed.push([...topic.audiences].flatMap(({ members }) => [...members]))
  })
  const audience = (connection: Connection, resumes = false) =>
    topic.audience(connection, { address: 's', stream: 's', resumes })
  return { topic, flushed, audience }
}

function holding() {
  const held: Positioned[] = []
  let abandoned = false
  return {
    held,
    abandoned: () => abandoned,
    joining: {
      hold: (each: Positioned) => held.push(each),
      forget() {},
      abandon() {
        abandoned = true
      },
    },
  }
}

describe('Topic', () => {
  it('has one audience for those whose messages are the same bytes', () => {
    const { audience } = gathered()
    const [{ connection: one }, { connection: two }] = [connectionOf(), connectionOf()]
    assert.equal(audience(one), audience(two))
    assert.notEqual(audience(one), audience(one, true))
  })

  it('sends what was gathered before somebody comes, and before somebody goes', () => {
    const { topic, flushed, audience } = gathered()
    const [{ connection: one }, { connection: two }] = [connectionOf(), connectionOf()]
    topic.serve(audience(one), one)
    topic.pending.push(message)
    topic.serve(audience(two), two)
    topic.pending.push(message)
    topic.leave(audience(one), one)
    topic.leave(audience(two), two)
    assert.deepEqual(flushed, [[one], [one, two]])
  })

  it('holds messages back for who is joining, and is taken only where there are members', () => {
    const { topic, audience } = gathered()
    const { connection } = connectionOf()
    const { joining, held } = holding()
    assert.equal(topic.join(audience(connection), connection, joining), false)
    assert.equal(topic.take(message), false)
    assert.deepEqual(held, [message])
    topic.serve(audience(connection), connection)
    assert.equal(topic.take(message), true)
    assert.equal(held.length, 1)
  })

  it('says whether who joins was a member, and who leaves was there at all', () => {
    const { topic, audience } = gathered()
    const { connection } = connectionOf()
    const one = audience(connection)
    assert.equal(topic.leave(one, connection), false)
    topic.serve(one, connection)
    assert.equal(topic.join(one, connection, holding().joining), true)
    assert.equal(topic.leave(one, connection), true)
  })

  it('is empty when the last one has left, and tells a replay that nobody waits for it', () => {
    const { topic, audience } = gathered()
    const { connection } = connectionOf()
    const { joining, abandoned } = holding()
    const one = audience(connection)
    topic.join(one, connection, joining)
    one.ahead = new Map([[connection, 5]])
    assert.equal(topic.empty, false)
    topic.leave(one, connection)
    assert.deepEqual([topic.empty, abandoned(), one.ahead.size], [true, true, 0])
  })

  it('does not take in who was sent away by the very messages that had to go out first', () => {
    const { topic, audience } = gathered()
    const [{ connection: reader }, { connection: slow }] = [connectionOf(), connectionOf()]
    const { joining, abandoned } = holding()
    const one = audience(reader)
    topic.serve(one, reader)
    slow.overflow()
    topic.serve(one, slow)
    assert.equal(topic.join(one, slow, joining), false)
    assert.deepEqual([...topic.connections()], [reader])
    assert.equal(abandoned(), true)
  })
})
