// Pattern 5, command output: a child process, streamed; whole characters, nothing lost, nothing twice.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { root, runNode } from '../support/run.ts'
import { shows, useShowcase } from './showcase.ts'

const showcase = useShowcase({ pace: 80 })
const message = '.terminal .message'

/** What the command prints when nobody streams it. */
async function outputOf(command: string): Promise<string> {
  const script = join(root, 'example-app/commands', `${command}.mjs`)
  return (await runNode(script, [], { env: { ...process.env, COMMAND_PACE: '0' } })).output
}

const screen = (page: Page) => page.locator('.screen').evaluate((element) => element.textContent)

test('the output appears as it is printed, with characters cut between chunks whole', async () => {
  const page = await showcase.visit('/commands')
  await page.getByRole('button', { name: 'Greet the world' }).click()
  await shows(page, message, 'Greet the world: running')
  await page.locator('.screen', { hasText: 'Grüezi' }).waitFor()
  await shows(page, message, 'Greet the world: finished')
  assert.equal(await screen(page), await outputOf('greetings'))
})

test('a socket cut in the middle loses nothing', async () => {
  const page = await showcase.visit('/commands')
  await page.getByRole('button', { name: 'Greet the world' }).click()
  await page.locator('.screen', { hasText: 'Grüezi' }).waitFor()
  showcase.cut()
  await page.locator('#connection[data-state="disconnected"]').waitFor()
  await shows(page, message, 'Greet the world: finished')
  assert.equal(await screen(page), await outputOf('greetings'))
})

test('what was printed before the page could subscribe is not lost', async () => {
  const profile = await showcase.profile()
  const starter = await showcase.visit('/commands', profile)
  await starter.getByRole('button', { name: 'Greet the world' }).click()
  await starter.locator('.screen', { hasText: 'Hello' }).waitFor()
  const page = await profile.newPage()
  // The page is made in the middle, and its scripts come when all is over.
  await page.route('**/*.js', async (route) => {
    await shows(starter, message, 'Greet the world: finished')
    await route.continue()
  })
  await page.goto(starter.url(), { waitUntil: 'commit' })
  await shows(page, message, 'Greet the world: finished')
  assert.equal(await screen(page), await outputOf('greetings'))
})

test('a page opened in the middle shows what was printed before, and continues from there', async () => {
  const profile = await showcase.profile()
  const starter = await showcase.visit('/commands', profile)
  await starter.getByRole('button', { name: 'Back up the database' }).click()
  await starter.locator('.screen', { hasText: 'counters' }).waitFor()

  const late = await profile.newPage()
  await late.goto('/commands')
  assert.match((await screen(late)) ?? '', /^backup of 6 tables\n\n {2}counters/)
  await shows(late, message, 'Back up the database: finished')
  assert.equal(await screen(late), await outputOf('backup'))
  await late.reload()
  assert.equal(await screen(late), await outputOf('backup'))
})

test('a command that fails shows its errors and its exit code', async () => {
  const page = await showcase.visit('/commands')
  await page.getByRole('button', { name: 'Fail on purpose' }).click()
  await shows(page, message, 'Fail on purpose: failed with exit code 3')
  assert.equal(await screen(page), await outputOf('failure'))
  await page.locator('#command_runs li', { hasText: 'failed with exit code 3' }).waitFor()
  assert.equal(await page.locator('.screen .failure').textContent(), 'error: the judge is at the café ☕\n')
  const colour = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).color)
  assert.notEqual(await colour('.screen .failure'), await colour('.screen'))
  assert.notEqual(await colour(message), await colour('.intro p'))
})

test('a command that is not on the list is not run', async () => {
  for (const command of ['../bin/increment', 'constructor', '__proto__', 'greetings; id', '']) {
    const body = new URLSearchParams({ command })
    const response = await fetch(`${showcase.origin}/commands`, { method: 'POST', body })
    assert.equal(response.status, 422, command)
  }
})
