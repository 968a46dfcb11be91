// Chat: signed rooms. Members hear each other, nobody else does, and nobody has a message twice.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { badgeSays, live, useShowcase } from './showcase.ts'

const showcase = useShowcase()

async function comeIn(name: string, profile?: BrowserContext): Promise<Page> {
  const page = await (profile ?? (await showcase.profile())).newPage()
  await page.goto('/chat/hall')
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Come in' }).click()
  await live(page)
  return page
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
  await page.locator('#messages p', { hasText: text }).waitFor()
}

test('members read each other, as text, once; who comes later reads it from the database', async () => {
  const [ana, ben] = [await comeIn('Ana'), await comeIn('Ben')]
  // An element that comes twice replaces itself, so what is counted is what was rendered.
  await ana.evaluate(() => {
    document.addEventListener('turbo:before-stream-render', () => document.body.append(document.createElement('hr')))
  })
  await say(ana, '<b>first</b>')
  await ben.locator('#messages p', { hasText: '<b>first</b>' }).waitFor()
  await say(ben, 'second')
  await ana.locator('#messages p', { hasText: 'second' }).waitFor()
  assert.equal(await ana.getByLabel('Message', { exact: true }).inputValue(), '')
  assert.equal(await ana.locator('hr').count(), 2, 'the own message by the answer alone, the other by broadcast')
  const late = await comeIn('<i>Cleo</i>')
  for (const page of [ana, ben, late]) {
    assert.deepEqual(await page.locator('#messages p').allTextContents(), ['<b>first</b>', 'second'])
    assert.equal(await page.locator('#messages p b').count(), 0)
  }
})

test('what was said while a member was cut off is heard afterwards, in order and once', async () => {
  const [ana, ben] = [await comeIn('Ana'), await comeIn('Ben')]
  const before = await ben.locator('#messages p').count()
  await ben.context().setOffline(true)
  await badgeSays(ben, 'offline')
  for (const text of ['one', 'two', 'three']) await say(ana, `missed ${text}`)
  assert.equal(await ben.locator('#messages p').count(), before)
  await ben.context().setOffline(false)
  await ben.locator('#messages p', { hasText: 'missed three' }).waitFor()
  assert.deepEqual((await ben.locator('#messages p').allTextContents()).slice(before), [
    'missed one',
    'missed two',
    'missed three',
  ])
})

test('a copied token opens nothing for another visitor, and who leaves hears no more', async () => {
  const profile = await showcase.profile()
  const member = await comeIn('Dan', profile)
  const token = await member.locator('[data-turbo-stream]').getAttribute('data-streams')
  const stranger = await showcase.visit('/')
  const refused = (page: Page, stream: string) =>
    page.evaluate(
      (stream) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/cable`)
          socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', stream, cursor: null }))
          socket.onmessage = ({ data }) => {
            const { type } = JSON.parse(data)
            if (type === 'subscribed' || type === 'rejected') resolve(type)
          }
        }),
      stream,
    )
  assert.equal(await refused(stranger, token ?? ''), 'rejected')
  assert.equal(await refused(stranger, 'room:hall'), 'rejected')
  assert.equal(await refused(member, token ?? ''), 'subscribed')
  const second = await showcase.visit('/chat/hall', profile)
  await member.getByRole('button', { name: 'Leave this room' }).click()
  await second.locator('#connection[data-state="rejected"]').waitFor()
  assert.equal(await refused(second, token ?? ''), 'rejected')
})
