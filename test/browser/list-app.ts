// The smallest app that can show whether a page is behind: a list on the server, a list in the page. The server can be killed
// and started again on its port, with the list that it has then and no memory of what it sent.

import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import express from 'express'
import { type Cable, type TurboCableOptions, turboCable } from '../../src/index.ts'
import { listen, shut } from '../support/http-server.ts'

export interface ListAppOptions extends TurboCableOptions {
  /** Writes the marker of the list. */
  readonly marker?: (cable: Cable) => string
}

export class ListApp {
  readonly items: string[] = []
  /** Runs in the route, after the list is read and before the page is written. */
  duringRequest: () => Promise<void> = async () => {}
  /** How often the list's page was asked for. */
  requests = 0
  cable!: Cable
  readonly #options: ListAppOptions
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0

  constructor(options: ListAppOptions = {}) {
    this.#options = options
  }

  get origin(): string {
    return `http://localhost:${this.#port}`
  }

  /** Starts, or starts again on the same port. */
  async start(): Promise<this> {
    const { marker, ...options } = this.#options
    const cable = turboCable({ refreshSpread: 0, ...options })
    const app = express()
    app.use(cable)
    app.get(['/', '/list.csv'], async (_request, response) => {
      this.requests++
      const items = [...this.items]
      await this.duringRequest()
      response.send(page('List', `${marker?.(cable) ?? response.locals.turboStreamFrom('list')}${list(items)}`, cable))
    })
    app.get('/other', (_request, response) => void response.send(page('Other', '', cable)))
    this.cable = cable
    this.#server = createServer(app)
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#port = await listen(this.#server, { port: this.#port, host: 'localhost' })
    return this
  }

  /** Adds to the list and tells the pages. */
  async add(item: string): Promise<void> {
    this.items.push(item)
    // Without an id, so that a page which is told twice shows it twice.
    await this.cable.broadcastAppendTo('list', { target: 'items', html: `<li>${item}</li>` })
  }

  /** Cuts every connection, as a network would. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Ends without a word to anybody. */
  async kill(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    // Sockets that were upgraded are not the server's to close.
    this.cut()
    await shut(server)
    await this.cable.close({ timeout: 1_000 })
  }
}

function page(title: string, body: string, cable: Cable): string {
  return `<!doctype html><html><head><title>${title}</title><link rel="icon" href="data:,">${cable.turboCableTags()}</head>
<body><h1>${title}</h1><a href="/">List</a> <a href="/other">Other</a>${body}<div style="height: 5000px"></div></body></html>`
}

function list(items: readonly string[]): string {
  return `<ul id="items">${items.map((item) => `<li>${item}</li>`).join('')}</ul>`
}
