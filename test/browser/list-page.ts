// A page of the list app, for one test.

import assert from 'node:assert/strict'
import type { Browser, Page } from 'playwright-core'
import { ListApp, type ListAppOptions } from './list-app.ts'

/** Runs a test with an app and a page of it; fails if the page has had an error that nobody caught. */
export async function withList(
  browser: Browser,
  run: (app: ListApp, page: Page) => Promise<void>,
  options: ListAppOptions = {},
) {
  const app = await new ListApp(options).start()
  const page = await browser.newPage({ baseURL: app.origin })
  page.setDefaultTimeout(30_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  try {
    await run(app, page)
    assert.deepEqual(complaints, [])
  } finally {
    await page.context().close()
    await app.kill()
  }
}

/** Waits until the list in the page is what the server has. */
export async function shows(page: Page, items: readonly string[]): Promise<void> {
  const wanted = items.join()
  const inPage = () => [...document.querySelectorAll('#items li')].map(({ textContent }) => textContent).join()
  await page.waitForFunction(`(${inPage})() === ${JSON.stringify(wanted)}`).catch(async (error) => {
    assert.equal(await page.evaluate(inPage), wanted, String(error))
  })
}
