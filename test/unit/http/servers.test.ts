// The servers whose upgrades a cable takes, and that it lets go of all of them.

import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { afterEach, describe, it } from 'node:test'
import { Servers } from '../../../src/http/servers.ts'

const delegate = { claims: () => false, upgrade: () => assert.fail() }
const running = new Set<Servers>()

function build(serves?: (server: Server) => boolean) {
  const servers = new Servers(delegate, serves)
  running.add(servers)
  return servers
}

const cameTo = (server?: Server) => ({ socket: { server } }) as unknown as IncomingMessage
const announce = (server?: Server) => channel('net.server.socket').publish({ socket: { server } })

describe('Servers', () => {
  afterEach(() => {
    for (const servers of running) servers.close()
    running.clear()
  })

  it('attaches to a server once, and lets go of it', () => {
    const [servers, server] = [build(), createServer()]
    const detach = servers.attach(server)
    assert.equal(servers.attach(server), detach)
    assert.deepEqual([servers.has(server), server.listenerCount('upgrade')], [true, 1])
    detach()
    assert.deepEqual([servers.has(server), server.listenerCount('upgrade')], [false, 0])
  })

  it('attaches to the server of the first request, and says so that once', () => {
    const [servers, server] = [build(), createServer()]
    assert.deepEqual(
      [servers.meet(cameTo(server)), servers.meet(cameTo(server)), servers.meet(cameTo())],
      [true, false, false],
    )
    assert.equal(server.listenerCount('upgrade'), 1)
  })

  it('finds a server that serves the host by its first connection, and touches no other', () => {
    const [ours, other] = [createServer(), createServer()]
    const servers = build((server) => server === ours)
    for (const server of [ours, other, undefined]) announce(server)
    assert.deepEqual([servers.has(ours), servers.has(other)], [true, false])
    assert.equal(other.listenerCount('upgrade'), 0)
  })

  it('lets go of all of them when it closes, looks for no more, and refuses further ones', () => {
    const [attached, later] = [createServer(), createServer()]
    const servers = build(() => true)
    servers.attach(attached)
    servers.close()
    announce(later)
    assert.deepEqual([attached.listenerCount('upgrade'), later.listenerCount('upgrade')], [0, 0])
    assert.throws(() => servers.attach(later), { code: 'TURBO_CABLE_CLOSED' })
  })
})
