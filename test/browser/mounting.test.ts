// Where the client finds the cable: below a mount path, and by the action-cable-url meta tag, also a relative one.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import express from 'express'
import type { Browser } from 'playwright-core'
import { turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, shut } from '../support/http-server.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const pages: [string, string, string, (tags: string) => string][] = [
  ['the meta tag that turboCableTags() prints below a mount path', '/realtime', '/', (tags) => tags],
  ['a relative URL in the meta tag', '/deep/down', '/deep/page', relative('down/cable')],
  [
    'a relative URL with a base element',
    '/deep/down',
    '/other',
    (tags) => `<base href="/deep/">${relative('down/cable')(tags)}`,
  ],
  ['no meta tag at /cable', '/', '/', (tags) => tags],
]

function relative(url: string): (tags: string) => string {
  return (tags) => tags.replace(/<meta [^>]*>/, `<meta name="action-cable-url" content="${url}">`)
}

describe('the client finds its cable by', () => {
  for (const [what, mount, path, head] of pages) {
    it(what, async () => {
      const cable = turboCable()
      const app = express()
      app.use(mount, cable)
      app.get(path, (_request, response) => {
        const tags = head(cable.turboCableTags())
        const marker = cable.turboStreamFrom('s')
        response.send(
          `<!doctype html><head>${tags}</head><body data-controller="turbo-streams">${marker}<p id="p">old</p></body>`,
        )
      })
      const server = createServer(app)
      const port = await listen(server)
      const page = await browser.newPage()
      try {
        await page.goto(`http://127.0.0.1:${port}${path}`)
        await page.locator('[data-turbo-stream][connected]').waitFor({ state: 'attached' })
        assert.equal(await cable.broadcastUpdateTo('s', { target: 'p', text: 'new & <b>' }), true)
        await page.getByText('new & <b>').waitFor()
      } finally {
        await page.close()
        await cable.close()
        await shut(server)
      }
    })
  }
})
