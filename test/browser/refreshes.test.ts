// A refresh that does not come about: Turbo begins none while a visit is on its way, and a visit ends one before it. The page must
// have what the refresh was for all the same, also when it comes out of Turbo's cache.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { broadcastRefreshTo, type Cable, turboCable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import { listen, portOf, shut } from '../support/http-server.ts'
import { live } from './showcase.ts'

let browser: Browser
before(async () => {
  browser = await launchBrowser()
})
after(() => browser?.close())

/** The state of the server, and what it does with its next requests. */
class State {
  count = 0
  status = 200
  requests = 0
  /** Requests that are not answered before `open`. */
  readonly held: (() => void)[] = []
  #asked: (() => void)[] = []
  holding: string | undefined
  background: (() => Promise<unknown>) | undefined

  async answerable(path: string): Promise<void> {
    this.requests++
    if (this.holding !== path) return
    this.holding = undefined
    await new Promise<void>((resolve) => {
      this.held.push(resolve)
      for (const each of this.#asked.splice(0)) each()
    })
  }

  /** Resolves when a request for the path is held. */
  hold(path: string): Promise<void> {
    this.holding = path
    return new Promise((resolve) => this.#asked.push(resolve))
  }

  release(): void {
    for (const open of this.held.splice(0)) open()
  }
}

async function withPage(run: (state: State, page: Page, cable: Cable) => Promise<void>): Promise<void> {
  const state = new State()
  const cable = turboCable()
  const app = express()
  app.use(cable)
  app.get('/', async (_request, response) => {
    const { count, status } = state
    state.status = 200
    await state.answerable('/')
    const { turboCableTags, turboStreamFrom } = response.locals
    response.status(status).send(`<!doctype html><head>${turboCableTags()}</head><body data-controller="turbo-streams">
      ${status === 200 ? `${turboStreamFrom('count')}<p>count ${count}</p>` : '<p>Error</p>'}
      <a href="/other">Other</a> <a href="/nothing">Nothing</a><form method="post"><button>Begin</button></form></body>`)
  })
  app.get('/other', async (_request, response) => {
    await state.answerable('/other')
    response.send(`<!doctype html><head>${response.locals.turboCableTags()}</head><body><h1>Other</h1></body>`)
  })
  app.get('/nothing', async (_request, response) => {
    await state.answerable('/nothing')
    response.status(204).end()
  })
  app.post('/', (_request, response) => {
    response.redirect(303, '/')
    response.once('close', () => void state.background?.())
  })
  const server = createServer(app)
  await listen(server, { host: 'localhost' })
  const page = await browser.newPage({ baseURL: `http://localhost:${portOf(server)}` })
  page.setDefaultTimeout(30_000)
  try {
    await page.goto('/')
    await live(page)
    await run(state, page, cable)
  } finally {
    state.release()
    await page.context().close()
    await cable.close({ timeout: 1_000 })
    await shut(server)
  }
}

const counts = (page: Page, count: number) => page.getByText(`count ${count}`).waitFor()

/** Changes what pages show, and lets the broadcast arrive and Turbo decide what becomes of it. */
async function change(state: State, page: Page, cable: Cable): Promise<void> {
  const decided = `new Promise((resolve) => addEventListener('turbo:before-stream-render', () => setTimeout(resolve, 400), { once: true }))`
  await page.evaluate(`void (window.decided = ${decided})`)
  state.count++
  await cable.broadcastRefreshTo('count')
  await page.evaluate('decided')
}

test('a refresh during a visit that leads nowhere comes afterwards', () =>
  withPage(async (state, page, cable) => {
    const held = state.hold('/nothing')
    await page.getByText('Nothing').click()
    await held
    await change(state, page, cable)
    state.release()
    await counts(page, 1)
    // Turbo takes that visit for one that is on its way for ever.
    await change(state, page, cable)
    await counts(page, 2)
  }))

test('a refresh during a visit is there when one comes back', () =>
  withPage(async (state, page, cable) => {
    const held = state.hold('/other')
    await page.getByText('Other').click()
    await held
    await change(state, page, cable)
    state.release()
    await page.locator('h1').waitFor()
    await page.goBack()
    await counts(page, 1)
  }))

test('so is a refresh that a visit has ended', () =>
  withPage(async (state, page, cable) => {
    const held = state.hold('/')
    await change(state, page, cable)
    await held
    await page.getByText('Other').click()
    await page.locator('h1').waitFor()
    state.release()
    await page.goBack()
    await counts(page, 1)
  }))

test('a refresh that is answered with an error of the server comes again', () =>
  withPage(async (state, page, cable) => {
    state.status = 500
    await change(state, page, cable)
    await counts(page, 1)
  }))

test('a refresh that is answered with 404 does not', () =>
  withPage(async (state, page, cable) => {
    await page.clock.install()
    state.status = 404
    state.count++
    await cable.broadcastRefreshTo('count')
    await page.clock.runFor(1_000)
    await page.getByText('Error').waitFor()
    await page.clock.runFor(60_000)
    assert.equal(state.requests, 2)
  }))

test('a page that has a way of its own to refresh is left alone', () =>
  withPage(async (state, page, cable) => {
    await page.clock.install()
    // The listener is there before anything is sent.
    await page.evaluate(() => {
      const taken = new Promise<void>((resolve) => {
        addEventListener('turbo:before-stream-render', ({ detail }: Event & { detail?: { render: () => void } }) => {
          if (detail) detail.render = resolve
        })
      })
      Object.assign(window, { taken })
    })
    state.count++
    await cable.broadcastRefreshTo('count')
    await page.evaluate(() => (window as unknown as { taken: Promise<void> }).taken)
    await page.clock.runFor(60_000)
    assert.equal(state.requests, 1)
  }))

test('what a request does after its answer refreshes the tab that has sent it', () =>
  withPage(async (state, page) => {
    let counted = () => {}
    const shown = new Promise<void>((resolve) => {
      counted = resolve
    })
    state.background = async () => {
      await shown
      state.count++
      await broadcastRefreshTo('count')
    }
    const redirected = page.waitForResponse((response) => response.request().redirectedFrom() !== null)
    await page.getByRole('button').click()
    await redirected
    counted()
    await counts(page, 1)
  }))
