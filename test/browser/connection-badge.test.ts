// The badge in the header tells whether the page hears from the server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { badgeSays, shows, useShowcase } from './showcase.ts'

const showcase = useShowcase()

test('the badge says live, offline, and live again', async () => {
  const page = await showcase.visit('/scores')
  await badgeSays(page, 'connected')
  await shows(page, '#connection', 'Live')
  await page.evaluate(() => {
    const said: unknown[] = []
    Object.assign(window, { said })
    const badge = document.querySelector('#connection') as HTMLElement
    new MutationObserver(() => said.push(badge.textContent?.trim())).observe(badge, { childList: true, subtree: true })
  })
  showcase.cut()
  await page.waitForFunction(() => (Reflect.get(window, 'said') as string[]).at(-1) === 'Live')
  assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'said')), ['Offline, trying again…', 'Live'])
})

test('a page without anything live says so', async () => {
  const page = await (await showcase.profile()).newPage()
  await page.goto('/no-such-page')
  await shows(page, '#connection', 'Nothing live here')
})
