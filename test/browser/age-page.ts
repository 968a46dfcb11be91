// A page of the app of ages, in the current version of Turbo and in the first that morphs.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { AgeApp, shown, wanted } from './age-app.ts'
import { live } from './showcase.ts'

const versions = { '8.0.0': 'turbo800', current: '@hotwired/turbo' }

/** One test for each version of Turbo, with the text of it. */
export function inEachTurbo(title: string, run: (turbo: string) => Promise<void>): void {
  for (const [version, name] of Object.entries(versions)) {
    test(`Turbo ${version}: ${title}`, async () => {
      const file = new URL(`../../node_modules/${name}/dist/turbo.es2017-esm.js`, import.meta.url)
      await run(await readFile(file, 'utf8'))
    })
  }
}

export const KEY = 'test'

/** A promise that is settled by hand. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Waits until the page shows what the server has. */
export async function agrees(page: Page, app: AgeApp): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.a'))
  for (const end = Date.now() + 20_000; ; ) {
    const now = await page.evaluate(shown)
    const truth = wanted(app.state(KEY), Object.keys(now))
    if (JSON.stringify(now) === JSON.stringify(truth)) return
    if (Date.now() > end) assert.deepEqual(now, truth)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

export const visit = (page: Page, to: string) =>
  page.evaluate(
    (path) =>
      new Promise((resolve) => {
        addEventListener('turbo:load', resolve, { once: true })
        Reflect.get(window, 'Turbo').visit(path)
      }),
    `/p/${KEY}/${to}`,
  )

/** One test in each version: with an app and a page of it. */
export function inEach(
  browser: () => Browser,
  title: string,
  run: (app: AgeApp, page: Page) => Promise<void>,
  first = '3',
): void {
  inEachTurbo(title, async (turbo) => {
    const app = await new AgeApp(turbo).start()
    const context = await browser().newContext({ baseURL: app.origin })
    await context.addInitScript('globalThis.__name = (named) => named')
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    try {
      await page.goto(`/p/${KEY}/${first}`)
      await live(page)
      await run(app, page)
    } finally {
      await context.close()
      await app.kill()
    }
  })
}
