// The counter: whoever changes it, every open page shows it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shows, useShowcase } from './showcase.ts'

const showcase = useShowcase()

/** Two pages of two browsers. */
const twoPages = async () => [await showcase.visit('/'), await showcase.visit('/')] as const

test('a form changes every page', async () => {
  const [first, second] = await twoPages()
  const before = Number(await first.textContent('#count'))
  await first.getByRole('button', { name: '+1' }).click()
  await shows(first, '#count', String(before + 1))
  await shows(second, '#count', String(before + 1))
  await second.getByRole('button', { name: '+1' }).click()
  await shows(first, '#count', String(before + 2))
  await shows(second, '#count', String(before + 2))
})

test('the button keeps the focus after a press: the keyboard counts on', async () => {
  const page = await showcase.visit('/')
  const before = Number(await page.textContent('#count'))
  await page.getByRole('button', { name: '+1' }).focus()
  for (let press = 1; press <= 3; press++) {
    // Turbo loads the page that the form's answer leads to, and morphs it in.
    const rendered = page.evaluate(
      () => new Promise((resolve) => document.addEventListener('turbo:load', resolve, { once: true })),
    )
    await page.keyboard.press('Enter')
    await rendered
    await shows(page, '#count', String(before + press))
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), '+1')
  }
})

test('an HTTP request changes every page', async () => {
  const [first, second] = await twoPages()
  const response = await fetch(`${showcase.origin}/_broadcast`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      stream: 'counter',
      data: '<turbo-stream action="update" target="count"><template>4242</template></turbo-stream>',
    }),
  })
  assert.equal(response.status, 200)
  assert.equal(await response.text(), 'OK')
  await shows(first, '#count', '4242')
  await shows(second, '#count', '4242')
})

test('another process changes every page', async () => {
  const [first, second] = await twoPages()
  const before = Number(await first.textContent('#count'))
  const output = await showcase.runBeside('bin/increment.mjs')
  assert.equal(output.trim(), `The counter is ${before + 1} now.`)
  await shows(first, '#count', String(before + 1))
  await shows(second, '#count', String(before + 1))
})
