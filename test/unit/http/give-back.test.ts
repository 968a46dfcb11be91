// An upgrade that nobody takes becomes the ordinary request that it is.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { giveBack } from '../../../src/http/give-back.ts'
import { requestOf } from '../../support/http-doubles.ts'

const rawHeaders = ['Host', 'a', 'Connection', 'Upgrade', 'UPGRADE', 'h2c', 'HTTP2-Settings', 'x', 'X-Name', 'caf\xe9']

describe('giveBack', () => {
  it('gives the socket to the server anew, the request before it, without the wish to upgrade', () => {
    const server = createServer().removeAllListeners('connection')
    const socket = new PassThrough()
    let given: unknown
    server.on('connection', (each) => {
      given = each
    })
    const request = Object.assign(requestOf({ method: 'POST', url: '/a?b' }), { rawHeaders, complete: true })
    giveBack(server, request, socket, Buffer.from('body'))
    assert.equal(given, socket)
    assert.equal(socket.read().toString('latin1'), 'POST /a?b HTTP/1.1\r\nHost: a\r\nX-Name: caf\xe9\r\n\r\nbody')
  })

  it('lets the app answer where the request delivers its body by itself, and ends the socket then', async () => {
    const server = createServer((request, response) => request.pipe(response))
    const request = requestOf({ method: 'POST', body: 'hello' })
    const socket = new PassThrough()
    const ended = new Promise((resolve) => socket.on('finish', resolve))
    giveBack(server, request, socket, Buffer.alloc(0))
    await ended
    const answer = socket.read().toString()
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
    assert.match(answer, /Connection: close/)
    assert.match(answer, /hello/)
  })
})
