// Pattern 8, words: a text that grows, in tabs that were there, that come late, that lose their socket, or that refresh.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { live, shows, useShowcase } from './showcase.ts'

const showcase = useShowcase({ pace: 40 })
const { texts } = await import(new URL('../../example-app/jobs/words.mjs', import.meta.url).href)
const message = '#answer_state .message'

const answer = (page: Page) => page.locator('#answer').evaluate((element) => element.textContent ?? '')

async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('button', { name: question }).click()
  await page.getByRole('heading', { level: 2, name: question }).waitFor()
  await live(page)
}

/** Waits until the answer is so long. */
async function grown(page: Page, length: number): Promise<void> {
  await page.waitForFunction(
    (length) => (document.querySelector('#answer')?.textContent?.length ?? 0) >= length,
    length,
  )
}

async function ended(page: Page, text: string): Promise<void> {
  await page.locator('#answer_state[data-status="done"]').waitFor()
  assert.equal(await answer(page), text)
  assert.equal(await page.locator('[data-text-stream-live]').count(), 0, 'the caret is gone')
}

test('the words appear as they are written, escaped, with a caret while more may come', async () => {
  const page = await showcase.visit('/words')
  await ask(page, 'Tell me of a lighthouse')
  await grown(page, 40)
  const some = await answer(page)
  assert.ok(some.length < texts.lighthouse.length && texts.lighthouse.startsWith(some), some)
  assert.equal(await page.locator('[data-text-stream-live]').count(), 1)
  await ended(page, texts.lighthouse)
  await shows(page, message, `Tell me of a lighthouse – written: ${texts.lighthouse.length} characters`)
  await page.locator('#answers li', { hasText: 'written' }).waitFor()
})

test('a second tab that comes in the middle has the whole text, at once and at the end', async () => {
  const profile = await showcase.profile()
  const first = await showcase.visit('/words', profile)
  await ask(first, 'Why are there tides?')
  await grown(first, 100)
  const second = await profile.newPage()
  await second.goto(first.url())
  const arrived = await answer(second)
  assert.ok(arrived.length >= 90 && texts.tides.startsWith(arrived), arrived)
  await Promise.all([ended(first, texts.tides), ended(second, texts.tides)])
  await second.reload()
  assert.equal(await answer(second), texts.tides)
})

test('a tab that was away, and one that refreshes itself by morph, have the whole text once', async () => {
  const profile = await showcase.profile()
  const page = await showcase.visit('/words', profile)
  await ask(page, 'Why are there tides?')
  await grown(page, 60)
  showcase.cut()
  await page.locator('#connection[data-state="disconnected"]').waitFor()
  await page.locator('#connection[data-state="connected"]').waitFor()
  await grown(page, 150)
  const rendered = page.evaluate(
    () => new Promise((resolve) => addEventListener('turbo:render', resolve, { once: true })),
  )
  await showcase.cable.broadcastRefreshTo(['answer', page.url().split('/').at(-1) ?? ''])
  await rendered
  assert.ok(texts.tides.startsWith(await answer(page)))
  await ended(page, texts.tides)
})

test('characters of several parts are whole', async () => {
  const page = await showcase.visit('/words')
  await ask(page, 'Say hello in ten languages')
  await ended(page, texts.languages)
})

test('a second answer takes the place of the first, and one can be stopped', async () => {
  const page = await showcase.visit('/words')
  await ask(page, 'Why are there tides?')
  await grown(page, 20)
  await ask(page, 'Tell me of a lighthouse')
  await grown(page, 20)
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.locator('#answer_state[data-status="stopped"]').waitFor()
  const said = await answer(page)
  assert.ok(said.length < texts.lighthouse.length && texts.lighthouse.startsWith(said), said)
  assert.equal(await page.locator('[data-text-stream-live]').count(), 0)
})

test('a question that is not on the list is not asked, and an answer is its visitor’s alone', async () => {
  const body = new URLSearchParams({ question: 'constructor' })
  assert.equal((await fetch(`${showcase.origin}/words`, { method: 'POST', body })).status, 422)
  const page = await showcase.visit('/words')
  await ask(page, 'Say hello in ten languages')
  assert.equal((await fetch(page.url())).status, 404)
})
