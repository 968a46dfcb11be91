// Who logs in or changes by a form that Turbo sends, in a real browser: the socket of before is not who the next page is for.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { type Cable, type TurboCableOptions, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, portOf, shut } from '../support/http-server.ts'

let browser: Browser

before(async () => {
  browser = await launchBrowser()
})

after(() => browser.close())

const userOf = ({ headers }: IncomingMessage) => /user=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? null

/** An app in which everybody hears `news`, and each user a stream of their own. */
async function withApp(
  authenticate: TurboCableOptions['authenticate'],
  run: (
    page: Page,
    says: (stream: string, text: string) => Promise<unknown>,
    upgrades: () => number,
    cable: Cable,
  ) => Promise<void>,
  head = '',
): Promise<void> {
  const cable = turboCable({
    ...(authenticate && { authenticate }),
    authorize: ({ identity, stream }) => stream === 'news' || stream === `user:${(identity as { id: string }).id}`,
  })
  const app = express()
  app.use(cable)
  app.post('/login/:user', ({ params }, response) => {
    response.cookie('user', params.user).redirect(303, '/')
  })
  app.post('/here/:user', ({ params }, response) => {
    response.cookie('user', params.user)
    return response.turboStream.update('own', { html: response.locals.turboStreamFrom(`user:${params.user}`) })
  })
  app.post('/framed/:user', ({ params }, response) => {
    const marker = response.cookie('user', params.user).locals.turboStreamFrom(`user:${params.user}`)
    response.send(`<turbo-frame id="framed">${marker}<b>in</b></turbo-frame>`)
  })
  app.post('/logout/:how', ({ params }, response) => {
    response.clearCookie('user')
    if (params.how === 'morph') cable.disconnect('ada')
    if (params.how !== 'streams') return response.redirect(303, '/')
    cable.disconnect('ada')
    return response.turboStream.update('who', { text: 'nobody' })
  })
  app.get('/', (request, response) => {
    const { turboCableTags, turboStreamFrom } = response.locals
    const user = userOf(request)
    const login = (id: string) => `<form method="post" action="/login/${id}"><button>Log in as ${id}</button></form>`
    const form = (path: string) => `<form method="post" action="/${path}"><button>${path}</button></form>`
    response.send(`<!doctype html><head><link rel="icon" href="data:,">${turboCableTags()}${head}</head><body>
      <h1 id="who">${user ?? 'nobody'}</h1>${turboStreamFrom('news', ...(user ? [`user:${user}`] : []))}
      ${login('ada')}${login('bob')}${form('here/ada')}${['morph', 'streams', 'late'].map((how) => form(`logout/${how}`)).join('')}
      <turbo-frame id="framed">${form('framed/ada')}</turbo-frame><p id="news"></p><p id="own"></p></body>`)
  })
  const server = createServer(app)
  let upgrades = 0
  server.on('upgrade', () => {
    upgrades += 1
  })
  await listen(server, { host: 'localhost' })
  const context = await browser.newContext({ baseURL: `http://localhost:${portOf(server)}` })
  try {
    const page = await context.newPage()
    await page.goto('/')
    await run(
      page,
      (stream, text) => cable.broadcastUpdateTo(stream, { target: stream === 'news' ? 'news' : 'own', text }),
      () => upgrades,
      cable,
    )
  } finally {
    await context.close()
    await cable.close()
    await shut(server)
  }
}

const logIn = async (page: Page, user: string) => {
  await page.getByRole('button', { name: `Log in as ${user}` }).click()
  await page.locator('h1', { hasText: user }).waitFor()
}
const connected = (page: Page) => page.locator('[data-turbo-stream][connected]').waitFor({ state: 'attached' })
const reads = (page: Page, id: string, text: string) => page.locator(`#${id}`, { hasText: text }).waitFor()

test('who was connected as nobody hears their own stream once logged in, and the next user theirs', () =>
  withApp(
    (request) => ({ id: userOf(request) }),
    async (page, says, upgrades) => {
      await connected(page)
      for (const [nth, user] of ['ada', 'bob', 'ada'].entries()) {
        await logIn(page, user)
        await connected(page)
        await says(`user:${user}`, `to ${user}, ${nth}`)
        await reads(page, 'own', `to ${user}, ${nth}`)
      }
      await says('news', 'to all')
      await reads(page, 'news', 'to all')
      assert.equal(upgrades(), 4)
    },
  ))

test('who was let in by nobody is there as soon as they have logged in, however long the page has tried', () =>
  withApp(
    (request) => {
      const id = userOf(request)
      return id === null ? null : { id }
    },
    async (page, says, upgrades) => {
      // By then the next try is up to four seconds away.
      while (upgrades() < 6) await new Promise(setImmediate)
      const before = upgrades()
      await logIn(page, 'ada')
      await connected(page)
      await says('user:ada', 'welcome')
      await reads(page, 'own', 'welcome')
      assert.ok(upgrades() <= before + 2, `${upgrades() - before} more`)
    },
  ))

for (const how of ['here', 'framed']) {
  test(`who logs in without a visit hears their own stream: ${how}`, () =>
    withApp(
      (request) => ({ id: userOf(request) }),
      async (page, says) => {
        await connected(page)
        await page.getByRole('button', { name: `${how}/ada` }).click()
        const inside = how === 'here' ? '#own' : '#framed'
        await page.locator(`${inside} [data-turbo-stream][connected]`).waitFor({ state: 'attached' })
        await says('user:ada', 'welcome')
        await reads(page, 'own', 'welcome')
      },
    ))
}

for (const how of ['morph', 'streams', 'late']) {
  test(`who is logged out and cut off hears what nobody may hear, in the page that stays: ${how}`, () =>
    withApp(
      (request) => ({ id: userOf(request) ?? 'nobody' }),
      async (page, says, upgrades, cable) => {
        await page.context().addCookies([{ name: 'user', value: 'ada', url: page.url() }])
        await page.reload()
        await connected(page)
        const before = upgrades()
        await page.getByRole('button', { name: `logout/${how}` }).click()
        await page.locator('h1', { hasText: 'nobody' }).waitFor()
        if (how === 'late') cable.disconnect('ada')
        for (const end = Date.now() + 20_000; upgrades() === before; ) {
          assert.ok(Date.now() < end, 'the page stays away')
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        await says('news', 'to all')
        await reads(page, 'news', 'to all')
      },
      '<meta name="turbo-refresh-method" content="morph">',
    ))
}
