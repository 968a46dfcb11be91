// The rooms of the Showcase: who is here, rendered by the server, and who types, whispered. Two members in two tabs each come, go and
// type; a reload is no leaving; a restart of the server leaves no ghosts and nobody missing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { live, useShowcase } from './showcase.ts'

const showcase = useShowcase()

async function comeIn(name: string, profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage()
  await page.goto('/chat/judges')
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Come in' }).click()
  await live(page)
  return page
}

/** Waits until a page's list of people is this. */
async function here(page: Page, ...names: string[]): Promise<void> {
  await page.waitForFunction(
    (names) => [...document.querySelectorAll('#people li')].map((li) => li.textContent?.trim()).join() === names,
    names.join(),
  )
}

/** Every list of people that a page shows from now on. */
async function record(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(window, { seen })
    new MutationObserver(() => {
      const people = [...document.querySelectorAll('#people li')].map((li) => li.textContent?.trim()).join()
      if (seen.at(-1) !== people) seen.push(people)
    }).observe(document.getElementById('people') as HTMLElement, { childList: true, subtree: true })
  })
  return () => page.evaluate(() => (window as unknown as { seen: string[] }).seen)
}

test('two members in two tabs each see each other come, type and go; a reload is no leaving', {
  timeout: 90_000,
}, async () => {
  const [one, two] = [await showcase.profile(), await showcase.profile()]
  const ana = await comeIn('Ana', one)
  await here(ana, 'Ana')
  const ben = await comeIn('<b>Ben</b>', two)
  const pages = [ana, ben, await showcase.visit('/chat/judges', one), await showcase.visit('/chat/judges', two)]
  for (const page of pages) await here(page, 'Ana', '<b>Ben</b>')
  const seen = await record(ana)

  const [, , secondOfAna, secondOfBen] = pages as [Page, Page, Page, Page]
  const typing = (page: Page) => page.locator('.typing')
  await ben.getByLabel('Message', { exact: true }).pressSequentially('He')
  for (const page of [ana, secondOfAna]) await typing(page).filter({ hasText: '<b>Ben</b> is typing…' }).waitFor()
  for (const page of [ben, secondOfBen]) assert.equal(await typing(page).textContent(), '')
  await ben.getByLabel('Message', { exact: true }).press('Enter')
  await ana.locator('#messages p', { hasText: 'He' }).waitFor()
  assert.equal(await typing(ana).textContent(), '')

  await ben.reload()
  await live(ben)
  await secondOfBen.close()
  await ben.goto('/')
  await ben.goBack()
  await live(ben)
  await here(ben, 'Ana', '<b>Ben</b>')
  assert.deepEqual(await seen(), [])
  await ben.close()
  for (const page of [ana, secondOfAna]) await here(page, 'Ana')
  assert.deepEqual(await seen(), ['Ana'])

  // Who leaves the room by its button is gone at once.
  const cleo = await comeIn('Cleo', await showcase.profile())
  await here(ana, 'Ana', 'Cleo')
  await cleo.getByRole('button', { name: 'Leave this room' }).click()
  await here(ana, 'Ana')
})

test('after a restart of the server there are no ghosts, and nobody is missing', { timeout: 90_000 }, async () => {
  const profiles = [await showcase.profile(), await showcase.profile(), await showcase.profile()]
  const pages: Page[] = []
  for (const [index, name] of ['Dan', 'Eve', 'Flo'].entries())
    pages.push(await comeIn(name, profiles[index] as BrowserContext))
  const [dan, eve, flo] = pages as [Page, Page, Page]
  for (const page of pages) await here(page, 'Dan', 'Eve', 'Flo')
  await showcase.restart(() => flo.close())
  const sorted = (page: Page) =>
    page.waitForFunction(() => {
      const names = [...document.querySelectorAll('#people li')].map((li) => li.textContent?.trim())
      return names.toSorted().join() === 'Dan,Eve'
    })
  for (const page of [dan, eve]) await sorted(page)
  await showcase.visit('/chat/judges', profiles[2])
  for (const page of [dan, eve]) await page.locator('#people li', { hasText: 'Flo' }).waitFor()
})
