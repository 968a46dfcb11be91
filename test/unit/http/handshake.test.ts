// From an upgrade request to a client of the hub, or to a refusal that an HTTP client can read.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex, PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { Entrance } from '../../../src/http/entrance.ts'
import { Handshake } from '../../../src/http/handshake.ts'
import { resolveOptions, type TurboCableOptions } from '../../../src/options/options.ts'
import type { Protocol } from '../../../src/protocol/protocol.ts'
import { turboCableProtocol } from '../../../src/protocol/turbo-cable.ts'
import { requestOf } from '../../support/http-doubles.ts'
import { hubOf, turn } from '../../support/hub-doubles.ts'
import { warnings } from '../../support/warnings.ts'

const other: Protocol = { ...turboCableProtocol, name: 'other' }
const good = {
  host: 'app.example',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
}

function build(options: TurboCableOptions = {}) {
  const { hub } = hubOf(options)
  const resolved = resolveOptions(options, {})
  const handshake = new Handshake({
    entrance: new Entrance(hub, resolved),
    hub,
    options: resolved,
    protocols: [turboCableProtocol, other],
    isPath: (path: string) => ['/cable', '/b/cable'].includes(path),
  })
  return {
    hub,
    handshake,
    /** One upgrade over a socket in memory; `answer` is what the server wrote. */
    upgrade(headers = {}) {
      const sent = new PassThrough()
      const socket = Object.assign(duplex(sent), { setTimeout() {}, setNoDelay() {} })
      handshake.upgrade(requestOf({ url: '/cable', headers: { ...good, ...headers } }), socket, Buffer.alloc(0))
      return { socket, answer: () => (sent.read() ?? '').toString() as string }
    },
  }
}

// What the server writes goes to `sent`; what the client would send never comes, until the test pushes it.
function duplex(sent: PassThrough): Duplex {
  return new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      sent.write(chunk)
      done()
    },
  })
}

describe('claims', () => {
  it('takes WebSockets to exactly its paths, with a query too', () => {
    const { handshake } = build()
    const claims = (url: string, upgrade = 'websocket') => handshake.claims(requestOf({ url, headers: { upgrade } }))
    for (const url of ['/cable', '/cable?a=1', '/b/cable']) assert.equal(claims(url), true, url)
    for (const url of ['/cablecar', '/cable/', '/', '/a/cable', '/x?/cable']) assert.equal(claims(url), false, url)
    assert.deepEqual([claims('/cable', 'WebSocket'), claims('/cable', 'h2c')], [true, false])
  })
})

describe('an upgrade', () => {
  it('makes a client of the hub', () => {
    const { hub, upgrade } = build()
    const { answer } = upgrade()
    assert.match(answer(), /^HTTP\/1\.1 101 /)
    assert.equal(hub.stats().connections, 1)
  })

  it('agrees to the first subprotocol that is spoken here, and to none where there is none', () => {
    const { upgrade } = build()
    const agreed = (offered: string) =>
      /Sec-WebSocket-Protocol: (.*)\r/.exec(upgrade({ 'sec-websocket-protocol': offered }).answer())?.[1]
    assert.deepEqual([agreed('unknown, other'), agreed('unknown')], ['other', undefined])
  })

  it('that offers only subprotocols that are not spoken is said once, with their names', (t) => {
    const warned = warnings(t)
    const { upgrade } = build()
    upgrade({ 'sec-websocket-protocol': 'actioncable-v1-json, actioncable-unsupported' })
    upgrade({ 'sec-websocket-protocol': 'graphql-ws' })
    upgrade({ 'sec-websocket-protocol': 'unknown, other' })
    assert.equal(warned.length, 1)
    assert.match(
      warned[0] ?? '',
      /offers the subprotocols "actioncable-v1-json, actioncable-unsupported", .*turbo-cable/,
    )
  })

  it('of a page of another site is refused with 403, and the operator is told once; not of what is no page', (t) => {
    const warned = warnings(t)
    const { hub, upgrade } = build()
    for (const origin of ['https://doctor.turbo-cable.invalid', 'https://evil.example', 'https://evil.example'])
      assert.match(upgrade({ origin }).answer(), /^HTTP\/1\.1 403 Forbidden\r/)
    assert.equal(warned.length, 1)
    assert.match(warned.join(), /refused a page of https:\/\/evil\.example on host app\.example/)
    assert.equal(hub.size, 0)
  })

  it('beyond the number of connections is refused with 503, those at the door counted', () => {
    const { upgrade } = build({ limits: { connections: 1 }, authenticate: () => new Promise(() => {}) })
    assert.equal(upgrade().answer(), '')
    assert.match(upgrade().answer(), /^HTTP\/1\.1 503 .*Too many connections$/s)
  })

  it('is refused with 401 where the app knows nobody, and the answer is a whole one', async () => {
    const { hub, upgrade } = build({ authenticate: () => null })
    const { answer, socket } = upgrade()
    await turn()
    const text = answer()
    assert.match(text, /^HTTP\/1\.1 401 Unauthorized\r\n/)
    assert.match(text, /Content-Length: 12\r\n\r\nUnauthorized$/)
    assert.deepEqual([hub.size, socket.destroyed], [0, true])
  })

  it('is refused where the identity was disconnected meanwhile', async () => {
    let admit = (_: unknown) => {}
    const { hub, upgrade } = build({ authenticate: () => new Promise((resolve) => (admit = resolve)) })
    const { answer } = upgrade()
    hub.removals.disconnect((identity) => identity === 7)
    admit(7)
    await turn()
    assert.match(answer(), /^HTTP\/1\.1 401 /)
  })

  it('is turned away with 503 when the hub closes meanwhile, and the app’s answer is nobody’s', async () => {
    let admit = (_: unknown) => {}
    const { hub, upgrade } = build({ authenticate: () => new Promise((resolve) => (admit = resolve)) })
    const { answer } = upgrade()
    await hub.close(0)
    assert.match(answer(), /^HTTP\/1\.1 503 .*Closing$/s)
    admit(7)
    await turn()
    assert.deepEqual([answer(), hub.stats().connections], ['', 0])
  })

  it('gives its place back where the client leaves while the app decides', async () => {
    let admit = (_: unknown) => {}
    const { hub, upgrade } = build({ authenticate: () => new Promise((resolve) => (admit = resolve)) })
    const { socket, answer } = upgrade()
    assert.equal(hub.size, 1)
    const closed = once(socket, 'close')
    socket.push(null)
    await closed
    assert.equal(hub.size, 0)
    admit(7)
    await turn()
    assert.deepEqual([answer(), hub.stats().connections], ['', 0])
  })

  it('survives a socket that fails before the handshake', async () => {
    const { hub, upgrade } = build({ authenticate: () => new Promise(() => {}) })
    const { socket } = upgrade()
    socket.destroy(new Error('reset'))
    await turn()
    assert.equal(hub.size, 0)
  })
})
