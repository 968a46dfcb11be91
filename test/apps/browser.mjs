// What the apps' suites share: the app on a port of its own, one browser, and a profile of its own for each visitor.

import { once } from 'node:events'
import { after, afterEach, before } from 'node:test'
import { chromium } from 'playwright-core'
import { connected } from 'turbo-cable/testing'

/** For all tests of a file: `visit('/')` opens a page as somebody new and waits until it hears, `visit('/', page)` as the same. */
export function useBrowser(app) {
  let browser
  let server
  const origin = () => `http://localhost:${server.address().port}`
  before(async () => {
    server = app.listen(0)
    await once(server, 'listening')
    browser = await chromium.launch({ executablePath: process.env.CHROME_PATH })
  })
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))
  after(async () => {
    await browser.close()
    server.closeAllConnections()
    server.close()
  })
  const open = async (path, like) => {
    const context = like?.context() ?? (await browser.newContext({ baseURL: origin() }))
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await page.goto(path)
    return page
  }
  const visit = async (path, like) => {
    const page = await open(path, like)
    await connected(page)
    return page
  }
  return { open, origin, visit }
}
