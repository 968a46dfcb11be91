// Two tabs of a real browser: who posts a message has it by the answer, the other by the broadcast, and nobody has it twice.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import express from 'express'
import type { Browser } from 'playwright-core'
import { type Cable, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, portOf, shut } from '../support/http-server.ts'
import { live } from './showcase.ts'

let browser: Browser
let cable: Cable
let server: Server

const append = (text: string) =>
  `<turbo-stream action="append" target="messages"><template><li>${text}</li></template></turbo-stream>`

before(async () => {
  cable = turboCable()
  const app = express()
  app.use(cable)
  app.get('/', (_request, response) => {
    const { turboCableTags, turboStreamFrom } = response.locals
    response.send(`<!doctype html><head>${turboCableTags()}</head>
      <body data-controller="turbo-streams">${turboStreamFrom('room')}
      <ul id="messages"></ul><form method="post" action="/messages"><button>Send</button></form>`)
  })
  app.post('/messages', async (request, response) => {
    const sent = await cable.broadcastAppendTo('room', { target: 'messages', html: '<li>hello</li>', exclude: request })
    response.type('text/vnd.turbo-stream.html').send(append(sent ? 'hello' : 'not sent'))
  })
  server = createServer(app)
  await listen(server, { host: 'localhost' })
  browser = await launchBrowser()
})

after(async () => {
  await browser?.close()
  await cable.close()
  await shut(server)
})

test('{ exclude: req } leaves out the tab that sent the form, and only that one', async () => {
  const url = `http://localhost:${portOf(server)}/`
  const [mine, other] = [await browser.newPage(), await browser.newPage()]
  for (const page of [mine, other]) {
    await page.goto(url)
    await live(page)
  }
  await mine.getByRole('button', { name: 'Send' }).click()
  for (const page of [mine, other]) await page.locator('li', { hasText: 'hello' }).first().waitFor()
  // One more for both: what was on its way before it has arrived by then.
  await cable.broadcastAppendTo('room', { target: 'messages', html: '<li>last</li>' })
  for (const page of [mine, other]) {
    await page.locator('li', { hasText: 'last' }).waitFor()
    assert.deepEqual(await page.locator('li').allTextContents(), ['hello', 'last'])
  }
})
