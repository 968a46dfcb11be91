// The Showcase for one test file: the app on a port and a database file of its own, one browser, and nothing left behind.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Cable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, portOf, shut } from '../support/http-server.ts'
import { root, run } from '../support/run.ts'

interface App {
  app: RequestListener
  cable: Cable
  close(): Promise<void>
}

/** What a test can do with the Showcase and the browser. */
export class Showcase {
  readonly folder = mkdtempSync(join(tmpdir(), 'turbo-cable-showcase-'))
  readonly database = join(this.folder, 'showcase.sqlite3')
  browser!: Browser
  #app!: App
  #server!: Server
  #sockets = new Set<Socket>()
  #contexts: BrowserContext[] = []
  #complaints: string[] = []
  #wasAway = false

  async start(pace: number): Promise<void> {
    await this.#serve(pace)
    this.browser = await launchBrowser()
  }

  /** The server goes and comes back on its port. What `meanwhile` does happens while it is away. */
  async restart(meanwhile: () => Promise<unknown>, pace = 20): Promise<void> {
    const { port } = this
    this.#wasAway = true
    await this.#app.close()
    await shut(this.#server)
    await meanwhile()
    await this.#serve(pace, port)
  }

  async #serve(pace: number, port = 0): Promise<void> {
    // The app is plain JavaScript over the built package, as a user's would be: typed here, not there.
    const { createApp } = await import(new URL('../../example-app/app.mjs', import.meta.url).href)
    this.#app = createApp({ database: this.database, pace })
    this.#server = createServer(this.#app.app)
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await listen(this.#server, { host: 'localhost', port })
  }

  async stop(): Promise<void> {
    await this.browser?.close()
    await this.#app.close()
    await shut(this.#server)
    rmSync(this.folder, { recursive: true })
  }

  get cable(): Cable {
    return this.#app.cable
  }

  get port(): number {
    return portOf(this.#server)
  }

  get origin(): string {
    return `http://localhost:${this.port}`
  }

  /** A browser profile of its own: its own cookies, and so its own visitor. */
  async profile(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({ baseURL: this.origin, ...options })
    context.setDefaultTimeout(30_000)
    context.on('page', (page) => this.#watch(page))
    this.#contexts.push(context)
    return context
  }

  /** Opens a page in a profile of its own, or in the given one, and waits until its markers are confirmed. */
  async visit(path: string, context?: BrowserContext): Promise<Page> {
    const page = await (context ?? (await this.profile())).newPage()
    await page.goto(path)
    await live(page)
    return page
  }

  /** Cuts every connection, as a network would. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Runs a script of the app as another process would be run beside this server. */
  async runBeside(script: string): Promise<string> {
    const env = { ...process.env, PORT: String(this.port), SHOWCASE_DB: this.database }
    const { code, output } = await run(process.execPath, [join(root, 'example-app', script)], { env })
    assert.equal(code, 0, output)
    return output
  }

  async closePages(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close()
    const complaints = this.#complaints.splice(0)
    assert.deepEqual(complaints, [], 'the browser had nothing to complain about')
  }

  // Errors of scripts, and what the content security policy refused.
  #watch(page: Page): void {
    page.on('pageerror', (error) => this.#complaints.push(String(error)))
    page.on('console', (message) => {
      if (message.type() !== 'error') return
      const expected = /WebSocket connection|status of (404|422)|ERR_INTERNET_DISCONNECTED/.test(message.text())
      const away = this.#wasAway && /net::ERR_(CONNECTION|EMPTY)/.test(message.text())
      if (!expected && !away) this.#complaints.push(message.text())
    })
  }
}

/** The Showcase for all tests of the calling file. `pace` is the pause between two steps of its jobs, in milliseconds. */
export function useShowcase({ pace = 20 } = {}): Showcase {
  const showcase = new Showcase()
  before(() => showcase.start(pace))
  afterEach(() => showcase.closePages())
  after(() => showcase.stop())
  return showcase
}

/** Waits until every marker of the page is confirmed. */
export async function live(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const markers = [...document.querySelectorAll('[data-turbo-stream]')]
    return markers.length > 0 && markers.every((marker) => marker.hasAttribute('connected'))
  })
}

/** Waits until the badge in the header says so. */
export async function badgeSays(page: Page, state: 'connected' | 'disconnected' | 'offline'): Promise<void> {
  await page.locator(`#connection[data-state="${state}"]`).waitFor()
}

/** Waits until the text of the one element is exactly this. */
export async function shows(page: Page, selector: string, text: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector)?.textContent?.trim().replace(/\s+/g, ' ') === text,
    [selector, text] as const,
  )
}
