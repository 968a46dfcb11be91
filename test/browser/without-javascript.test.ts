// Without JavaScript every form still works: it redirects with 303, and the page shows the result.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { useShowcase } from './showcase.ts'

const showcase = useShowcase({ pace: 0 })
let profile: BrowserContext

async function open(path: string): Promise<Page> {
  profile = await showcase.profile({ javaScriptEnabled: false })
  const page = await profile.newPage()
  await page.goto(path)
  return page
}

/** Presses the button; returns the status of the form's own answer, before the redirect. */
async function press(page: Page, name: string): Promise<number | undefined> {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.getByRole('button', { name, exact: true }).click(),
  ])
  await page.waitForLoadState()
  return answer.status()
}

/** Reloads until the page has the text, as a patient visitor would. */
async function reloadUntil(page: Page, text: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await page.getByText(text).first().isVisible()) return
    await page.reload()
  }
  assert.fail(`"${text}" did not appear`)
}

test('the counter counts', async () => {
  const page = await open('/')
  assert.equal(await press(page, '+1'), 303)
  assert.equal(await page.textContent('#count'), '1')
})

test('the heats go on', async () => {
  const page = await open('/heats')
  assert.equal(await press(page, 'Start heat 1'), 303)
  assert.equal(await press(page, 'Finish heat 1'), 303)
  await page.getByText('Tango').first().waitFor()
  assert.equal(await press(page, 'Back to the first heat'), 303)
  await page.getByText('Waltz').first().waitFor()
})

test('scores are added, changed and deleted', async () => {
  const page = await open('/scores')
  await page.getByLabel('Couple', { exact: true }).fill('Ana & Luis')
  await page.getByLabel('Points', { exact: true }).fill('87')
  assert.equal(await press(page, 'Add score'), 303)
  await page.getByLabel('Points of Ana & Luis').fill('90')
  assert.equal(await press(page, 'Save'), 303)
  assert.equal(await page.getByLabel('Points of Ana & Luis').inputValue(), '90')
  assert.equal(await press(page, 'Delete Ana & Luis'), 303)
  await page.getByText('No scores yet.').waitFor()
})

test('the configuration update shows its state at each reload', async () => {
  const page = await open('/config')
  assert.equal(await press(page, 'Update the configuration'), 303)
  await reloadUntil(page, 'Every region has the new configuration.')
  assert.equal(await page.getAttribute('progress', 'value'), '100')
})

test('the playlist gets a page of its own, and can be downloaded there', async () => {
  const page = await open('/playlists')
  assert.equal(await press(page, 'Make a playlist'), 303)
  assert.match(page.url(), /\/playlists\/[0-9a-f-]{36}$/)
  await reloadUntil(page, 'Download the playlist')
  const href = await page.getByRole('link', { name: 'Download the playlist' }).getAttribute('href')
  const file = await profile.request.get(href ?? '')
  assert.match(await file.text(), /^#EXTM3U\n/)
})

test('the command gets a page of its own, with its output and how it ended', async () => {
  const page = await open('/commands')
  assert.equal(await press(page, 'Greet the world'), 303)
  assert.match(page.url(), /\/commands\/[0-9a-f-]{36}$/)
  await reloadUntil(page, 'Greet the world: finished')
  assert.match((await page.textContent('.screen')) ?? '', /^Hello!\n[^\uFFFD]*გამარჯობა!\n[^\uFFFD]*$/)
})

test('the answer gets a page of its own, and has more at each reload', async () => {
  const page = await open('/words')
  assert.equal(await press(page, 'Say hello in ten languages'), 303)
  // Its last words.
  await reloadUntil(page, '👩‍👩‍👧‍👦.')
  assert.match((await page.textContent('#answer')) ?? '', /^Hello! .*გამარჯობა.*👩‍👩‍👧‍👦\.$/s)
})

test('a room is joined, and a message is said', async () => {
  const page = await open('/chat/hall')
  await page.getByLabel('Your name').fill('Ana')
  assert.equal(await press(page, 'Come in'), 303)
  await page.getByLabel('Message', { exact: true }).fill('hello')
  assert.equal(await press(page, 'Send'), 303)
  await page.getByText('hello').waitFor()
  assert.equal(await press(page, 'Leave this room'), 303)
  await page.getByText('You are not in it.').first().waitFor()
})

test('the cut is on the page afterwards', async () => {
  const page = await open('/replay')
  await page.getByText('No cut yet.').waitFor()
  assert.equal(await press(page, 'Cut the network'), 303)
  await reloadUntil(page, 'Your last cut')
})
