// One page of each framework in a real browser: it shows what is broadcast, and catches up on what was sent before it subscribed.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { type Hosted, hosts } from '../support/hosts.ts'
import { live } from './showcase.ts'

let browser: Browser

before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

for (const [name, start] of Object.entries(hosts)) {
  test(`${name}: a page shows a broadcast, and the one that was sent while it was made`, async () => {
    const items: string[] = []
    let hosted: Hosted | undefined
    // Without an id, so that a page which is told twice shows it twice.
    const add = async (item: string) => {
      items.push(item)
      await hosted?.cable.broadcastAppendTo('list', { target: 'items', html: `<li>${item}</li>` })
    }
    let duringRequest = async () => {}
    hosted = await start({}, async ({ turboCableTags, turboStreamFrom }) => {
      const list = items.map((item) => `<li>${item}</li>`).join('')
      await duringRequest()
      return `<!doctype html><html><head><link rel="icon" href="data:,">${turboCableTags()}</head>
        <body>${turboStreamFrom('list')}<ul id="items">${list}</ul></body></html>`
    })
    duringRequest = () => add('during')
    const page = await browser.newPage()
    page.setDefaultTimeout(30_000)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    try {
      await add('before')
      await page.goto(hosted.origin)
      await live(page)
      await add('after')
      await page.getByText('after').waitFor()
      assert.deepEqual(await page.locator('#items li').allTextContents(), ['before', 'during', 'after'])
      assert.deepEqual(complaints, [])
    } finally {
      await page.close()
      await hosted.cable.close({ timeout: 1_000 })
      hosted.server.close()
      hosted.server.closeAllConnections()
    }
  })
}
