// A refresh of more pages than may refresh in a second: each waits for its moment, once for all that come until then, and its
// cursor waits too.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { TestClient } from '../support/client.ts'
import { shows, withList } from './list-page.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser?.close())

const cursor = '[data-streams]'

test('pages spread a refresh, take several as one, and leave out none that is somebody else’s', () =>
  withList(
    browser,
    async (app, page) => {
      // The moment is the middle of the window, which is 2 s for two pages.
      await page.addInitScript(() => {
        Math.random = () => 0.5
      })
      await page.goto('/')
      await page.locator('[data-streams][connected]').waitFor({ state: 'attached' })
      const other = await new TestClient(`${app.origin.replace('http', 'ws')}/cable`).opened()
      await other.subscribe('list', { cursor: null })
      const requests = app.requests
      const age = () => page.locator(cursor).getAttribute('data-cursor')
      const start = await age()

      await page.evaluate('Turbo.session.recentRequests.add("mine")')
      app.items.push('a')
      const sent = performance.now()
      await app.cable.broadcastRefreshTo('list', { requestId: 'theirs' })
      await app.cable.broadcastRefreshTo('list', { requestId: 'mine' })
      await app.cable.broadcastAppendTo('list', { target: 'items', html: '<li id="live">live</li>' })
      await page.locator('#live').waitFor()
      assert.equal(await age(), start, 'the cursor stands for what is in the page')
      assert.equal(app.requests, requests)

      await shows(page, ['a'])
      assert.ok(performance.now() - sent >= 1_000, 'it came before its moment')
      assert.equal(app.requests, requests + 1)
      await page.waitForFunction(`document.querySelector('${cursor}').dataset.cursor !== ${JSON.stringify(start)}`)

      // The next one is a whole window later: a stream that never rests has each page come once in a window.
      app.items.push('b')
      const again = performance.now()
      await app.cable.broadcastRefreshTo('list')
      await shows(page, ['a', 'b'])
      assert.ok(performance.now() - again >= 1_500, 'it came too soon after the last one')
      assert.equal(app.requests, requests + 2)
      await other.close()
    },
    { limits: { refreshesPerSecond: 1 } },
  ))
