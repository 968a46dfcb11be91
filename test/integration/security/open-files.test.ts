// A process that may open few files: it takes as many connections as fit, says so, and has files left for its own work.

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { TestClient } from '../../support/client.ts'
import { Program } from '../../support/program.ts'
import { root } from '../../support/run.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'

const files = 220
const server = `
  const { createServer } = require('node:http')
  const cable = require('${root}/dist/src/index.js').turboCable()
  const server = createServer((request, response) => cable(request, response, () => response.end('the app')))
  cable.attach(server)
  server.listen(0, '127.0.0.1', () => console.error('listening on ' + server.address().port))
`

/** Starts the server with so few files, and gives its port. */
async function few(run: (program: Program, port: number) => Promise<void>): Promise<void> {
  const program = new Program('sh', ['-c', `ulimit -n ${files}; exec "$0" -e "$1"`, process.execPath, server], {
    reads: 'stderr',
  })
  try {
    await run(program, Number(/^listening on (\d+)$/.exec(await program.line())?.[1]))
  } finally {
    await program.end()
  }
}

const refused =
  /a client was refused.*there are 120 connections, which is what the 220 files allow that this process may open: raise/

test('connections are refused before the files are used up, and the log says what to raise', () =>
  few(async (program, port) => {
    const clients: TestClient[] = []
    try {
      for (let n = 0; n < files - 100; n++) clients.push(new TestClient(`ws://127.0.0.1:${port}/cable`))
      await Promise.all(clients.map((client) => client.opened()))
      for (let again = 0; again < 2; again++) {
        const { status, body } = await upgradeAnswer(port)
        assert.deepEqual([status, body], [503, 'Too many connections'])
      }
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'the app')
      await program.matching(refused)
    } finally {
      for (const client of clients) client.ws.terminate()
    }
  }))

test('the log says so too where so many come at once that no file is left to read the limit from', () =>
  few(async (program, port) => {
    const ask = `GET /cable HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`
    const sockets = Array.from({ length: files + 100 }, () => {
      const socket = connect(port, '127.0.0.1', () => socket.write(ask))
      return socket.on('error', () => {})
    })
    try {
      await program.matching(refused)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  }))
