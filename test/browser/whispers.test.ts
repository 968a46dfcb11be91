// Two tabs of a real browser: what one whispers comes to the other as an event, under the stream's plain name, and not back.

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, test } from 'node:test'
import express from 'express'
import type { Browser } from 'playwright-core'
import { type Cable, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { docsProgram } from '../support/docs.ts'
import { listen, portOf, shut } from '../support/http-server.ts'
import { live } from './showcase.ts'

let browser: Browser
let cable: Cable
let server: Server

before(async () => {
  cable = turboCable({ secret: 'a secret for tests of whispers', whispers: ['room:7'] })
  const app = express()
  app.use(cable)
  app.get('/typing.js', (_, response) => void response.type('js').send(docsProgram('docs/protocols.md', 'typing.js')))
  app.get('/', (_, response) => {
    const { turboCableTags, turboStreamFrom } = response.locals
    response.send(`<!doctype html><head>${turboCableTags()}<script type="module" src="/typing.js"></script></head>
      <body>${turboStreamFrom('room:7', 'other')}<input id="text"><p id="typing" hidden>Somebody is typing …</p></body>`)
  })
  server = createServer(app)
  await listen(server, { host: 'localhost' })
  browser = await launchBrowser()
})

after(async () => {
  await browser?.close()
  await cable?.close()
  await shut(server)
})

test('a page says that somebody types in another tab, and a stream that does not allow it carries nothing', async () => {
  const [mine, other] = [await browser.newPage(), await browser.newPage()]
  for (const page of [mine, other]) {
    await page.goto(`http://localhost:${portOf(server)}/`)
    await live(page)
    await page.evaluate(() => {
      const heard: unknown[] = []
      Object.assign(window, { heard })
      document.addEventListener('turbo-cable:whisper', ({ detail }) => void heard.push(detail))
    })
  }
  await mine.locator('#text').fill('Good')
  await other.locator('#typing').waitFor()
  // By the marker's token too, and to another stream in vain.
  await mine.evaluate(async () => {
    const client = 'turbo-cable/client'
    const { whisper } = await import(client)
    const [token = ''] = document.querySelector<HTMLElement>('[data-streams]')?.dataset.streams?.split(',') ?? []
    whisper('other', 'not allowed')
    whisper('stranger', 'not subscribed')
    whisper(token, { typing: false })
  })
  await other.waitForFunction(() => Reflect.get(window, 'heard').length > 1)
  const heard = (page: typeof mine) => page.evaluate(() => Reflect.get(window, 'heard'))
  assert.deepEqual(await heard(other), [
    { stream: 'room:7', data: { typing: true } },
    { stream: 'room:7', data: { typing: false } },
  ])
  assert.deepEqual(await heard(mine), [])
  assert.ok(await mine.locator('#typing').isHidden())
})
