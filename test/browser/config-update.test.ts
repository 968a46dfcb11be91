// Pattern 3, configuration update: JSON moves a progress bar in every page of one visitor.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { shows, useShowcase } from './showcase.ts'

const showcase = useShowcase({ pace: 60 })
const message = '#config-update .message'

function progressPast(page: Page, percent: number) {
  return page.waitForFunction((percent) => (document.querySelector('progress')?.value ?? 0) > percent, percent)
}

test('the bar moves in all pages of the visitor, also in one opened while it runs', async () => {
  const profile = await showcase.profile()
  const first = await showcase.visit('/config', profile)
  const stranger = await showcase.visit('/config')
  await first.evaluate(() => {
    const seen: unknown[] = []
    Object.assign(window, { seen })
    document.addEventListener('turbo:stream-message', (event) => {
      seen.push((event as CustomEvent).detail.data.progress)
    })
  })
  await first.getByRole('button', { name: 'Update the configuration' }).click()
  await progressPast(first, 0)

  const late = await profile.newPage()
  await late.goto('/config', { waitUntil: 'commit' })
  const first_state = await late.waitForSelector('progress', { state: 'attached' })
  assert.ok(Number(await first_state.getAttribute('value')) > 0, 'the page begins where the job stands')

  for (const page of [first, late]) {
    await shows(page, message, 'Every region has the new configuration.')
    await page.locator('#config-update[data-status="completed"]').waitFor()
    await page.locator('button:enabled', { hasText: 'Update the configuration' }).waitFor()
  }
  const seen = await first.evaluate(() => Reflect.get(window, 'seen') as number[])
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
    'in order',
  )
  assert.equal(seen.at(-1), 100)
  await shows(stranger, message, 'Nothing is running.')
})
