// What a person has changed in a page outlives its refreshes.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import type { AgeApp } from './age-app.ts'
import { agrees, inEach, KEY } from './age-page.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const within = (title: string, run: (app: AgeApp, page: Page) => Promise<void>, first?: string) =>
  inEach(() => browser, title, run, first)

within('what a person has changed outlives the refresh after a gap', async (app, page) => {
  await page.fill('[name=text]', 'half a sen')
  await page.fill('[name=more]', 'more')
  await page.click('summary')
  await page.focus('[name=text]')
  await page.evaluate(() => document.querySelector<HTMLInputElement>('[name=text]')?.setSelectionRange(2, 4))
  await app.kill()
  app.state(KEY).a = 7
  app.state(KEY).p = 3
  await app.start()
  await agrees(page, app)
  assert.deepEqual(
    await page.evaluate(() => {
      const text = document.querySelector<HTMLInputElement>('[name=text]')
      const more = document.querySelector<HTMLTextAreaElement>('[name=more]')
      const open = document.querySelector('details')?.open
      return [text?.value, text?.selectionStart, text === document.activeElement, more?.value, open]
    }),
    ['half a sen', 2, true, 'more', true],
  )
})

within(
  'any morph keeps what a person has changed where the body asks for it, and tells what it cannot keep',
  async (app, page) => {
    await page.fill('[name=text]', 'half a sen')
    await page.evaluate(() => {
      // A field that no new page has.
      document.querySelector('form')?.insertAdjacentHTML('beforeend', '<input id="gone">')
      const lost: string[] = []
      Object.assign(window, { lost })
      addEventListener('turbo-cable:discard', ({ target }) => void lost.push((target as Element).id))
    })
    await page.fill('#gone', 'gone')
    app.state(KEY).a = 7
    await page.evaluate(() => Reflect.get(window, 'Turbo').visit(location.href, { action: 'replace' }))
    await page.waitForFunction(() => !document.querySelector('#gone'))
    await agrees(page, app)
    assert.equal(await page.inputValue('[name=text]'), 'half a sen')
    assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'lost')), ['gone'])
  },
  '2',
)
