// Web pages of other sites, in a real browser on the server's own machine: they can neither broadcast nor listen.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, it } from 'node:test'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { type Cable, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { TestClient } from '../support/client.ts'
import { listen, portOf, shut } from '../support/http-server.ts'
import { warnings } from '../support/warnings.ts'

const body = '{"stream":"s","data":"from a page"}'

let browser: Browser
let cable: Cable
let server: Server
let elsewhere: Server
let port: number
// Every request that the broadcast path was sent, by what the browser said of it.
let seen: string[] = []

before(async () => {
  // No pings: what a subscriber reads next is then what the page caused.
  cable = turboCable({ heartbeat: { interval: 3_600_000, timeout: 7_200_000 } })
  const app = express()
  app.use((request, _response, next) => {
    if (request.path === '/_broadcast') seen.push(`${request.method} ${request.get('origin')}`)
    next()
  })
  app.use(cable)
  app.get('/', (_request, response) => void response.type('html').send('<!doctype html><title>own</title>'))
  server = createServer(app)
  elsewhere = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>other</title>')
  })
  port = await listen(server, { host: '' })
  await listen(elsewhere, { host: '' })
  browser = await launchBrowser(['--host-resolver-rules=MAP evil.test 127.0.0.1'])
})

after(async () => {
  await browser?.close()
  await cable.close()
  for (const each of [server, elsewhere]) await shut(each)
})

/** Opens a page, with a subscriber of its own beside it, who must have received nothing but the last broadcast. */
async function onPage(url: string, run: (page: Page) => Promise<void>): Promise<void> {
  seen = []
  const listener = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
  await listener.subscribe('s')
  const page = await browser.newPage()
  page.setDefaultTimeout(20_000)
  try {
    await page.goto(url)
    await run(page)
    await cable.broadcastJson('s', { last: true })
    assert.deepEqual((await listener.next()).data, { last: true })
  } finally {
    await page.close()
    await listener.close()
  }
}

const ways: readonly [what: string, send: (page: Page, url: string) => Promise<void>][] = [
  ...(['text/plain', 'application/x-www-form-urlencoded', 'application/json'] as const).flatMap((type) =>
    (['no-cors', 'cors'] as const).map((mode): (typeof ways)[number] => [
      `fetch of ${type} with mode ${mode}`,
      (page, url) =>
        page.evaluate(
          async ([url, body, type, mode]) => {
            const sent = fetch(url, {
              method: 'POST',
              mode: mode as RequestMode,
              headers: { 'Content-Type': type },
              body,
            })
            await sent.catch(() => {})
          },
          [url, body, type, mode] as const,
        ),
    ]),
  ),
  [
    'sendBeacon of text and of a JSON blob',
    async (page, url) => {
      const tries = await page.evaluate(
        ([url, body]) => {
          // Chrome refuses some of these by itself, with an exception.
          const results = [body, new Blob([body], { type: 'application/json' })].map((data) => {
            try {
              return navigator.sendBeacon(url, data)
            } catch {
              return false
            }
          })
          return results
        },
        [url, body] as const,
      )
      assert.equal(tries[0], true)
    },
  ],
  ...(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'] as const).map(
    (type): (typeof ways)[number] => [
      `a form of ${type}`,
      async (page, url) => {
        const answered = page.waitForResponse((response) => response.url() === url)
        await page.evaluate(
          ([url, type]) => {
            const form = document.createElement('form')
            form.method = 'post'
            form.enctype = type
            form.action = url
            const input = document.createElement('input')
            // text/plain writes name=value: this spells JSON.
            input.name = '{"stream":"s","data":"from a page","x":"'
            input.value = '"}'
            form.append(input)
            document.body.append(form)
            form.submit()
          },
          [url, type] as const,
        )
        assert.equal((await answered).status(), 403)
      },
    ],
  ),
]

const pages: readonly [what: string, origin: () => string][] = [
  ['a page of http://127.0.0.1 on another port', () => `http://127.0.0.1:${portOf(elsewhere)}`],
  ['a page of http://localhost on another port', () => `http://localhost:${portOf(elsewhere)}`],
  ['a page of another site', () => `http://evil.test:${portOf(elsewhere)}`],
]

for (const [what, origin] of pages) {
  describe(`${what} cannot broadcast`, () => {
    for (const [how, send] of ways) {
      it(`by ${how}`, () =>
        onPage(`${origin()}/`, async (page) => {
          const url = `http://localhost:${port}/_broadcast`
          // It reached the server, or a preflight did that the browser then stopped it after; and it was answered.
          const answered = new Promise((resolve) => {
            server.once('request', (_request, response) => response.on('close', resolve))
          })
          await send(page, url)
          await answered
          assert.deepEqual(new Set(seen.map((each) => each.replace(/^[A-Z]+ /, ''))), new Set([origin()]))
        }))
    }
  })
}

describe('a page under a name that was pointed at this machine (DNS rebinding)', () => {
  // For the browser this is the same origin: no preflight, any content type, and the answer can be read.
  it('cannot broadcast', () =>
    onPage(`http://evil.test:${port}/`, async (page) => {
      const answer = await page.evaluate(async (body) => {
        const response = await fetch('/_broadcast', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body,
        })
        return [response.status, (await response.text()).split('\n')[0]]
      }, body)
      assert.deepEqual(answer, [403, 'Forbidden: Broadcasts only allowed from localhost'])
      assert.deepEqual(seen, [`POST http://evil.test:${port}`])
    }))
})

describe("the app's own page", () => {
  it('cannot broadcast either: that is for the server', () =>
    onPage(`http://localhost:${port}/`, async (page) => {
      const status = await page.evaluate(async (body) => {
        const headers = { 'Content-Type': 'application/json' }
        return (await fetch('/_broadcast', { method: 'POST', headers, body })).status
      }, body)
      assert.equal(status, 403)
    }))
})

describe('a WebSocket', () => {
  const opens = (page: Page, url: string) =>
    page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => socket.send('{"type":"subscribe","stream":"s"}')
          socket.onmessage = ({ data }) => {
            resolve(data)
            socket.close()
          }
          socket.onclose = ({ code }) => resolve(`closed ${code}`)
        }),
      url,
    )

  for (const [what, origin] of pages) {
    it(`from ${what} is refused`, (t) => {
      warnings(t)
      return onPage(`${origin()}/`, async (page) => {
        assert.equal(await opens(page, `ws://localhost:${port}/cable`), 'closed 1006')
      })
    })
  }

  it('from a sandboxed frame, whose origin is null, is refused', (t) => {
    warnings(t)
    return onPage(`http://localhost:${port}/`, async (page) => {
      const result = await page.evaluate((url) => {
        const frame = document.createElement('iframe')
        frame.sandbox.add('allow-scripts')
        frame.srcdoc = `<script>
          const socket = new WebSocket(${JSON.stringify(url)})
          socket.onopen = () => parent.postMessage('open', '*')
          socket.onclose = ({ code }) => parent.postMessage('closed ' + code, '*')
        </script>`
        return new Promise<unknown>((resolve) => {
          addEventListener('message', ({ data }) => resolve(data), { once: true })
          document.body.append(frame)
        })
      }, `ws://localhost:${port}/cable`)
      assert.equal(result, 'closed 1006')
    })
  })

  it("from the app's own page works", () =>
    onPage(`http://localhost:${port}/`, async (page) => {
      assert.equal(await opens(page, `ws://localhost:${port}/cable`), '{"type":"subscribed","stream":"s"}')
    }))
})
