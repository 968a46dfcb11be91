// connected(page), with the example of docs/testing.md and with pages that are not connected.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { findChromium } from '../../scripts/setup.mjs'
import { connected } from '../../src/testing/testing.ts'
import { AppFolder } from '../support/app-folder.ts'
import { launchBrowser } from '../support/browser.ts'
import { withList } from './list-page.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

test('the example of docs/testing.md passes', async () => {
  const folder = new AppFolder(['express', 'playwright-core'])
  const args = ['--test', '--test-reporter=tap', '--test-timeout=30000', 'browser.test.mjs']
  try {
    folder.copy('docs/testing.md', 'app.mjs', 'browser.test.mjs')
    const whole = await folder.run(args, { CHROME_PATH: findChromium() })
    assert.equal(whole.code, 0, whole.output)
    assert.match(whole.output, /^# pass 1$/m)
  } finally {
    folder.remove()
  }
})

test('a page with all its markers served is connected, and hears what is sent then', () =>
  withList(browser, async (app, page) => {
    await page.goto('/')
    await connected(page)
    assert.equal(app.cable.stats().subscriptions, 1)
  }))

test('a page with a marker that is refused names its stream', () =>
  withList(
    browser,
    async (_app, page) => {
      await page.goto('/')
      await assert.rejects(connected(page, { timeout: 500 }), {
        message: 'The page is not connected: these streams are not served: secret',
      })
    },
    {
      authorize: ({ stream }) => stream !== 'secret',
      marker: (cable) => cable.turboStreamFrom('list') + cable.turboStreamFrom('secret'),
    },
  ))

test('a page with a signed name that is refused names the stream, and not the token', () =>
  withList(
    browser,
    async (app, page) => {
      await page.goto('/')
      await assert.rejects(connected(page, { timeout: 500 }), {
        message: 'The page is not connected: these streams are not served: one, two, room:7',
      })
      assert.equal(app.cable.stats().subscriptions, 0)
    },
    {
      secret: 'a secret of some length',
      authorize: () => false,
      marker: (cable) =>
        cable.turboStreamFrom('one', 'two') +
        cable.turboStreamFrom(cable.signedStream(['room', 7], { expiresIn: 60_000 })),
    },
  ))

test('a page without a marker is not connected', () =>
  withList(browser, async (_app, page) => {
    await page.goto('/other')
    await assert.rejects(connected(page, { timeout: 500 }), { message: 'The page is not connected: it has no marker' })
  }))
