// One page for the browser's contract: a stage in it for each case, a real socket, and a count of what the server was asked for.

import { createServer, type Server } from 'node:http'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { type Cable, turboCable, turboStream } from '../../src/index.ts'
import { connected } from '../../src/testing/testing.ts'
import { listen, shut } from '../support/http-server.ts'

declare global {
  interface Window {
    /** The last mark that has come over the socket. */
    mark: number
    /** What a case notes in the page. */
    notes: string[]
  }
}

export class ContractPage {
  readonly cable: Cable = turboCable()
  /** The paths that were asked for, with the methods. */
  readonly requests: string[] = []
  /** The id that Turbo gave the last request. */
  requestId = ''
  /** What the page has complained of: its errors and what it logged as errors. */
  readonly complaints: string[] = []
  page!: Page
  #server!: Server
  #marks = 0
  #origin = ''

  async open(browser: Browser): Promise<void> {
    const app = express()
    app.use(this.cable)
    app.use(({ method, path, headers }, _response, next) => {
      this.requests.push(`${method} ${path}`)
      this.requestId = String(headers['x-turbo-request-id'] ?? '')
      next()
    })
    app.get('/{*path}', (request, response) => {
      const { turboCableTags, turboStreamFrom } = response.locals
      // Two markers of one stream: what comes is applied once.
      response.send(`<!doctype html><html><head><title>${request.path}</title><link rel="icon" href="data:,">
${turboCableTags()}</head>
<body>${turboStreamFrom('contract')}${turboStreamFrom('contract')}<main id="stage"></main></body></html>`)
    })
    app.post('/{*path}', (_request, response) => {
      response
        .status(422)
        .type('text/vnd.turbo-stream.html')
        .send(turboStream.append('list', { html: '<li>sent</li>' }))
    })
    this.#server = createServer(app)
    const port = await listen(this.#server, { host: 'localhost' })
    this.#origin = `http://localhost:${port}`
    this.page = await browser.newPage({ baseURL: this.#origin })
    this.page.on('pageerror', (error) => this.complaints.push(String(error)))
    this.page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()))
    await this.page.goto('/')
    await connected(this.page)
    await this.page.evaluate(() => {
      window.mark = 0
      window.notes = []
      for (const type of ['turbo:visit', 'turbo:morph', 'turbo:render']) {
        addEventListener(type, () => window.notes.push(type))
      }
      addEventListener('turbo:stream-message', ({ detail }) => {
        window.mark = detail.data as number
      })
    })
  }

  async close(): Promise<void> {
    await this.page?.context().close()
    await this.cable.close({ timeout: 1_000 })
    await shut(this.#server)
  }

  /** Sets the stage for a case. */
  async stage(html: string): Promise<void> {
    this.complaints.splice(0)
    this.requests.splice(0)
    await this.page.evaluate((html) => {
      window.notes = []
      const stage = document.querySelector('#stage') as Element
      stage.innerHTML = html
    }, html)
  }

  /** Sends, waits until the page has drawn it, and gives what is on the stage. */
  async drawn(send: () => Promise<unknown>): Promise<string> {
    await send()
    await this.settled()
    return this.page.evaluate(() => document.querySelector('#stage')?.innerHTML ?? '')
  }

  /** Waits until everything that was sent has been drawn: what follows it on the socket has come. */
  async settled(): Promise<void> {
    const mark = ++this.#marks
    await this.cable.broadcastJson('contract', mark)
    await this.page.waitForFunction((mark) => window.mark >= mark, mark)
  }

  /** Sends a message as it is, as any other program may. */
  async raw(data: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ stream: 'contract', data })
    const { status } = await fetch(`${this.#origin}/_broadcast`, { method: 'POST', headers, body })
    if (status !== 200) throw new Error(`/_broadcast answered ${status}`)
  }

  notes(): Promise<string[]> {
    return this.page.evaluate(() => window.notes)
  }
}
