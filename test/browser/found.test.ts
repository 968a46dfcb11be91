// Markers that are not ours are found too, and what a developer should know is said in the console.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import type { Browser, ConsoleMessage } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { root } from '../support/run.ts'
import { shows, withList } from './list-page.ts'
import { live } from './showcase.ts'

const entry = `
import '@hotwired/turbo'
import { Application } from '@hotwired/stimulus'
import { TurboStreamsController } from './client/turbo_streams_controller.js'
Application.start().register('turbo-streams', TurboStreamsController)`

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

test('on localhost an appended element without an id is pointed out; the pieces of a text need none', () =>
  withList(browser, async (app, page) => {
    const loaded = page.waitForResponse('**/cable/seldom.js*')
    await page.goto('/')
    await live(page)
    await (await loaded).finished()
    const said: ConsoleMessage[] = []
    page.on('console', (message) => message.text().includes('without an id') && said.push(message))
    const render = (piece: string) => `<li>${piece}</li>`
    while (said.length === 0) {
      app.items.splice(0, app.items.length, 'piece')
      await app.cable.broadcastStream('list', ['piece'], { target: 'items', render })
      await app.add('one')
      await shows(page, app.items)
    }
    const pointedAt = await said[0]?.args()[1]?.evaluate((element) => (element as Element).outerHTML)
    assert.doesNotMatch(pointedAt ?? '', /data-text-stream/)
  }))

test('on localhost a page whose markers nobody looks after is pointed out', () =>
  withList(browser, async (_app, page) => {
    // As a bundler makes it, of an app that has forgotten the attribute.
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: root },
      bundle: true,
      format: 'esm',
      write: false,
    })
    await page.route('**/cable/start.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: outputFiles[0]?.text ?? '' }),
    )
    const said = page.waitForEvent('console', (message) => message.text().includes('data-controller="turbo-streams"'))
    await page.goto('/')
    await said
    await page.evaluate(() => document.body.setAttribute('data-controller', 'turbo-streams'))
    await live(page)
  }))
