// How many clients each address has.

import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { it } from 'node:test'
import { Addresses } from '../../../src/http/addresses.ts'

const socketOf = (remoteAddress = '10.0.0.1') => Object.assign(new EventEmitter(), { remoteAddress })
const responseOf = () => new EventEmitter() as ServerResponse

function addressesOf(most: number) {
  const addresses = new Addresses(most)
  return (socket: EventEmitter, response?: ServerResponse) => addresses.admit({ socket } as IncomingMessage, response)
}

it('counts a client until its socket closes', () => {
  const admit = addressesOf(2)
  const first = socketOf()
  assert.deepEqual(
    [admit(first), admit(socketOf()), admit(socketOf()), admit(socketOf('10.0.0.2'))],
    [true, true, false, true],
  )
  first.emit('close')
  assert.deepEqual([admit(socketOf()), admit(socketOf())], [true, false])
})

it('counts no answer that has ended on a socket that stays, and listens to that once', () => {
  const admit = addressesOf(1)
  const socket = socketOf()
  for (let n = 0; n < 20; n++) {
    const response = responseOf()
    assert.equal(admit(socket, response), true)
    response.emit('close')
  }
  assert.equal(socket.listenerCount('close'), 1)
  socket.emit('close')
  assert.deepEqual([admit(socketOf()), admit(socketOf())], [true, false])
})

it('counts each of several that are on one socket at once, and each once', () => {
  const admit = addressesOf(3)
  const socket = socketOf()
  const responses = [responseOf(), responseOf()]
  for (const response of responses) assert.equal(admit(socket, response), true)
  assert.deepEqual([admit(socketOf()), admit(socketOf())], [true, false])
  // The socket closes with one of them open, and that may say so before or after it.
  responses[0]?.emit('close')
  socket.emit('close')
  responses[1]?.emit('close')
  assert.deepEqual([admit(socketOf()), admit(socketOf()), admit(socketOf())], [true, true, false])
})
