// What a stranger may cost this process: every bound refuses plainly, and gives back what it took.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectTo, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { exchange } from '../../support/raw.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { frame, handshake } from '../../support/websocket.mjs'
import { withCable } from '../../support/with-cable.ts'

const ask = (stream: string) => `GET /cable/events?stream=${stream} HTTP/1.1\r\nHost: x\r\n\r\n`
const limit = (stream: string) => ({ type: 'rejected', stream, reason: 'limit' })

describe('limits.connections', () => {
  it('refuses one more with a 503, and takes it when another has closed', () =>
    withCable({ limits: { connections: 2 } }, async ({ port, connect, server, cable }) => {
      const sockets: Socket[] = []
      server.on('connection', (socket) => sockets.push(socket))
      const [first] = [await connect(), await connect()]
      const answer = await upgradeAnswer(port)
      assert.deepEqual([answer.status, answer.body], [503, 'Too many connections'])
      assert.equal(cable.stats().connections, 2)
      const freed = once(sockets[0] as Socket, 'close')
      await first.close()
      await freed
      assert.equal((await (await connect()).subscribe('s')).type, 'subscribed')
      assert.equal((await upgradeAnswer(port)).status, 503)
    }))

  it('counts no one who was refused', () =>
    withCable({ limits: { connections: 1 } }, async ({ port, connect }) => {
      for (let n = 0; n < 5; n++) {
        await upgradeAnswer(port, { 'Sec-WebSocket-Version': '7' })
        await upgradeAnswer(port, { 'Sec-WebSocket-Key': 'no key' })
      }
      assert.equal((await (await connect()).subscribe('s')).type, 'subscribed')
    }))
})

describe('limits.streamsPerConnection', () => {
  it('rejects one more, not those that are there; an unsubscribe makes room', () =>
    withCable({ limits: { streamsPerConnection: 2 } }, async ({ connect, cable }) => {
      const client = await connect()
      for (const name of ['a', 'b', 'a']) assert.equal((await client.subscribe(name)).type, 'subscribed')
      assert.deepEqual(await client.subscribe('c'), limit('c'))
      assert.deepEqual(await client.subscribe('c', { cursor: null }), limit('c'))
      assert.equal(cable.stats().subscriptions, 2)
      client.send({ type: 'unsubscribe', stream: 'a' })
      assert.equal((await client.subscribe('c')).type, 'subscribed')
    }))
})

describe('the length of a name', () => {
  it('is at most 512 bytes, not characters', () =>
    withCable({ limits: { frameBytes: 131_072 } }, async ({ connect }) => {
      const client = await connect()
      for (const name of ['x'.repeat(512), 'é'.repeat(256)]) {
        assert.equal((await client.subscribe(name)).type, 'subscribed')
      }
      for (const name of ['x'.repeat(513), 'é'.repeat(257), 'x'.repeat(100_000).slice(0, 8_192)]) {
        assert.deepEqual(await client.subscribe(name), limit(name))
      }
    }))

  it('is not echoed without bound', () =>
    withCable({ limits: { frameBytes: 131_072 } }, async ({ connect }) => {
      const client = await connect()
      const { stream, reason } = await client.subscribe('x'.repeat(100_000))
      assert.deepEqual([String(stream).length, reason], [8_192, 'limit'])
    }))

  it('that is not one names no stream', () =>
    withCable({}, async ({ connect }) => {
      const client = await connect()
      for (const name of ['a,b', 'a\n', '\u0000', '\ud800', '\u009f']) {
        const { type, reason } = await client.subscribe(name)
        assert.deepEqual([type, reason], ['rejected', 'invalid'])
      }
    }))
})

describe("a connection's own id", () => {
  it('is kept only where it is short: a long one would be memory for the asking', () =>
    withCable({ limits: { frameBytes: 131_072 } }, async ({ connect, cable }) => {
      const client = await connect()
      const long = 'x'.repeat(100_000)
      await client.subscribe('s', { cursor: null, connection: long })
      await cable.broadcastJson('s', 1, { exclude: long })
      assert.equal((await client.next()).data, 1)
      const fitting = 'x'.repeat(128)
      await client.subscribe('s', { cursor: null, connection: fitting })
      await cable.broadcastJson('s', 2, { exclude: fitting })
      await cable.broadcastJson('s', 3)
      assert.equal((await client.next()).data, 3)
    }))
})

describe('limits.messagesPerSecond', () => {
  for (const [what, send] of [
    ['commands', (client) => client.send({ type: 'pong' })],
    ['nonsense', (client) => client.send('nonsense')],
    ['binary frames', (client) => client.ws.send(Buffer.from([1, 2]))],
    ['native pings', (client) => client.ws.ping()],
    ['native pongs', (client) => client.ws.pong()],
  ] as [string, (client: import('../../support/client.ts').TestClient) => void][]) {
    it(`sends away who sends too many ${what}, says why, and closes with 1008`, () =>
      withCable({ limits: { messagesPerSecond: 5 } }, async ({ connect, cable }) => {
        const [loud, quiet] = [await connect(), await connect()]
        await loud.subscribe('s')
        await quiet.subscribe('s')
        // Ten seconds' worth may be saved up; the subscribe took one of them.
        for (let n = 0; n < 100; n++) send(loud)
        assert.deepEqual(await loud.next(), { type: 'disconnect', reason: 'limit', reconnect: true })
        assert.equal((await loud.closed).code, 1008)
        await cable.broadcastJson('s', 1)
        assert.equal((await quiet.next()).data, 1)
        assert.equal(cable.stats().subscriptions, 1)
      }))
  }

  it('lets a page subscribe to all its streams at once', () =>
    withCable({}, async ({ connect }) => {
      const client = await connect()
      for (let n = 0; n < 100; n++) client.send({ type: 'subscribe', stream: `s${n}` })
      for (let n = 0; n < 100; n++) assert.equal((await client.next()).type, 'subscribed')
    }))
})

