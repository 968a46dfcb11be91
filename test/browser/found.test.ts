// Markers that are not ours are found too, and what a developer should know is said in the console.

import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { shows, withList } from './list-page.ts'
import { live } from './showcase.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

test("the gem's own markers are found: no target, and spaces after the commas", () =>
  withList(
    browser,

    async (app, page) => {
      await page.goto('/')
      await live(page)
      await app.add('heard')
      await shows(page, ['heard'])
    },
    { marker: () => '<div data-turbo-stream="true" data-streams="others, list" style="display: none"></div>' },
  ))

test('a page whose policy lets no HTML through says so', () =>
  withList(browser, async (app, page) => {
    await page.goto('/')
    await live(page)
    await page.evaluate(() => {
      const policy = document.createElement('meta')
      policy.httpEquiv = 'Content-Security-Policy'
      policy.content = "require-trusted-types-for 'script'"
      document.head.append(policy)
    })
    page.removeAllListeners('pageerror')
    const said = page.waitForEvent('console', (message) => message.text().includes('Trusted Types'))
    await app.add('one')
    await said
  }))

test('on localhost an appended element without an id is pointed out', () =>
  withList(browser, async (app, page) => {
    await page.goto('/')
    await live(page)
    let said = false
    page.on('console', (message) => {
      said ||= message.text().includes('without an id')
    })
    // What looks at streams is loaded on its own, perhaps after the page is live.
    while (!said) {
      await app.add('one')
      await shows(page, app.items)
    }
  }))
