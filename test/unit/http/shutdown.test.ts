// Which requests are not answered yet, and still wanted.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { it } from 'node:test'
import { UnderWay } from '../../../src/http/shutdown.ts'
import { turn } from '../../support/hub-doubles.ts'

const socketOf = (destroyed = false) => Object.assign(new EventEmitter(), { destroyed })

// Without a socket, one that waits for its turn.
function responseOf(socket?: EventEmitter) {
  return Object.assign(new EventEmitter(), { socket }) as unknown as ServerResponse
}

function underWay() {
  const all = new UnderWay()
  return {
    add: (socket: EventEmitter, response: ServerResponse) => all.add({ socket } as IncomingMessage, response),
    // It looks at once, and then no more.
    isAnswered: () => Promise.race([all.answered(1).then(() => true), turn().then(() => false)]),
  }
}

it('waits for a request until its answer has closed', async () => {
  const { add, isAnswered } = underWay()
  const socket = socketOf()
  const response = responseOf(socket)
  add(socket, response)
  assert.equal(await isAnswered(), false)
  response.emit('close')
  assert.equal(await isAnswered(), true)
  assert.equal(socket.listenerCount('close'), 0)
})

it('waits for those behind another one until their socket closes, and listens to that once', async () => {
  const { add, isAnswered } = underWay()
  const socket = socketOf()
  const first = responseOf(socket)
  const behind = Array.from({ length: 20 }, () => responseOf())
  for (const response of [first, ...behind]) add(socket, response)
  assert.equal(socket.listenerCount('close'), 1)
  first.emit('close')
  behind[0]?.emit('close')
  assert.equal(await isAnswered(), false)
  socket.emit('close')
  assert.equal(await isAnswered(), true)
  // The one whose turn it was says so too, and counts no other one down.
  behind[1]?.emit('close')
  add(socketOf(), responseOf())
  assert.equal(await isAnswered(), false)
})

it('does not wait where the client has left before', async () => {
  const { add, isAnswered } = underWay()
  add(socketOf(true), responseOf())
  assert.equal(await isAnswered(), true)
})
