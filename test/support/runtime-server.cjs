// Serves cables for a test in another runtime than Node: told what to do by a line of JSON on stdin, it answers by one on stdout.

const { once } = require('node:events')
const { createServer } = require('node:http')
const { createInterface } = require('node:readline')
const express = require('express')
const { turboCable } = require('../../dist/src/index.js')

const served = new Map()

const listeners = {
  express(cable) {
    const app = express()
    app.use(cable)
    app.get('/page', (_request, response) => response.send(response.locals.turboStreamFrom('s')))
    app.use((_request, response) => response.status(404).send('the app'))
    return (port) => app.listen(port, '127.0.0.1')
  },
  'node:http'(cable) {
    const server = createServer((request, response) => {
      cable(request, response, () => response.writeHead(404).end('the app'))
    })
    return (port) => server.listen(port, '127.0.0.1')
  },
}

const calls = {
  async start(kind, options) {
    const cable = turboCable(options)
    const server = listeners[kind](cable)(0)
    await once(server, 'listening')
    const { port } = server.address()
    served.set(port, { cable, server })
    return port
  },
  async attach(port) {
    served.get(port).cable.attach(served.get(port).server)
  },
  broadcastJson: (port, stream, data) => served.get(port).cable.broadcastJson(stream, data),
  close: (port, options) => served.get(port).cable.close(options),
  stats: async (port) => served.get(port).cable.stats(),
  async end(port) {
    const { server } = served.get(port)
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  },
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, call, parameters } = JSON.parse(line)
    try {
      answer({ id, result: await calls[call](...parameters) })
    } catch (error) {
      answer({ id, error: String(error?.stack ?? error) })
    }
  })
  .on('close', () => process.exit())

function answer(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
