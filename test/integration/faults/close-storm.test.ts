// close() while clients pour in. Whoever is half way in must not keep it, nor stay behind.

import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { handshake } from '../../support/websocket.mjs'
import { ServerProcess } from './child.ts'
import type { Seen } from './closing-server.ts'

const clients = 200
const mute = 20
const timeout = 1_500

for (const [title, settings] of [
  ['at once', {}],
  ['after a moment', { asking: 'for a moment' }],
  ['never', { asking: 'for ever' }],
] as const) {
  test(`close() amid ${clients} connects that the app admits ${title} keeps its time and leaves nothing`, {
    timeout: 60_000,
  }, async () => {
    const server = new ServerProcess('./closing-server.ts', { after: clients / 2, timeout, ...settings })
    const sockets: WebSocket[] = []
    const silent: Socket[] = []
    try {
      const port = await server.hears<number>()
      const seen = server.hears<Seen>()
      const ended: Promise<unknown>[] = []
      for (let index = 0; index < clients; index++) {
        if (index % (clients / mute) === 0) {
          // One that says nothing after its upgrade, so that it never answers a close.
          const socket = connect(port, '127.0.0.1')
          silent.push(socket)
          socket.on('error', () => {})
          socket.write(handshake())
        } else {
          const socket = new WebSocket(`ws://127.0.0.1:${port}/cable`)
          sockets.push(socket)
          socket.on('error', () => {})
          socket.on('open', () => socket.send('{"type":"subscribe","stream":"a","cursor":null}'))
          ended.push(new Promise((resolve) => socket.on('close', resolve)))
        }
      }
      const { took, stats } = await seen
      assert.ok(took < timeout + 1_000, `close() took ${took} ms`)
      assert.equal(stats.connections + stats.streams + stats.subscriptions, 0, JSON.stringify(stats))
      assert.equal(await server.endsWithin(5_000), 0, 'something kept the process alive')
      await Promise.all(ended)
    } finally {
      for (const socket of sockets) socket.terminate()
      for (const socket of silent) socket.destroy()
      await server.endsWithin(0)
    }
  })
}
