// What can be read, and what colour says: in the light and in the dark scheme, on a wide screen and on a phone.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { badgeSays, useShowcase } from './showcase.ts'

const showcase = useShowcase()
const schemes = ['light', 'dark'] as const

/** The contrast (WCAG 2) of what an element, or a part of it, is written in, against what is behind it. */
async function contrast(page: Page, selector: string, part = ''): Promise<number> {
  const { color, opacity, grounds } = await page.locator(selector).evaluate((element, part) => {
    const { color, opacity } = getComputedStyle(element, part || null)
    const grounds = []
    for (let each: Element | null = element; each; each = each.parentElement)
      grounds.push(getComputedStyle(each).backgroundColor)
    return { color, opacity, grounds }
  }, part)
  // What a half-transparent colour lets through is not reckoned with here.
  assert.match(color, /^rgb\(/)
  assert.equal(opacity, '1')
  const ground = grounds.find((each) => channels(each)[3] !== 0)
  const [one, other] = [luminance(color), luminance(ground ?? 'rgb(255, 255, 255)')]
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number)

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const share = value / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Whether a colour is a red one: its hue is, and not that of an orange. */
function isRed(color: string): boolean {
  const [red = 0, green = 0, blue = 0] = channels(color)
  const hue = (60 * (green - blue)) / (red - Math.min(green, blue))
  return red > Math.max(green, blue) && Math.abs(hue) < 15
}

for (const colorScheme of schemes) {
  test(`a placeholder can be read in the ${colorScheme} scheme`, async () => {
    const page = await showcase.visit('/scores', await showcase.profile({ colorScheme }))
    const ratio = await contrast(page, 'input[name=couple]', '::placeholder')
    assert.ok(ratio >= 4.5, `${ratio.toFixed(2)}`)
  })

  test(`the badge is red where nothing is sent or heard, and can be read, in the ${colorScheme} scheme`, async () => {
    const page = await showcase.visit('/scores', await showcase.profile({ colorScheme }))
    const color = () => page.locator('#connection').evaluate((badge) => getComputedStyle(badge).color)
    assert.equal(isRed(await color()), false)
    await page.context().setOffline(true)
    await badgeSays(page, 'offline')
    assert.ok(isRed(await color()), await color())
    assert.ok((await contrast(page, '#connection')) >= 4.5)
    await page.context().setOffline(false)
    await badgeSays(page, 'connected')
    await page.evaluate(() => document.dispatchEvent(new CustomEvent('turbo-cable:rejected', { detail: {} })))
    await page.locator('#connection[data-state="rejected"]').waitFor()
    assert.ok(isRed(await color()), await color())
  })
}

test('a long name has the whole line on a phone, and what the badge says is not broken', async () => {
  const phone = await showcase.profile({ viewport: { width: 380, height: 700 } })
  const page = await showcase.visit('/scores', phone)
  await page.getByLabel('Couple', { exact: true }).fill('Maximiliane and Bartholomäus von Hohenstein')
  await page.getByLabel('Points', { exact: true }).fill('91')
  await page.getByRole('button', { name: 'Add score' }).click()
  const name = page.getByRole('rowheader', { name: /Maximiliane/ })
  const { width = 0 } = (await name.boundingBox()) ?? {}
  assert.ok(width > 250, `${width} px`)
  await phone.setOffline(true)
  await badgeSays(page, 'offline')
  const { height = 99 } = (await page.locator('#connection').boundingBox()) ?? {}
  assert.ok(height < 36, `${height} px`)
  await phone.setOffline(false)
})
