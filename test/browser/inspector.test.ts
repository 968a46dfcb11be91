// The inspector in a real browser: what it shows while it happens, what an operator can do, and that what it shows can do nothing.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import express from 'express'
import httpProxy from 'http-proxy'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { type Cable, type TurboCableOptions, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { TestClient } from '../support/client.ts'
import { listen, shut } from '../support/http-server.ts'
import { live, shows } from './showcase.ts'

const name = '"><img src=x onerror="parent.hacked=1"><script>parent.hacked=1</script>'
const options: TurboCableOptions = {
  inspector: true,
  secret: 'the secret of the app',
  authenticate: ({ headers }) => ({ id: headers['x-user'] ?? name }),
  heartbeat: { interval: 3_600_000, timeout: 7_200_000 },
}

let browser: Browser
let context: BrowserContext
let cable: Cable
let server: Server
let port: number
let complaints: string[]
let foreign: string[]
let clients: TestClient[]

before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

async function start(wanted = 0): Promise<void> {
  cable = turboCable(options)
  const app = express()
  app.use(cable)
  app.get('/', (_request, response) => {
    response.send(`<!doctype html><head><link rel="icon" href="data:,">${cable.turboCableTags()}</head>
      <body>${response.locals.turboStreamFrom('room')}<p id="hand">nothing yet</p></body>`)
  })
  server = createServer(app)
  port = await listen(server, { port: wanted })
}

async function stop(): Promise<void> {
  for (const client of clients) client.ws.terminate()
  await cable.close({ timeout: 1_000 })
  await shut(server)
}

beforeEach(async () => {
  complaints = []
  foreign = []
  clients = []
  await start()
  context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}` })
  context.setDefaultTimeout(30_000)
})
afterEach(async () => {
  await context.close()
  await stop()
  assert.deepEqual(complaints, [], 'the browser had nothing to complain about')
  assert.deepEqual(foreign, [], 'everything came from the cable')
})

async function inspector(): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A script in a broadcast is refused by its frame, which is what Chromium says then.
    const expected = /WebSocket connection|Blocked script execution in '[^']*\/rendered\/\d+'|ERR_CONNECTION_REFUSED/
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text())
  })
  // What the policy has refused before it left is no request.
  const left = (request: Request) => request.failure()?.errorText !== 'csp'
  const note = (request: Request) => {
    const { host, protocol } = new URL(request.url())
    if (protocol !== 'data:' && host !== `127.0.0.1:${port}` && left(request)) foreign.push(request.url())
  }
  page.on('requestfinished', note)
  page.on('requestfailed', note)
  await page.goto('/cable/inspector')
  await live(page)
  return page
}

async function client(user = '7'): Promise<TestClient> {
  const made = new TestClient(`ws://127.0.0.1:${port}/cable`, { headers: { 'x-user': user } })
  clients.push(made)
  return made.opened()
}

const entry = (page: Page, text: string) => page.locator('#entries > li', { hasText: text })

describe('the inspector', () => {
  it('shows a broadcast as it comes, rendered and as source, with its facts', async () => {
    const page = await inspector()
    await (await client()).subscribe(cable.signedStream('room').token)
    await cable.broadcastAppendTo('room', { target: 'rows', html: '<tr><td>a cell</td></tr>' })
    const shown = entry(page, 'append rows')
    await shown.waitFor()
    const facts = (await shown.locator('summary').innerText()).replace(/\s+/g, ' ')
    assert.match(facts, /^\d\d:\d\d:\d\d broadcast room append rows 1 subscriber 110 B #1 (?:< )?[\d.]+ ms$/)
    const source =
      '<turbo-stream action="append" target="rows"><template><tr><td>a cell</td></tr></template></turbo-stream>'
    assert.equal(await shown.locator('pre').innerText(), source)
    // In a shadow root, which only the browser's own parser has made of the template.
    const cell = shown.frameLocator('iframe').getByText('a cell')
    await cell.waitFor()
    assert.equal(await cell.evaluate((element) => element.localName), 'td')
    await cable.broadcastJson('import:42', { progress: 60 })
    assert.equal(await entry(page, 'import:42').locator('pre').innerText(), '{\n  "progress": 60\n}')
    await entry(page, 'no subscriber').waitFor()
  })

  it('shows connections and streams, and lets them go', async () => {
    const page = await inspector()
    const one = await client('ada')
    await one.subscribe(cable.signedStream('room').token)
    const row = page.locator('#connections tr', { hasText: 'ada' })
    await page.locator('#streams tr', { hasText: 'room' }).getByText('1', { exact: true }).waitFor()
    assert.match((await row.innerText()).replace(/\s+/g, ' '), /^1 ada turbo-cable from 127\.0\.0\.1 1 0 B < 1 min$/)
    for (const column of ['identity, protocol, address', 'pending', 'subscribers']) {
      await page.getByRole('columnheader', { name: column }).waitFor()
    }
    await one.close()
    await shows(page, '#connections', 'none')
    await shows(page, '#streams', 'none')
  })

  it('says why a subscription and a connection were refused, and who has a gap', async () => {
    const page = await inspector()
    const one = await client('ada')
    assert.equal((await one.subscribe('plain')).type, 'rejected')
    const refusal = entry(page, 'unauthorized: connection 1 (ada) asked for "plain"')
    await refusal.getByText('a plain name where names are signed').waitFor()
    await one.subscribe(cable.signedStream('room').token, { cursor: 'another-epoch:3' })
    await entry(page, 'gap: connection 1 (ada) has missed messages').getByText('another-epoch:3').waitFor()
    const stranger = new TestClient(`ws://127.0.0.1:${port}/cable`, { headers: { Origin: 'https://evil.example' } })
    await assert.rejects(stranger.opened())
    await entry(page, '403 Forbidden: origin not allowed').getByText('by a page of https://evil.example').waitFor()
  })

  it('runs nothing of what it shows, whoever chose it', async (t) => {
    const asked: (string | undefined)[] = []
    const elsewhere = createServer(({ url }, response) => {
      asked.push(url)
      response.end()
    })
    const other = `http://127.0.0.1:${await listen(elsewhere)}`
    t.after(() => shut(elsewhere))
    const page = await inspector()
    await (await client(name)).subscribe(name)
    await cable.broadcastUpdateTo(name, {
      target: name,
      html: `<p>harmless</p><script>top.hacked = 1</script><img src="${other}/x" onerror="top.hacked=1">
        <meta http-equiv="refresh" content="0;url=/?hacked"><iframe src="/"></iframe><form action="/" method="post"><button>press</button></form>
        <a href="/?hacked" target="_top">link</a><style>@import "${other}/y"</style></template></turbo-stream></body><body><script>top.hacked = 1</script>`,
    })
    await cable.broadcastJson('</code></pre><script>parent.hacked=1</script>', {
      '<script>': '</script><img src=x onerror=hacked=1>',
    })
    await entry(page, '<script>').first().waitFor()
    const frame = page.frameLocator('iframe').first()
    await frame.getByText('harmless').waitFor()
    await frame.getByText('link').click({ force: true })
    await frame.getByText('press').click({ force: true })
    await page.locator('#connections', { hasText: '<img src=x' }).waitFor()
    assert.equal(await page.evaluate(() => 'hacked' in window), false)
    assert.equal(new URL(page.url()).search, '')
    assert.equal(
      await page.locator('#entries img, #entries script, #connections img, #streams img, #stream-names img').count(),
      0,
    )
    assert.ok(await frame.getByText('harmless').isVisible())
    // What the frame's own policy has refused is said in the console, and nothing of it was fetched.
    assert.deepEqual(asked, [])
    complaints = complaints.filter((line) => !/rendered|Content Security Policy|sandboxed|Blocked/.test(line))
  })

  it('stands still while it is paused, and catches up', async () => {
    const page = await inspector()
    await cable.broadcastJson('first', 1)
    await entry(page, 'first').waitFor()
    await page.getByRole('searchbox').fill('broadcast')
    await page.evaluate(() => Object.assign(window, { kept: true }))
    await page.getByRole('button', { name: 'Pause' }).click()
    await cable.broadcastJson('second', 2)
    await page.getByRole('button', { name: 'Go on (there is more)' }).waitFor()
    assert.equal(await entry(page, 'second').count(), 0)
    await page.getByRole('button', { name: 'Go on' }).click()
    await entry(page, 'second').waitFor()
    await cable.broadcastJson('third', 3)
    await entry(page, 'third').waitFor()
    const streams = await page.locator('#entries .stream').allInnerTexts()
    assert.deepEqual(streams, ['third', 'second', 'first'])
    // It is the same page, and what was typed has stayed.
    assert.deepEqual(await page.evaluate(() => 'kept' in window), true)
    assert.equal(await page.getByRole('searchbox').inputValue(), 'broadcast')
  })

  it('filters what is there and what comes, by words and by kind', async () => {
    const page = await inspector()
    await cable.broadcastJson('Room "7"', 1)
    await cable.broadcastJson('scores', 1)
    await (await client('ada')).subscribe('plain')
    await entry(page, 'plain').waitFor()
    const visible = async () =>
      (await page.locator('#entries > li').filter({ visible: true }).locator('.stream, .title').allInnerTexts()).join(
        ' | ',
      )
    await page.getByRole('searchbox').fill('room "7')
    assert.equal(await visible(), 'Room "7" | JSON')
    await cable.broadcastJson('scores', 2)
    await cable.broadcastJson('room "7" too', 2)
    await entry(page, 'too').waitFor()
    assert.equal(await visible(), 'room "7" too | JSON | Room "7" | JSON')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('checkbox', { name: 'broadcast' }).uncheck()
    assert.equal(await visible(), 'unauthorized: connection 1 (ada) asked for "plain"')
  })

  it('sends one by hand, which another tab shows; and one again', async () => {
    const tab = await context.newPage()
    await tab.goto('/')
    await live(tab)
    const page = await inspector()
    const data = (text: string) =>
      `<turbo-stream action="update" target="hand"><template>${text}</template></turbo-stream>`
    await page.getByLabel('Stream', { exact: true }).fill('room')
    await page.getByLabel('Data').fill(data('by hand'))
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await shows(page, '#sent', 'Sent to room: 1 subscriber here')
    await shows(tab, '#hand', 'by hand')
    await cable.broadcastUpdateTo('room', { target: 'hand', text: 'by the app' })
    await shows(tab, '#hand', 'by the app')
    await entry(page, 'update hand').nth(1).getByRole('button', { name: 'Put into the form' }).click()
    assert.equal(await page.getByLabel('Data').inputValue(), data('by hand'))
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await shows(tab, '#hand', 'by hand')
    await page.getByRole('checkbox', { name: 'as JSON' }).check()
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await page.locator('#sent', { hasText: 'Not sent: that is no JSON' }).waitFor()
    complaints = complaints.filter((line) => !line.includes('status of 422'))
  })

  it('works behind a proxy that has put a path before it, for who gives the token, until they leave', async (t) => {
    const token = 'the-token-of-the-operator'
    const inner = turboCable({ inspector: { token } })
    const app = createServer((request, response) => inner(request, response))
    inner.attach(app)
    const proxy = httpProxy.createProxyServer({ target: `http://127.0.0.1:${await listen(app)}`, ws: true, xfwd: true })
    const inside = (request: IncomingMessage) => {
      request.url = request.url?.replace(/^\/behind/, '')
      return request
    }
    const front = createServer((request, response) => proxy.web(inside(request), response))
    front.on('upgrade', (request, socket, head) => {
      // A page may have gone by the time that the proxy has an answer for it.
      socket.on('error', () => {})
      proxy.ws(inside(request), socket as Socket, head)
    })
    const origin = `http://127.0.0.1:${await listen(front)}`
    t.after(async () => {
      await inner.close({ timeout: 1_000 })
      await Promise.all([shut(front), shut(app)])
    })
    const page = await context.newPage()
    await page.goto(`${origin}/behind/cable/inspector`)
    await page.getByLabel('Token').fill('a wrong one')
    await page.getByRole('button', { name: 'Look' }).click()
    await page.getByRole('alert').filter({ hasText: 'That is not the token' }).waitFor()
    await page.getByLabel('Token').fill(token)
    await page.getByRole('button', { name: 'Look' }).click()
    await live(page)
    await page.getByLabel('Stream', { exact: true }).fill('room')
    await page.getByLabel('Data').fill('<p>by hand</p>')
    await page.getByRole('button', { name: 'Send', exact: true }).click()
    await entry(page, 'room').frameLocator('iframe').getByText('by hand').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Token').waitFor()
  })

  it('is a page of its own for who comes by a link of the app', async () => {
    const page = await context.newPage()
    await page.goto('/')
    await live(page)
    await page.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<a href="/cable/inspector">inspector</a>')
      Object.assign(window, { kept: true })
    })
    await page.getByText('inspector').click()
    await page.waitForFunction(() => !('kept' in window))
    await live(page)
    await cable.broadcastJson('first', 1)
    await entry(page, 'first').waitFor()
  })

  it('comes back by itself with a new life of the server', async () => {
    const page = await inspector()
    await stop()
    await page.locator('.off', { hasText: 'not connected' }).filter({ visible: true }).waitFor()
    await start(port)
    // The token of the page is of the life before: the page is loaded anew.
    await live(page)
    await cable.broadcastJson('afterwards', 1)
    await entry(page, 'afterwards').waitFor()
  })

  it('keeps no more than a hundred entries, and says how many it has passed over', async () => {
    const page = await inspector()
    for (let n = 0; n < 110; n++) {
      await cable.broadcastJson(`stream ${n}`, n)
      if (n % 19 === 18) await entry(page, `stream ${n}`).first().waitFor()
    }
    await Promise.all(Array.from({ length: 500 }, (_, n) => cable.broadcastJson('flood', n)))
    await entry(page, 'more in the same moment, which are not shown').first().waitFor()
    await page.waitForFunction(() => document.querySelectorAll('#entries > li').length === 100)
  })
})
