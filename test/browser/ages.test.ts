// Every part of a page has an age: whatever is rendered from a response is as old as its request, and what came since is
// applied to it again.

import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import type { AgeApp } from './age-app.ts'
import { agrees, gate, inEach, KEY, visit } from './age-page.ts'
import { live } from './showcase.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const within = (title: string, run: (app: AgeApp, page: Page) => Promise<void>, first?: string) =>
  inEach(() => browser, title, run, first)

within('a broadcast that brings a marker of its own stream is applied once', async (app, page) => {
  const frames: unknown[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(payload)))
  await page.reload()
  await live(page)
  for (let n = 0; n < 5; n++) await app.change(KEY, 'board')
  await app.change(KEY, 'a')
  await agrees(page, app)
  for (let n = 0; n < 5; n++) await app.change(KEY, 'a')
  await agrees(page, app)
  assert.ok(frames.length < 50, `${frames.length} frames`)
})

within('two hundred visits with a token of its own each leave as many subscriptions as one', async (app, page) => {
  // Two markers of one stream have one token if they were signed in the same millisecond.
  const tokens = () =>
    page.evaluate(
      () =>
        new Set([...document.querySelectorAll('[data-streams]')].map((each) => each.getAttribute('data-streams'))).size,
    )
  for (let n = 0; n < 100; n++) {
    await visit(page, '4')
    await visit(page, '3')
  }
  await live(page)
  await app.change(KEY, 'a')
  await agrees(page, app)
  while (app.cable.stats().subscriptions > (await tokens()))
    await page.evaluate(() => new Promise(requestAnimationFrame))
})

within(
  'a frame that was read before a broadcast and rendered after it shows it',
  async (app, page) => {
    await page.waitForSelector('.f')
    const { opened, open } = gate()
    const read = gate()
    app.held = async ({ url }) => {
      if (!url.startsWith('/f')) return
      read.open()
      await opened
    }
    await page.evaluate((key) => document.querySelector('turbo-frame')?.setAttribute('src', `/f/${key}?bare=1`), KEY)
    await read.opened
    await app.change(KEY, 'a')
    await page.waitForFunction(() => document.querySelector('body > .a')?.textContent === '1')
    open()
    await page.waitForFunction(() => !document.querySelector('.f'))
    await agrees(page, app)
  },
  '1',
)

within('streams that answer a form give way to what was broadcast meanwhile', async (app, page) => {
  const { opened, open } = gate()
  const read = gate()
  app.held = async ({ method }) => {
    if (method !== 'POST') return
    read.open()
    await opened
  }
  await app.change(KEY, 'add')
  await page.evaluate(() => document.querySelector<HTMLFormElement>('#form')?.requestSubmit())
  await read.opened
  await app.change(KEY, 'a')
  await app.change(KEY, 'add')
  await page.waitForSelector('#i1')
  await page.evaluate(() => document.querySelector('#items')?.setAttribute('data-old', ''))
  open()
  await page.waitForFunction(() => !document.querySelector('[data-old]'))
  await agrees(page, app)
})

within('what is permanent hears for the page that is put around it', async (app, page) => {
  const { opened, open } = gate()
  const read = gate()
  app.held = async () => {
    read.open()
    await opened
  }
  // The page's only marker of the stream is within what is kept.
  await page.evaluate(() => Object.assign(window, { Kept: document.querySelector('#keep') }))
  const visited = page.evaluate((path) => Reflect.get(window, 'Turbo').visit(path), `/p/${KEY}/5`)
  await read.opened
  await app.change(KEY, 'p')
  await page.waitForFunction(() => document.querySelector('#keep .p')?.textContent === '1')
  open()
  await visited
  await page.waitForFunction(() => document.title === '5')
  assert.equal(await page.evaluate(() => Reflect.get(window, 'Kept') === document.querySelector('#keep')), true)
  await agrees(page, app)
})

