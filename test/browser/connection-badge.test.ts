// The badge in the header tells whether the page hears from the server.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { badgeSays, shows, useShowcase } from './showcase.ts'

const showcase = useShowcase()

test('a socket that is cut makes the badge say so, and live again: the server is still there', async () => {
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
  assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'said')), ['Not live, trying again…', 'Live'])
})

test('a page without anything live says so', async () => {
  const page = await (await showcase.profile()).newPage()
  await page.goto('/no-such-page')
  await shows(page, '#connection', 'Nothing live here')
})

test('without a network the badge says that a press is not sent, and takes it back', async () => {
  const page = await showcase.visit('/scores')
  await page.context().setOffline(true)
  await badgeSays(page, 'offline')
  await shows(page, '#connection', 'Offline: what you press now is not sent')
  await page.context().setOffline(false)
  await badgeSays(page, 'connected')
})
