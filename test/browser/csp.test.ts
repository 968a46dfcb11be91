// Pages behind helmet: the programs of docs/csp.md, in a browser, and that the policy without them blocks the page.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { docsProgram, linkPackages } from '../support/docs.ts'
import { Program } from '../support/program.ts'

const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-csp-'))
let browser: Browser
before(async () => {
  linkPackages(folder, ['express', 'helmet'])
  browser = await launchBrowser()
})
after(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

/** Serves a program of the page, and opens it; `errors` is what the browser's console complains of. */
async function opened(
  file: string,
  text: string,
  run: (page: Page, origin: string, errors: string[]) => Promise<void>,
) {
  writeFileSync(join(folder, file), text)
  const program = new Program(process.execPath, [join(folder, file)], { env: { ...process.env, PORT: '0' } })
  const page = await browser.newPage()
  try {
    const origin = await program.line()
    const errors: string[] = []
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
    await page.goto(origin)
    await run(page, origin, errors)
  } finally {
    await page.close()
    await program.end()
  }
}

const live = '[data-turbo-stream][connected]'

describe('behind helmet', () => {
  for (const way of ['hash', 'nonce']) {
    it(`a page is live by a ${way}, also after a visit, and the browser has nothing to complain of`, () =>
      opened(`${way}.mjs`, docsProgram('docs/csp.md', `${way}.mjs`), async (page, origin, errors) => {
        await page.locator(live).waitFor({ state: 'attached' })
        // A visit of Turbo keeps what was set here; a whole new page would not.
        await page.evaluate(() => Object.assign(window, { kept: true }))
        await page.getByText('next').click()
        await page.waitForURL('**/next')
        await page.locator(live).waitFor({ state: 'attached' })
        assert.equal(await page.evaluate(() => 'kept' in window), true)
        assert.equal((await fetch(`${origin}/news`, { method: 'POST' })).status, 204)
        await page.locator('#news', { hasText: 'new' }).waitFor()
        assert.deepEqual(errors, [])
      }))
  }

  it('a page is blocked without either, which is what the page of docs says', () =>
    opened(
      'neither.mjs',
      docsProgram('docs/csp.md', 'hash.mjs').replace(/helmet\(\{.*\}\)/, 'helmet()'),
      async (page, _origin, errors) => {
        await page.waitForLoadState('load')
        assert.equal(await page.locator(live).count(), 0)
        assert.match(errors.join(), /Content Security Policy/)
      },
    ))
})
