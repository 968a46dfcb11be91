// Pattern 2, live scores: rows come, change and go, and two browsers stay in step.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { shows, useShowcase } from './showcase.ts'

const showcase = useShowcase()

async function add(page: Page, couple: string, points: number): Promise<void> {
  await page.getByLabel('Couple', { exact: true }).fill(couple)
  await page.getByLabel('Points', { exact: true }).fill(String(points))
  await page.getByRole('button', { name: 'Add score' }).click()
}

/** Waits until the page's rows are exactly these: `Ana & Luis 87`. */
async function hasRows(page: Page, expected: string[]): Promise<void> {
  await page.waitForFunction((expected) => {
    const rows = [...document.querySelectorAll('#scores tr')].map((row) => {
      const points = row.querySelector<HTMLInputElement>('input')?.getAttribute('value')
      return `${row.querySelector('th')?.textContent} ${points}`
    })
    return JSON.stringify(rows) === JSON.stringify(expected)
  }, expected)
}

test('rows are added, changed and removed in both browsers', async () => {
  const first = await showcase.visit('/scores')
  const second = await showcase.visit('/scores')
  await second.getByText('No scores yet.').waitFor()

  await add(first, 'Ana & Luis', 87)
  await hasRows(second, ['Ana & Luis 87'])
  await add(second, '<b>Zoë</b> & Max', 91)
  for (const page of [first, second]) await hasRows(page, ['Ana & Luis 87', '<b>Zoë</b> & Max 91'])

  const row = second.getByRole('row', { name: 'Ana & Luis' })
  await row.getByRole('spinbutton').fill('89')
  await row.getByRole('button', { name: 'Save' }).click()
  for (const page of [first, second]) await hasRows(page, ['Ana & Luis 89', '<b>Zoë</b> & Max 91'])

  await first.getByRole('button', { name: 'Delete Ana & Luis' }).click()
  for (const page of [first, second]) await hasRows(page, ['<b>Zoë</b> & Max 91'])
  await second.getByRole('button', { name: 'Delete' }).click()
  for (const page of [first, second]) await hasRows(page, [])
})

test('a page that was cut off shows the rows it missed, once and in order', async () => {
  const page = await showcase.visit('/scores')
  await page.evaluate(() => {
    document.addEventListener('turbo-cable:disconnected', () => document.body.setAttribute('data-was-cut', ''))
  })
  const others = await showcase.profile()
  showcase.cut()
  for (const couple of ['A & B', 'C & D', 'E & F']) {
    const answer = await others.request.post('/scores', { form: { couple, points: 50 }, maxRedirects: 0 })
    assert.equal(answer.status(), 303)
  }
  await hasRows(page, ['A & B 50', 'C & D 50', 'E & F 50'])
  assert.equal(await page.getAttribute('body', 'data-was-cut'), '', 'the socket was cut')
})

test('a score that cannot be is answered with the reason, and changes no page', async () => {
  const other = await showcase.visit('/scores')
  const rows = await other.locator('#scores tr').count()
  const page = await showcase.visit('/scores')
  // Past the browser's own check.
  await page.evaluate(() => document.querySelector('.new')?.setAttribute('novalidate', ''))
  await add(page, 'Ida & Noah', 101)
  await shows(page, '.problem', 'Points are a whole number from 0 to 100.')
  assert.equal(await page.getByLabel('Couple', { exact: true }).inputValue(), 'Ida & Noah')
  assert.equal(await other.locator('#scores tr').count(), rows)
})

test('another’s save leaves the field that one is typing in, says so, and the own save counts', async () => {
  const mine = await showcase.visit('/scores')
  const other = await showcase.visit('/scores')
  await add(mine, 'Uma & Per', 50)
  const row = mine.getByRole('row', { name: 'Uma & Per' })
  const theirs = other.getByRole('row', { name: 'Uma & Per' })
  const field = row.getByRole('spinbutton')
  await field.fill('7')
  await theirs.getByRole('spinbutton').fill('60')
  await theirs.getByRole('button', { name: 'Save' }).click()
  await row.getByText('Saved meanwhile: 60').waitFor()
  await mine.keyboard.type('1')
  assert.equal(await field.inputValue(), '71')
  await row.getByRole('button', { name: 'Save' }).click()
  await other.locator('input[value="71"]').waitFor()
  assert.equal(await theirs.getByRole('spinbutton').inputValue(), '71')
})
