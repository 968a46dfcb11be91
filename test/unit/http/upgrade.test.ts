// Taking upgrades off a server beside whoever else listens for them.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { attachUpgrade } from '../../../src/http/upgrade.ts'
import { requestOf } from '../../support/http-doubles.ts'

function claiming(path: string) {
  const taken: (string | undefined)[] = []
  return {
    taken,
    claims: ({ url }: IncomingMessage) => url === path,
    upgrade: ({ url }: IncomingMessage) => taken.push(url),
  }
}

function upgrade(server: Server, url: string) {
  const request = requestOf({ url, headers: { upgrade: 'x' } })
  Object.assign(request, { complete: true, rawHeaders: [] })
  const socket = new PassThrough()
  const head = Buffer.alloc(0)
  server.emit('upgrade', request, socket, head)
  return socket
}

// What goes back to the app is given to the server anew, as a connection.
function givenBack(server: Server) {
  const sockets: unknown[] = []
  server.removeAllListeners('connection')
  server.on('connection', (socket) => sockets.push(socket))
  return sockets
}

describe('attachUpgrade', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('has one listener, however many cables there are, and hands each what it claims', () => {
    const server = createServer()
    const [one, two] = [claiming('/one'), claiming('/two')]
    const undo = [attachUpgrade(server, one), attachUpgrade(server, two), attachUpgrade(server, two)]
    assert.equal(server.listenerCount('upgrade'), 1)
    for (const path of ['/one', '/two']) upgrade(server, path)
    assert.deepEqual([one.taken, two.taken], [['/one'], ['/two']])
    for (const each of undo) each()
    assert.equal(server.listenerCount('upgrade'), 0)
  })

  it('gives back at once what nobody claims', () => {
    const server = createServer()
    const sockets = givenBack(server)
    attachUpgrade(server, claiming('/one'))
    assert.deepEqual([sockets, upgrade(server, '/x')], [sockets, sockets[0]])
  })

  it('leaves 5 s to another listener, and gives back what that has not touched', () => {
    const server = createServer()
    const sockets = givenBack(server)
    attachUpgrade(server, claiming('/one'))
    server.on('upgrade', (request, socket) => request.url === '/theirs' && socket.on('data', () => {}))
    upgrade(server, '/theirs')
    const socket = upgrade(server, '/nobody')
    mock.timers.tick(4_999)
    assert.deepEqual(sockets, [])
    mock.timers.tick(1)
    assert.deepEqual(sockets, [socket])
  })

  it('asks the server’s own question too where there is one, and puts it back', () => {
    type Asking = Server & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean }
    const server: Asking = createServer()
    const original = () => true
    server.shouldUpgradeCallback = original
    const detach = attachUpgrade(server, claiming('/one'))
    const should = (url: string) => server.shouldUpgradeCallback?.(requestOf({ url }))
    assert.deepEqual([should('/one'), should('/x')], [true, false], 'alone')
    server.on('upgrade', () => {})
    assert.deepEqual([should('/one'), should('/x')], [true, true], 'with another listener')
    detach()
    assert.equal(server.shouldUpgradeCallback, original)
  })
})