describe('limits.frameBytes', () => {
  it('takes a frame of exactly 16 KiB, and closes with 1009 on one byte more', () =>
    withCable({}, async ({ connect, cable }) => {
      const [client, bystander] = [await connect(), await connect()]
      await bystander.subscribe('s')
      client.send('x'.repeat(16 * 1_024))
      assert.equal((await client.subscribe('s')).type, 'subscribed')
      client.send('x'.repeat(16 * 1_024 + 1))
      assert.equal((await client.closed).code, 1009)
      await cable.broadcastJson('s', 1)
      assert.equal((await bystander.next()).data, 1)
    }))

  it('counts a message in fragments as one', () =>
    withCable({}, async ({ connect }) => {
      const client = await connect()
      for (let n = 0; n < 129; n++) client.ws.send('x'.repeat(1_024), { fin: false })
      assert.equal((await client.closed).code, 1009)
    }))
})

describe('limits.bodyBytes', () => {
  const body = (bytes: number) => {
    const shell = JSON.stringify({ stream: 's', data: '' })
    return JSON.stringify({ stream: 's', data: 'x'.repeat(bytes - shell.length) })
  }

  it('takes a body of exactly that size, and answers 413 to one byte more', () =>
    withCable({ limits: { bodyBytes: 1_000 } }, async ({ broadcast, connect }) => {
      const client = await connect()
      await client.subscribe('s')
      assert.equal((await broadcast(body(1_000))).status, 200)
      const refused = await broadcast(body(1_001))
      assert.deepEqual([refused.status, await refused.text()], [413, 'Payload Too Large'])
      await broadcast({ stream: 's', data: 'last' })
      assert.equal(String((await client.next()).data).length, 1_000 - 24)
      assert.equal((await client.next()).data, 'last')
    }))

  it('answers 413 to a chunked body that grows past it, without reading on for ever', () =>
    withCable({ limits: { bodyBytes: 1_000 } }, async ({ port }) => {
      const sending = request({
        host: '127.0.0.1',
        port,
        path: '/_broadcast',
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
      })
      const answered = once(sending, 'response')
      sending.on('error', () => {})
      for (let n = 0; n < 20; n++) sending.write('x'.repeat(100))
      const [response] = await answered
      assert.equal(response.statusCode, 413)
      sending.destroy()
    }))
})

describe('one message in many fragments', () => {
  it('ends the connection past 32 of them, so that unfinished messages cost little', () =>
    withCable({}, async ({ connect, port }) => {
      const bystander = await connect()
      await bystander.subscribe('s')
      const fragments = Array.from({ length: 33 }, (_, n) => frame('x', { first: n === 0 ? 0x01 : 0x00 }))
      const answer = await exchange(port, Buffer.concat([handshake(), ...fragments]))
      // A close frame with 1008, which ws gives for too many.
      assert.ok(answer.includes(Buffer.from([0x88, 2, 1008 >> 8, 1008 & 0xff])), answer.toString('latin1'))
      assert.deepEqual(await bystander.drain(), [])
    }))
})

describe('limits.connectionsPerAddress', () => {
  it('refuses the next connection of an address with 503, and takes it again when one has gone', () =>
    withCable({ limits: { connectionsPerAddress: 2 } }, async ({ connect, port, cable }) => {
      const [first] = [await connect(), await connect()]
      const { status, body } = await upgradeAnswer(port)
      assert.deepEqual([status, body], [503, 'Too many connections from one address'])
      await first.close()
      while (cable.stats().connections > 1) await new Promise(setImmediate)
      assert.equal((await upgradeAnswer(port)).status, 101)
    }))

  it('counts no event stream that was refused, on a socket that stays', () =>
    withCable({ secret: 's'.repeat(32), limits: { connectionsPerAddress: 2 } }, async ({ port }) => {
      const socket = connectTo(port, '127.0.0.1').setEncoding('utf8')
      for (let n = 0; n < 5; n++) {
        socket.write(ask('nobodys'))
        assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1.1 403 /)
      }
      assert.equal((await upgradeAnswer(port)).status, 101)
      socket.destroy()
    }))
})

describe('event streams that are asked for on one socket at once', () => {
  it('are one, and none is left when that closes', () =>
    withCable({}, async ({ port, cable }) => {
      const socket = connectTo(port, '127.0.0.1')
      socket.write(ask('s').repeat(20))
      await once(socket, 'data')
      assert.equal(cable.stats().connections, 1)
      socket.destroy()
      while (cable.stats().connections > 0) await new Promise(setImmediate)
    }))

  it('are given up where they wait behind another answer as their socket closes', () =>
    withCable({}, async ({ port, cable, server }) => {
      // The first answer is never written, so the second one waits.
      const app = server.listeners('request')
      server.removeAllListeners('request')
      server.on('request', (request, response) => {
        if (request.url !== '/held') for (const each of app) each(request, response)
      })
      const socket = connectTo(port, '127.0.0.1')
      socket.write(`GET /held HTTP/1.1\r\nHost: x\r\n\r\n${ask('s')}`)
      while (cable.stats().connections < 1) await new Promise(setImmediate)
      socket.destroy()
      while (cable.stats().connections > 0) await new Promise(setImmediate)
    }))
})
