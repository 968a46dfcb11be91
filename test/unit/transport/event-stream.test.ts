// The event stream transport: its end is told, however its response waits.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { it } from 'node:test'
import { within } from '../../../src/in-time.ts'
import { EventStreamTransport } from '../../../src/transport/event-stream.ts'
import { whileServing } from '../../support/http-server.ts'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`

for (const [where, before] of [
  ['', ''],
  [', behind an answer that never comes', get('/never')],
] as const) {
  it(`is closed once it is destroyed${where}`, async () => {
    let told = 0
    const server = createServer(({ url }, response) => {
      if (url === '/never') return
      response.writeHead(200)
      const transport = new EventStreamTransport(response)
      transport.start({ received() {}, heard() {}, closed: () => told++ })
      transport.destroy()
    })
    await whileServing(server, async (port) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.resume()
      socket.write(before + get('/events'))
      await within(5_000, once(socket, 'close'))
      assert.equal(told, 1)
      socket.destroy()
    })
  })
}
