// Replay: the page's network is cut while the server goes on, and the page gets all of it afterwards.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { badgeSays, useShowcase } from './showcase.ts'

const showcase = useShowcase({ pace: 60 })

test('a page whose network is cut gets what was sent meanwhile, in order, none missing and none twice', async () => {
  const cut = await showcase.visit('/replay')
  const watcher = await showcase.visit('/replay')
  await cut.getByRole('button', { name: 'Cut the network' }).click()
  await badgeSays(cut, 'disconnected')
  // As long as it is, the page says so, and not what was before.
  await cut.getByText('This browser is cut off.').waitFor()
  assert.equal(await cut.locator('#outage').isVisible(), false)
  await cut.locator('.replay[data-verdict="whole"]').waitFor()
  assert.equal(await cut.getByText('This browser is cut off.').isVisible(), false)
  await cut.getByText(/^Your last cut: the server sent \d+ to \d+ meanwhile\.$/).waitFor()
  const numbers = (selector: string) =>
    cut.locator(selector).evaluateAll((all) => all.map((one) => Number(one.textContent)))
  const replayed = await numbers('[data-replayed]')
  const { first, last } = await cut.locator('#outage').evaluate((element) => ({ ...(element as HTMLElement).dataset }))
  assert.ok(replayed.length > 1, `${replayed.length} were sent during the cut`)
  const missed = Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index)
  assert.deepEqual(replayed, missed)
  await cut.locator('[data-number="28"]').waitFor()
  assert.deepEqual(
    await numbers('[data-number]'),
    Array.from({ length: 28 }, (_, index) => index + 1),
  )
  await watcher.locator('[data-number="28"]').waitFor()
  assert.equal(await watcher.locator('[data-replayed]').count(), 0, 'the other browser was not cut off')
})

test('a page that is opened afterwards claims no replay: it has its numbers from the database', async () => {
  const page = await showcase.visit('/replay')
  await page.getByRole('button', { name: 'Cut the network' }).click()
  await page.locator('.replay[data-verdict="whole"]').waitFor()
  await page.goto('/replay')
  await page.getByText(/^Your last cut: /).waitFor()
  assert.equal(await page.locator('.verdict').textContent(), '')
  assert.equal(await page.locator('[data-replayed]').count(), 0)
})
