// Clients that others wrote, in a real browser, unchanged: Rails' Action Cable and Turbo, AnyCable's, and Turbo's own element for
// event streams. They are cut off, come back, find a restarted server, and are refused what is not theirs.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { build } from 'esbuild'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { MemoryEngine } from '../../src/engine/memory.ts'
import { type Cable, turboCable } from '../../src/index.ts'
import { resolveOptions } from '../../src/options/options.ts'
import { Signer } from '../../src/stream/signer.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, portOf, shut } from '../support/http-server.ts'

const secret = 'a secret of more than sixteen bytes'
const token = new Signer([secret]).sign('list')
const encoded = encodeURIComponent(token)

interface Client {
  /** The page's script. */
  readonly script: string
  readonly body?: string
  /** Whether it asks for what it missed. */
  readonly replays: boolean
  /** The same page with a token that nobody signed. */
  readonly forged: { readonly script?: string; readonly body?: string }
}

const turbo = `import '@hotwired/turbo'`
const element = (name: string) =>
  `<turbo-cable-stream-source channel="Turbo::StreamsChannel" signed-stream-name="${name}"></turbo-cable-stream-source>`
const anycable = `${turbo}
  import { createCable } from '@anycable/web'
  import { start } from '@anycable/turbo-stream'
  // It asks for a whole URL, as it appends its session's id to it.
  start(createCable(location.origin.replace('http', 'ws') + '/cable', { protocol: 'actioncable-v1-ext-json' }))`
const consumer = (name: string) => `import * as Turbo from '@hotwired/turbo'
  import { createConsumer } from '@rails/actioncable'
  createConsumer('/cable').subscriptions.create({ channel: 'ListChannel', name: ${JSON.stringify(name)} }, {
    received(html) { Turbo.renderStreamMessage(html) },
  })`
const source = (stream: string) => `<turbo-stream-source src="/cable/events?stream=${stream}"></turbo-stream-source>`

const clients: Record<string, Client> = {
  '@rails/actioncable': { script: consumer('list'), replays: false, forged: { script: consumer('nobody') } },
  '@hotwired/turbo-rails': {
    script: `import '@hotwired/turbo-rails'`,
    body: element(token),
    replays: false,
    forged: { body: element(`${token}0`) },
  },
  '@anycable/core with @anycable/turbo-stream': {
    script: anycable,
    body: element(token),
    replays: true,
    forged: { body: element(`${token}0`) },
  },
  "Turbo's own <turbo-stream-source>": {
    script: turbo,
    body: source(encoded),
    replays: true,
    forged: { body: source(`${encoded}0`) },
  },
}

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

/** A site that can be cut off from its pages and restarted on its port, with the history that it had. */
class Site {
  readonly #engine = new MemoryEngine(resolveOptions({}, {}).history)
  readonly #sockets = new Set<Socket>()
  readonly #pages: Record<string, string>
  #server: Server | undefined
  #port = 0
  cable: Cable

  constructor(pages: Record<string, string>) {
    this.#pages = pages
    this.cable = this.#make()
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  #make(): Cable {
    return turboCable({
      secret,
      engine: this.#engine,
      channels: { ListChannel: ({ params }) => (params.name === 'list' ? 'list' : null) },
    })
  }

  async start(): Promise<void> {
    const app = express()
    app.use(this.cable)
    for (const [path, content] of Object.entries(this.#pages)) {
      app.get(path, (_request, response) => void response.type(path.endsWith('.js') ? 'js' : 'html').send(content))
    }
    this.#server = createServer(app)
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    await listen(this.#server, { port: this.#port })
    this.#port = portOf(this.#server)
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async stop(): Promise<void> {
    await this.cable.close({ timeout: 1_000 })
    if (this.#server) await shut(this.#server)
  }

  /** What `meanwhile` does happens while nobody is connected. */
  async restart(meanwhile: () => Promise<unknown>): Promise<void> {
    await this.stop()
    this.cable = this.#make()
    await meanwhile()
    await this.start()
  }

  append(n: number): Promise<unknown> {
    return this.cable.broadcastAppendTo('list', { target: 'list', html: `<li>${n}</li>` })
  }

  /** Once so many subscriptions are there, and no sooner. Fails after 30 s. */
  async subscribed(count: number): Promise<void> {
    const end = performance.now() + 30_000
    while (this.cable.stats().subscriptions !== count) {
      assert.ok(performance.now() < end, `${this.cable.stats().subscriptions} subscriptions in place of ${count}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

function pageOf(script: string, body = ''): string {
  return `<!doctype html><head><link rel="icon" href="data:,"><meta name="action-cable-url" content="/cable">
    <script type="module" src="${script}"></script></head><body>${body}<ul id="list"></ul></body>`
}

async function bundled(script: string): Promise<string> {
  const stdin = { contents: script, resolveDir: import.meta.dirname }
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'esm', logLevel: 'silent' })
  return outputFiles[0]?.text ?? ''
}

const shown = (page: Page) => page.locator('#list li').allTextContents()
const shows = (page: Page, n: number) => page.locator('#list li', { hasText: new RegExp(`^${n}$`) }).waitFor()

// They wait for seconds before they come back, so they do it side by side.
describe('foreign clients', { concurrency: 8 }, () => {
  for (const [name, { script, body, replays, forged }] of Object.entries(clients)) {
    it(`${name} subscribes, comes back after a cut and after a restart${replays ? ', and has missed nothing' : ''}`, async () => {
      const site = new Site({ '/': pageOf('/client.js', body), '/client.js': await bundled(script) })
      await site.start()
      const page = await browser.newPage()
      page.setDefaultTimeout(50_000)
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      try {
        await page.goto(site.origin)
        await site.subscribed(1)
        await site.append(1)
        await shows(page, 1)
        site.cut()
        await site.subscribed(0)
        await site.append(2)
        await site.subscribed(1)
        await site.append(3)
        await shows(page, 3)
        await site.restart(() => site.append(4))
        await site.subscribed(1)
        await site.append(5)
        await shows(page, 5)
        const all = ['1', '2', '3', '4', '5']
        assert.deepEqual(await shown(page), replays ? all : ['1', '3', '5'])
        assert.deepEqual(complaints, [])
      } finally {
        await page.close()
        await site.stop()
      }
    })

    it(`${name} is refused what is not signed, or what the app does not give`, async () => {
      const site = new Site({
        '/': pageOf('/client.js', forged.body ?? body),
        '/client.js': await bundled(forged.script ?? script),
      })
      await site.start()
      const page = await browser.newPage()
      page.setDefaultTimeout(20_000)
      try {
        const refused = name.includes('source>')
          ? page.waitForResponse((response) => response.url().includes('/events') && response.status() === 403)
          : page
              .waitForEvent('websocket')
              .then((socket) =>
                socket.waitForEvent('framereceived', ({ payload }) =>
                  String(payload).includes('"reject_subscription"'),
                ),
              )
        await page.goto(site.origin)
        await refused
        assert.equal(site.cable.stats().subscriptions, 0)
        await site.append(1)
        assert.deepEqual(await shown(page), [])
      } finally {
        await page.close()
        await site.stop()
      }
    })
  }
})
