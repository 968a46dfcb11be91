// Pattern 3, configuration update: JSON moves a progress bar in every page of one visitor.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { badgeSays, shows, useShowcase } from './showcase.ts'

const showcase = useShowcase({ pace: 60 })
const message = '#config-update .message'

function progressPast(page: Page, percent: number) {
  return page.waitForFunction((percent) => (document.querySelector('progress')?.value ?? 0) > percent, percent)
}

test('the bar moves in all pages of the visitor, also in one opened while it runs', async () => {
  const profile = await showcase.profile()
  const first = await showcase.visit('/config', profile)
  const stranger = await showcase.visit('/config')
  await first.getByRole('button', { name: 'Update the configuration' }).click()
  await progressPast(first, 0)

  const late = await profile.newPage()
  await late.goto('/config', { waitUntil: 'commit' })
  const start = await late.waitForSelector('progress', { state: 'attached' })
  assert.ok(Number(await start.getAttribute('value')) > 0, 'the page begins where the job stands')

  for (const page of [first, late]) {
    await shows(page, message, 'Every region has the new configuration.')
    await page.locator('#config-update[data-status="completed"]').waitFor()
    await page.locator('button:enabled', { hasText: 'Update the configuration' }).waitFor()
  }
  await shows(stranger, message, 'Nothing is running.')
})

test('a socket cut in the middle loses no step', async () => {
  const page = await showcase.visit('/config')
  await page.evaluate(() => {
    const steps = new Set<string>()
    Object.assign(window, { steps })
    document.addEventListener('turbo:stream-message', (event) => {
      const { progress, message } = (event as CustomEvent).detail.data
      steps.add(`${progress} ${message}`)
    })
  })
  await page.getByRole('button', { name: 'Update the configuration' }).click()
  await progressPast(page, 20)
  showcase.cut()
  await badgeSays(page, 'disconnected')
  await shows(page, message, 'Every region has the new configuration.')
  const steps = await page.evaluate(() => [...(Reflect.get(window, 'steps') as Set<string>)])
  assert.deepEqual(steps, [
    '0 Waiting for a worker…',
    '0 Reading the regions…',
    '11 Comparing with what is deployed…',
    '22 Rendering the new configuration…',
    '33 Checking certificates…',
    '44 Copying to Frankfurt…',
    '56 Copying to São Paulo…',
    '67 Copying to Tokyo…',
    '78 Reloading the proxies…',
    '89 Waiting for health checks…',
    '100 Every region has the new configuration.',
  ])
})
