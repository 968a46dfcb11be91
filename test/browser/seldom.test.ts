// The file that a page seldom needs: it is asked for after a gap and not before, again where it does not come, and until it has
// come the page stays behind. On 127.0.0.1, as on `localhost` the hints for developers bring it at once.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { AgeApp } from './age-app.ts'
import { agrees, KEY, visit } from './age-page.ts'
import { live } from './showcase.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

async function withPage(run: (page: Page, app: AgeApp, context: BrowserContext) => Promise<void>): Promise<void> {
  const app = await new AgeApp().start()
  const context = await browser.newContext({ baseURL: app.origin })
  await context.addInitScript('globalThis.__name = (named) => named')
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(`/p/${KEY}/3`)
    await live(page)
    await run(page, app, context)
  } finally {
    await context.close()
    await app.kill()
  }
}

/** The addresses by which the file was asked for, each answered by `answer`. */
async function asked(page: Page, answer: (nth: number) => 'abort' | 'never' | 'continue'): Promise<string[]> {
  const urls: string[] = []
  await page.route('**/cable/seldom.js*', async (route) => {
    const how = answer(urls.push(route.request().url()))
    if (how === 'never') return
    await (how === 'abort' ? route.abort() : route.continue())
  })
  return urls
}

/** The server comes back without a memory, and with something that was never sent. */
async function restart(app: AgeApp): Promise<void> {
  await app.kill()
  app.state(KEY).a = 7
  await app.start()
}

test('a page that misses nothing never asks for it; after a gap it comes, and the page with it', () =>
  withPage(async (page, app) => {
    const urls = await asked(page, () => 'continue')
    await app.change(KEY, 'a')
    await agrees(page, app)
    await visit(page, '1')
    app.cut()
    await app.change(KEY, 'a')
    await agrees(page, app)
    assert.deepEqual(urls, [])
    await restart(app)
    await agrees(page, app)
    assert.equal(urls.length, 1)
  }))

test('while it does not come the page says that it is behind, and asks for it again by another address', () =>
  withPage(async (page, app) => {
    const behind: boolean[] = []
    let ask = () => {}
    const urls = await asked(page, (nth) => {
      ask()
      return nth < 4 ? 'abort' : 'continue'
    })
    const fourth = new Promise<void>((resolve) => {
      ask = () => urls.length === 4 && resolve()
    })
    page.on('requestfailed', () => {
      void page
        .evaluate(() => !!document.querySelector('[data-behind]'))
        .then(
          (is) => behind.push(is),
          () => {},
        )
    })
    await restart(app)
    const start = performance.now()
    await fourth
    // Three pauses of a second at most, and not the ten seconds after which one that does not come is given up.
    assert.ok(performance.now() - start < 20_000)
    assert.equal(new Set(urls).size, 4)
    await agrees(page, app)
    assert.deepEqual([...new Set(behind)], [true])
    assert.equal(await page.locator('[data-behind]').count(), 0)
  }))

test('one that never comes is not waited for without end', () =>
  withPage(async (page, app) => {
    await page.clock.install()
    const urls = await asked(page, (nth) => (nth === 1 ? 'never' : 'continue'))
    await restart(app)
    while (urls.length < 2) await page.clock.runFor(1_000)
    await page.clock.resume()
    await agrees(page, app)
    assert.equal(urls.length, 2)
  }))

test('where it cannot be loaded it is asked for no more often after many visits', () =>
  withPage(async (page, app) => {
    const urls = await asked(page, () => 'abort')
    await page.goto(`${app.origin.replace('127.0.0.1', 'localhost')}/p/${KEY}/3`)
    await live(page)
    for (const to of ['1', '2', '3', '1', '2', '3', '1', '2']) await visit(page, to)
    await page.waitForTimeout(1_000)
    const before = urls.length
    await page.waitForTimeout(4_000)
    assert.ok(urls.length > before)
    assert.ok(urls.length - before <= 6, `${urls.length - before} times in four seconds`)
  }))

test('on localhost a developer is told, once, of what may appear twice', () =>
  withPage(async (page, app) => {
    const urls = await asked(page, () => 'continue')
    const warnings: string[] = []
    page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
    const hints = page.waitForResponse('**/cable/seldom.js*')
    await page.goto(`${app.origin.replace('127.0.0.1', 'localhost')}/p/${KEY}/3`)
    await hints
    await live(page)
    await app.change(KEY, 'add')
    for (const html of ['<li>one</li>', '<li>two</li>'])
      await app.cable.broadcastAppendTo(`a:${KEY}`, { target: 'items', html })
    await page.getByText('two').waitFor()
    assert.equal(urls.length, 1)
    assert.equal(warnings.length, 1)
    assert.match(warnings[0] ?? '', /appended without an id may appear twice/)
  }))
