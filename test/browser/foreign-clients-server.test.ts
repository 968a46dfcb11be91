// The clients that others wrote, on the pages of an app that has no cable: `turbo-cable serve` beside it is theirs. They are cut off,
// come back, and find a server that was restarted with what it had kept.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { Signer } from '../../src/stream/signer.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, portOf, shut } from '../support/http-server.ts'
import { serve } from '../support/serve.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

const secret = 'a secret of more than sixteen bytes'
const bearer = 'a-bearer-of-more-than-sixteen-bytes'
const token = new Signer([secret]).sign('list')

interface Client {
  readonly script: string
  /** What the page has of it, where the cable is at `host`. */
  readonly body?: (host: string) => string
  /** Whether it asks for what it missed. */
  readonly replays: boolean
}

const turbo = `import '@hotwired/turbo'`
const element = () =>
  `<turbo-cable-stream-source channel="Turbo::StreamsChannel" signed-stream-name="${token}"></turbo-cable-stream-source>`
const clients: Record<string, Client> = {
  '@rails/actioncable': {
    script: `import * as Turbo from '@hotwired/turbo'
      import { createConsumer } from '@rails/actioncable'
      createConsumer().subscriptions.create({ channel: '$pubsub', signed_stream_name: ${JSON.stringify(token)} }, {
        received(html) { Turbo.renderStreamMessage(html) },
      })`,
    replays: false,
  },
  '@hotwired/turbo-rails': { script: `import '@hotwired/turbo-rails'`, body: element, replays: false },
  '@anycable/core with @anycable/turbo-stream': {
    script: `${turbo}
      import { createCable } from '@anycable/web'
      import { start } from '@anycable/turbo-stream'
      const url = document.querySelector('meta[name=action-cable-url]').content
      start(createCable(url, { protocol: 'actioncable-v1-ext-json' }))`,
    body: element,
    replays: true,
  },
  "Turbo's own <turbo-stream-source>": {
    script: turbo,
    body: (host) =>
      `<turbo-stream-source src="http://${host}/cable/events?stream=${encodeURIComponent(token)}"></turbo-stream-source>`,
    replays: true,
  },
}

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const shown = (page: Page) => page.locator('#list li').allTextContents()
const shows = (page: Page, n: number) => page.locator('#list li', { hasText: new RegExp(`^${n}$`) }).waitFor()

// They wait for seconds before they come back, so they do it side by side.
describe('foreign clients of turbo-cable serve', { concurrency: 4 }, () => {
  for (const [name, { script, body, replays }] of Object.entries(clients)) {
    it(`${name} comes back after a cut and after a restart${replays ? ', and has missed nothing' : ''}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-foreign-'))
      const stdin = { contents: script, resolveDir: import.meta.dirname }
      const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'esm', logLevel: 'silent' })
      let html = ''
      const app = createServer(({ url }, response) => {
        response.setHeader('Content-Type', url === '/client.js' ? 'text/javascript' : 'text/html')
        response.end(url === '/client.js' ? outputFiles[0]?.text : html)
      })
      await listen(app)
      const pages = `http://127.0.0.1:${portOf(app)}`
      const flags = [
        ...['--secret', secret, '--broadcast-token', bearer, '--allowed-origins', pages],
        ...['--history-file', join(folder, 'history')],
      ]
      let server = await serve(flags)
      const { port } = server
      const network = await TcpProxy.to(port)
      const host = `127.0.0.1:${network.port}`
      html = `<!doctype html><head><meta name="action-cable-url" content="ws://${host}/cable">
        <script type="module" src="/client.js"></script></head><body>${body?.(host) ?? ''}<ul id="list"></ul></body>`

      const append = async (n: number) => {
        const data = `<turbo-stream action="append" target="list"><template><li>${n}</li></template></turbo-stream>`
        const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${bearer}` }
        const sent = { method: 'POST', headers, body: JSON.stringify({ stream: 'list', data }) }
        assert.equal((await fetch(`http://127.0.0.1:${port}/_broadcast`, sent)).status, 200)
      }
      const subscribed = async (count: number) => {
        const end = performance.now() + 50_000
        for (;;) {
          const { subscriptions } = (await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as {
            subscriptions: number
          }
          if (subscriptions === count) return
          assert.ok(performance.now() < end, `${subscriptions} subscriptions in place of ${count}`)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }

      const page = await browser.newPage()
      page.setDefaultTimeout(50_000)
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      try {
        await page.goto(pages)
        await subscribed(1)
        await append(1)
        await shows(page, 1)
        network.refuse(true)
        await network.cut()
        await subscribed(0)
        await append(2)
        network.refuse(false)
        await subscribed(1)
        await append(3)
        await shows(page, 3)
        await server.program.end('SIGTERM')
        server = await serve([...flags, '--port', String(port)])
        await subscribed(1)
        await append(4)
        await shows(page, 4)
        assert.deepEqual(await shown(page), replays ? ['1', '2', '3', '4'] : ['1', '3', '4'])
        assert.deepEqual(complaints, [])
      } finally {
        await page.close()
        await network.close()
        await server.program.end()
        await shut(app)
        rmSync(folder, { recursive: true })
      }
    })
  }
})