within('a page that is left while something is still being drawn knows that it lacks it', async (app, page) => {
  await page.evaluate(() => {
    addEventListener(
      'turbo:before-stream-render',
      (event) => {
        const { detail } = event as CustomEvent
        const { render } = detail
        detail.render = async (stream: Element) => {
          await new Promise((resolve) => Object.assign(window, { resolve }))
          await render(stream)
        }
      },
      { once: true },
    )
  })
  await app.change(KEY, 'a')
  await page.waitForFunction(() => Reflect.get(window, 'resolve'))
  await visit(page, '4')
  await page.evaluate(() => history.back())
  await agrees(page, app)
})

within(
  'an error in place of the page, a cut connection or a cache do not end a page that is behind',
  async (app, page) => {
    const bad = [
      (_: unknown, response: { status: (code: number) => { send: (text: string) => void } }) =>
        response.status(502).send('<h1>Bad gateway</h1>'),
      (request: { socket: { destroy(): void } }) => request.socket.destroy(),
    ]
    await app.kill()
    app.state(KEY).a = 7
    app.instead = (request, response) => {
      const answer = request.url.startsWith('/p') && bad.shift()
      if (answer) answer(request, response)
      return !!answer
    }
    await app.start()
    await agrees(page, app)
    assert.equal(bad.length, 0)
    assert.equal(await page.title(), '3')
    await app.change(KEY, 'a')
    await agrees(page, app)
  },
)

within('JSON says where it stands and whether it is news', async (app, page) => {
  await page.evaluate(() => {
    const seen: unknown[] = []
    Object.assign(window, { seen })
    addEventListener('turbo:stream-message', (event) =>
      seen.push(['data', 'replayed'].map((name) => (event as CustomEvent).detail[name])),
    )
  })
  await app.cable.broadcastJson(`a:${KEY}`, 1)
  await page.context().setOffline(true)
  app.cut()
  await page.waitForFunction(() => !document.querySelector('[connected]'))
  await app.cable.broadcastJson(`a:${KEY}`, 2)
  await page.context().setOffline(false)
  await page.waitForFunction(() => Reflect.get(window, 'seen').length === 2)
  assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'seen')), [
    [1, false],
    [2, true],
  ])
})

within('of two controllers one may go', async (app, page) => {
  await page.evaluate(() => document.body.setAttribute('data-controller', 'turbo-streams'))
  await page.evaluate(() => document.body.removeAttribute('data-controller'))
  await app.change(KEY, 'a')
  await agrees(page, app)
})

within('a preview that a form leaves standing is served as a page', async (app, page) => {
  await visit(page, '4')
  const read = gate()
  const { opened, open } = gate()
  app.held = async ({ url }) => {
    if (!url.startsWith('/p')) return
    read.open()
    await opened
  }
  await page.evaluate((path) => Reflect.get(window, 'Turbo').visit(path), `/p/${KEY}/3`)
  await read.opened
  await page.waitForSelector('[data-turbo-preview] .a')
  await page.evaluate(() => document.querySelector<HTMLFormElement>('#form')?.requestSubmit())
  await app.change(KEY, 'a')
  await agrees(page, app)
  open()
})

within(
  'of two answers that a frame has at once, both older than a broadcast, the one that is rendered last shows it too',
  async (app, page) => {
    await page.waitForSelector('.f')
    const path = `/f/${KEY}?bare=1`
    await page.evaluate(async (url) => {
      const answers = [await fetch(url), await fetch(url)]
      Object.assign(window, { answers })
    }, path)
    await app.change(KEY, 'a')
    await agrees(page, app)
    await page.evaluate(async () => {
      const { answers } = window as unknown as { answers: Response[] }
      // By the import map of the page.
      const name = '@hotwired/turbo'
      const Turbo = (await import(name)) as { FetchResponse: new (response: Response) => object }
      type Frame = Element & { delegate: { loadResponse(response: object): Promise<void> } }
      const frame = document.querySelector('turbo-frame') as Frame
      const responses = answers.map((each) => new Turbo.FetchResponse(each))
      for (const fetchResponse of responses) {
        const detail = { fetchResponse }
        frame.dispatchEvent(new CustomEvent('turbo:before-fetch-response', { bubbles: true, detail }))
      }
      for (const each of responses) await frame.delegate.loadResponse(each)
    })
    await agrees(page, app)
  },
  '1',
)
