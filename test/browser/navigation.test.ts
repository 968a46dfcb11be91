// One socket for a page's whole life: Turbo visits, frames, going back.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { badgeSays, live, shows, useShowcase } from './showcase.ts'

const showcase = useShowcase()

/** The page's WebSockets so far. */
function socketsOf(page: Page): string[] {
  const sockets: string[] = []
  page.on('websocket', (socket) => sockets.push(socket.url()))
  return sockets
}

async function follow(page: Page, link: string, heading: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: link }).click()
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  await live(page)
}

test('Turbo visits keep one socket, and leave the streams of the page before', async () => {
  const page = await (await showcase.profile()).newPage()
  const sockets = socketsOf(page)
  await page.goto('/')
  await live(page)
  await page.evaluate(() => Object.assign(window, { stillHere: true }))
  await follow(page, 'Live scores', 'Live scores')
  await follow(page, 'Current heat', 'Current heat')
  await follow(page, 'Configuration', 'Configuration update')
  await follow(page, 'Live scores', 'Live scores')
  await badgeSays(page, 'connected')
  assert.equal(await page.evaluate(() => Reflect.get(window, 'stillHere')), true, 'no full page load')
  assert.deepEqual(sockets, [`ws://localhost:${showcase.port}/cable`])
  assert.equal(showcase.cable.stats().connections, 1)

  await showcase.cable.broadcastAppendTo('scores', { target: 'scores', html: '<tr id="extra"><th>Extra</th></tr>' })
  await shows(page, '#extra', 'Extra')
  assert.equal(await page.locator('#extra').count(), 1)
})

test('a marker that comes in a frame subscribes; when it goes, the stream is left', async () => {
  const page = await showcase.visit('/')
  const marker = showcase.cable.turboStreamFrom('late-frame')
  await page.route('**/late', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<turbo-frame id="late">${marker}<p id="news">old</p></turbo-frame>`,
    }),
  )
  await page.evaluate(() => {
    document.querySelector('main')?.insertAdjacentHTML('beforeend', '<turbo-frame id="late" src="/late"></turbo-frame>')
  })
  await page.locator('#late [data-streams][connected]').waitFor({ state: 'attached' })
  await showcase.cable.broadcastUpdateTo('late-frame', { target: 'news', text: 'new <1>' })
  await shows(page, '#news', 'new <1>')

  const { subscriptions } = showcase.cable.stats()
  await page.evaluate(() => document.querySelector('#late')?.remove())
  await until(() => showcase.cable.stats().subscriptions === subscriptions - 1)
})

test('a page gone back to shows what was sent in the meantime', async () => {
  const page = await showcase.visit('/')
  const count = Number(await page.textContent('#count'))
  await follow(page, 'Live scores', 'Live scores')
  const other = await showcase.visit('/')
  await other.getByRole('button', { name: '+1' }).click()
  await shows(other, '#count', String(count + 1))
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Every open page, in step' }).waitFor()
  await shows(page, '#count', String(count + 1))
  await other.getByRole('button', { name: '+1' }).click()
  await shows(page, '#count', String(count + 2))
})

// The server's counts announce nothing: look at them at every turn.
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}
