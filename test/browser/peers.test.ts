// This package's client in a real browser, unchanged, against servers that speak as the gem's and Navigator's do.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import express from 'express'
import type { Browser } from 'playwright-core'
import { turboCable } from '../../src/index.ts'
import { GemServer } from '../conformance/peers/gem-server.ts'
import { NavigatorServer } from '../conformance/peers/navigator-server.ts'
import { launchBrowser } from '../support/browser.ts'
import { shut } from '../support/http-server.ts'
import { listening } from '../support/with-cable.ts'
import { live, shows } from './showcase.ts'

let browser: Browser

before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const update = (text: string) =>
  `<turbo-stream action="update" target="count"><template>${text}</template></turbo-stream>`

for (const [name, Server] of Object.entries({ "the gem's": GemServer, "Navigator's": NavigatorServer })) {
  test(`against ${name} server a page subscribes, changes, comes back, and answers in words that are known there`, async () => {
    const peer = await new Server().start()
    // Only the page and its scripts come from here: its cable is elsewhere, as the meta tag says.
    const cable = turboCable()
    const app = express()
    app.use(cable)
    app.get('/', (_request, response) => {
      response.send(`<!doctype html><head><link rel="icon" href="data:,">
        <meta name="action-cable-url" content="ws://127.0.0.1:${peer.port}/cable">${cable.turboCableTags()}</head>
        <body>${response.locals.turboStreamFrom('counter')}<p id="count">0</p><p id="json"></p>
        <script>document.addEventListener('turbo:stream-message', ({ detail }) => {
          document.querySelector('#json').textContent = detail.stream + ' ' + detail.data.progress
        })</script></body>`)
    })
    const { server, origin } = await listening(createServer(app), cable)
    const page = await browser.newPage()
    page.setDefaultTimeout(30_000)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    try {
      await page.goto(origin)
      await live(page)
      peer.broadcast('counter', update('1'))
      await shows(page, '#count', '1')
      peer.broadcast('counter', { progress: 60 })
      await shows(page, '#json', 'counter 60')
      const gone = page.waitForSelector('[data-streams]:not([connected])', { state: 'attached' })
      peer.cut()
      await gone
      await live(page)
      if (peer instanceof NavigatorServer) peer.ping()
      peer.broadcast('counter', update('2'))
      await shows(page, '#count', '2')
      const types = () => peer.received.map((text) => JSON.parse(text).type)
      const answered = ['subscribe', 'subscribe', ...(peer instanceof NavigatorServer ? ['pong'] : [])]
      while (types().length < answered.length) await new Promise(setImmediate)
      assert.deepEqual(types(), answered)
      assert.deepEqual(peer.strange, [])
      assert.deepEqual(complaints, [])
    } finally {
      await page.close()
      await peer.stop()
      await cable.close({ timeout: 1_000 })
      await shut(server)
    }
  })
}
