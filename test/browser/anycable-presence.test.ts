// AnyCable's own client in a real browser, unchanged: its `channel.presence` joins, leaves, lists and hears of others, beside a page of
// ours that knows nothing of it, and after its connection was cut.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { after, before, it } from 'node:test'
import { build } from 'esbuild'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { type Cable, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { TestClient } from '../support/client.ts'
import { listen, portOf, shut } from '../support/http-server.ts'

const script = `
  import { createCable } from '@anycable/web'
  const cable = createCable(location.origin.replace('http', 'ws') + '/cable', { protocol: 'actioncable-v1-ext-json' })
  window.channel = cable.streamFrom('room')
  window.heard = []
  channel.on('presence', ({ type, id, info }) => type !== 'info' && heard.push([type, id, info?.name].join(' ')))`

interface Anycable {
  channel: {
    ensureSubscribed(): Promise<void>
    presence: { join(id: string, info?: object): Promise<void>; leave(): Promise<void>; info(): Promise<object> }
  }
  heard: string[]
}

let browser: Browser
let server: Server
let cable: Cable
const sockets = new Set<Socket>()
const told: string[] = []

before(async () => {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    logLevel: 'silent',
  })
  cable = turboCable({
    authenticate: ({ headers }) => ({ id: /user=(\w+)/.exec(headers.cookie ?? '')?.[1], secret: 'x' }),
    presence: { streams: ['room'], grace: 30_000, info: ({ id }) => ({ name: id.toUpperCase() }) },
    onPresence: ({ identity, joined }) => void told.push(`${joined ? '+' : '-'}${identity.id}`),
  })
  const app = express()
  app.use(cable)
  app.get('/client.js', (_request, response) => void response.type('js').send(outputFiles[0]?.text))
  app.get('/', (_request, response) => {
    response.send('<!doctype html><link rel="icon" href="data:,"><script type="module" src="/client.js"></script>')
  })
  server = createServer(app)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await listen(server)
  browser = await launchBrowser()
})
after(async () => {
  await browser.close()
  await cable.close({ timeout: 1_000 })
  await shut(server)
})

async function visit(user: string): Promise<Page> {
  const url = `http://127.0.0.1:${portOf(server)}`
  const context = await browser.newContext()
  await context.addCookies([{ name: 'user', value: user, url }])
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  await page.goto(url)
  await page.evaluate(() => (window as unknown as Anycable).channel.ensureSubscribed())
  return page
}

/** Once there are so many subscriptions. Fails after 30 s. */
async function subscribed(count: number): Promise<void> {
  for (const end = performance.now() + 30_000; cable.stats().subscriptions !== count; ) {
    assert.ok(performance.now() < end, `${cable.stats().subscriptions} subscriptions in place of ${count}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const join = (page: Page, id: string) =>
  page.evaluate((id) => (window as unknown as Anycable).channel.presence.join(id, { name: 'nobody asked' }), id)
const leave = (page: Page) => page.evaluate(() => (window as unknown as Anycable).channel.presence.leave())
const info = (page: Page) => page.evaluate(() => (window as unknown as Anycable).channel.presence.info())
const hears = (page: Page, count: number) =>
  page.waitForFunction((count) => (window as unknown as Anycable).heard.length >= count, count)
const heard = (page: Page) => page.evaluate(() => (window as unknown as Anycable).heard.splice(0))

it("channel.presence of AnyCable's client joins, lists, hears of others and leaves", { timeout: 60_000 }, async () => {
  const [ada, ben] = [await visit('ada'), await visit('ben')]
  assert.deepEqual(await info(ben), {}, 'who only listens is not there')
  await join(ada, 'ada')
  await Promise.all([hears(ada, 1), hears(ben, 1)])
  await join(ben, 'ben')
  await Promise.all([hears(ada, 2), hears(ben, 2)])
  const own = new TestClient(`ws://127.0.0.1:${portOf(server)}/cable`, { headers: { Cookie: 'user=cleo' } })
  await own.opened()
  await own.subscribe('room')
  await Promise.all([hears(ada, 3), hears(ben, 3)])
  for (const page of [ada, ben]) {
    assert.deepEqual(await heard(page), ['join ada ADA', 'join ben BEN', 'join cleo CLEO'])
    assert.deepEqual(await info(page), { ada: { name: 'ADA' }, ben: { name: 'BEN' }, cleo: { name: 'CLEO' } })
  }

  // They take some seconds to come back, and have not left.
  cable.disconnect('cleo')
  for (const page of [ada, ben]) await page.waitForFunction(() => (window as unknown as Anycable).heard.length > 0)
  for (const socket of sockets) socket.destroy()
  await subscribed(0)
  await subscribed(2)
  await leave(ben)
  await ada.waitForFunction(() => (window as unknown as Anycable).heard.includes('leave ben BEN'))
  assert.deepEqual(await heard(ada), ['leave cleo CLEO', 'leave ben BEN'])
  assert.deepEqual(await info(ada), { ada: { name: 'ADA' } })
  assert.deepEqual(await cable.presence('room'), [{ id: 'ada', info: { name: 'ADA' } }])
  assert.deepEqual(told, ['+ada', '+ben', '+cleo', '-cleo', '-ben'])
})
