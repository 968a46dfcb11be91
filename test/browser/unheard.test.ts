// Answers that a tab does not hear: what its own request has changed is left out for it, as it has the answer. Where Turbo gives the
// answer up, or a part of the page was fetched before the change, the tab must have it all the same.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before } from 'node:test'
import express, { type Request } from 'express'
import type { Browser, Page } from 'playwright-core'
import { type Cable, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, portOf, shut } from '../support/http-server.ts'
import { gate, inEachTurbo } from './age-page.ts'
import { live } from './showcase.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

/** An app with two boxes to tick, each in a form, a page without them, and a frame that shows both. */
class Boxes {
  readonly ticked = { a: false, b: false }
  /** What a request waits for before it does its work, by method and path. */
  readonly before = new Map<string, Promise<unknown>>()
  readonly cable: Cable = turboCable()
  /** Tells the others what was done: by a refresh, or by streams that leave out who did it. */
  how: 'refresh' | 'exclude' = 'refresh'
  upgrades = 0
  readonly #asked: { what: string; came: () => void }[] = []

  /** Resolves when such a request has come. */
  asked(what: string): Promise<void> {
    return new Promise((came) => this.#asked.push({ what, came }))
  }

  /** Resolves when the work of a request may be done. */
  async comes({ method, path }: Request): Promise<void> {
    for (const { what, came } of this.#asked) if (what === `${method} ${path}`) came()
    await this.before.get(`${method} ${path}`)
  }

  text(): string {
    return Object.entries(this.ticked)
      .map(([box, is]) => `${box} ${is ? 'done' : 'open'}`)
      .join(', ')
  }

  server(turbo: string) {
    const app = express()
    app.get('/cable/turbo.js', (_request, response) => void response.type('js').send(turbo))
    app.use(this.cable)
    const page = (response: express.Response, body: string) => {
      const { turboCableTags, turboRefreshesWith } = response.locals
      response.send(`<!doctype html><head><link rel="icon" href="data:,">${turboCableTags()}
        ${turboRefreshesWith({ method: 'morph' })}</head><body>${body}</body>`)
    }
    const form = (box: string) => `<form method="post" action="/tick/${box}"><button>Tick ${box}</button></form>`
    const forms = `${form('a')}${form('b')}`
    const search = '<form action="/search"><button>Search</button></form>'
    app.get('/', async (request, response) => {
      await this.comes(request)
      const marker = response.locals.turboStreamFrom('boxes')
      page(response, `${marker}<p id="boxes">${this.text()}</p>${forms}${search}<a href="/forms">Forms</a>`)
    })
    app.get('/forms', (_request, response) => page(response, `<h1>Forms</h1>${forms}<p id="said"></p>`))
    app.get('/framed', (_request, response) => {
      const marker = response.locals.turboStreamFrom('boxes')
      page(response, `${marker}<p id="boxes">${this.text()}</p><turbo-frame id="frame" src="/frame"></turbo-frame>`)
    })
    app.get('/frame', async (request, response) => {
      const text = this.text()
      await this.comes(request)
      response.send(`<turbo-frame id="frame"><p id="framed">${text}</p></turbo-frame>`)
    })
    app.get('/search', async (request, response) => {
      await this.comes(request)
      page(response, '<h1>Found</h1>')
    })
    app.post('/tick/:box', async (request, response) => {
      await this.comes(request)
      this.ticked[request.params.box as 'a' | 'b'] = true
      if (this.how === 'refresh') {
        await this.cable.broadcastRefreshTo('boxes')
        response.redirect(303, '/')
      } else {
        await this.cable.broadcastUpdateTo('boxes', { target: 'boxes', text: this.text(), exclude: request })
        await response.turboStream.update('boxes', { text: this.text() }).update('said', { text: 'done' })
      }
    })
    const server = createServer(app)
    server.on('upgrade', () => {
      this.upgrades += 1
    })
    return server
  }
}

const tick = (page: Page, box: string) => page.getByRole('button', { name: `Tick ${box}` }).click()
const shows = (page: Page, text: string, id = 'boxes') => page.locator(`#${id}`, { hasText: text }).waitFor()

function inEach(title: string, path: string, run: (boxes: Boxes, page: Page) => Promise<void>): void {
  inEachTurbo(title, async (turbo) => {
    const boxes = new Boxes()
    const server = boxes.server(turbo)
    await listen(server, { host: 'localhost' })
    const context = await browser.newContext({ baseURL: `http://localhost:${portOf(server)}` })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    try {
      await page.goto(path)
      await live(page)
      await run(boxes, page)
    } finally {
      await context.close()
      await boxes.cable.close({ timeout: 1_000 })
      await shut(server)
    }
  })
}

/** Ticks the first box, whose work waits for what is returned. */
async function tickHeld(boxes: Boxes, page: Page): Promise<() => void> {
  const { opened, open } = gate()
  boxes.before.set('POST /tick/a', opened)
  const asked = boxes.asked('POST /tick/a')
  await tick(page, 'a')
  await asked
  return open
}

for (const how of ['refresh', 'exclude'] as const) {
  inEach(
    `two boxes are ticked, the first answer is given up for the second: both show, by ${how}`,
    '/',
    async (boxes, page) => {
      boxes.how = how
      const open = await tickHeld(boxes, page)
      await tick(page, 'b')
      await shows(page, 'a open, b done')
      open()
      await shows(page, 'a done, b done')
    },
  )

  inEach(
    `a form is left for a link, and saved after the next page came: that shows it, by ${how}`,
    '/',
    async (boxes, page) => {
      boxes.how = how
      const open = await tickHeld(boxes, page)
      await page.getByRole('link', { name: 'Forms' }).click()
      await page.locator('h1', { hasText: 'Forms' }).waitFor()
      await page.goBack()
      await live(page)
      open()
      await shows(page, 'a done, b open')
    },
  )
}

inEach("a form whose answer is given up for somebody else's refresh is shown", '/', async (boxes, page) => {
  boxes.how = 'exclude'
  const open = await tickHeld(boxes, page)
  boxes.ticked.b = true
  await boxes.cable.broadcastRefreshTo('boxes')
  await shows(page, 'a open, b done')
  open()
  await shows(page, 'a done, b done')
})

inEach('what a form was answered with in another page is there when one comes back', '/', async (boxes, page) => {
  boxes.how = 'exclude'
  await page.getByRole('link', { name: 'Forms' }).click()
  await page.locator('h1', { hasText: 'Forms' }).waitFor()
  await tick(page, 'a')
  await shows(page, 'done', 'said')
  await page.goBack()
  await shows(page, 'a done, b open')
})

inEach('a frame that was loading while the page refreshed itself is as new as the page', '/', async (boxes, page) => {
  const { opened, open } = gate()
  boxes.before.set('GET /frame', opened)
  const asked = boxes.asked('GET /frame')
  await page.goto('/framed')
  await live(page)
  await asked
  boxes.ticked.a = true
  await boxes.cable.broadcastRefreshTo('boxes')
  await shows(page, 'a done, b open')
  boxes.before.clear()
  open()
  await shows(page, 'a done, b open', 'framed')
})

inEach(
  'however many answers are given up, the page says who it is within what the server reads',
  '/',
  async (boxes, page) => {
    const open = await tickHeld(boxes, page)
    const id = () => page.evaluate(async () => (await import('turbo-cable/client' as string)).connectionId as string)
    const first = await id()
    for (let nth = 0; nth < 100; nth++) {
      await page.evaluate(() => {
        const form = document.querySelector('form') as HTMLFormElement
        const formSubmission = { isSafe: false, formElement: form }
        form.dispatchEvent(new CustomEvent('turbo:submit-end', { bubbles: true, detail: { formSubmission } }))
      })
    }
    const last = await id()
    assert.notEqual(last, first)
    assert.ok(last.length <= 128, last)
    open()
  },
)

inEach('a form that changes nothing may be given up for nothing', '/', async (boxes, page) => {
  const { opened, open } = gate()
  boxes.before.set('GET /search', opened)
  const asked = boxes.asked('GET /search')
  await page.getByRole('button', { name: 'Search' }).click()
  await asked
  await page.getByRole('link', { name: 'Forms' }).click()
  await page.locator('h1', { hasText: 'Forms' }).waitFor()
  open()
  await page.goBack()
  await live(page)
  assert.equal(boxes.upgrades, 1)
})
