// A text that grows, in real pages of a real server: whoever comes, whenever, has all of it once and in order.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import express from 'express'
import { turboCable } from '../../src/index.ts'
import { readText } from '../../src/turbo/text.ts'
import { TestClient } from '../support/client.ts'
import { engines } from '../support/engines.ts'
import { Program } from '../support/program.ts'
import { warnings } from '../support/warnings.ts'
import { listening, type Running, withCable } from '../support/with-cable.ts'

const stream = ['answer', 7]

/** A page as a browser has it: rendered from its request on, connected some time later, given what its marker asks for. */
class Page {
  shown = ''
  #run = ''
  state: string | undefined
  readonly done: Promise<void>

  constructor(origin: string, delay: () => Promise<unknown>) {
    this.done = this.#open(origin, delay)
  }

  async #open(origin: string, delay: () => Promise<unknown>): Promise<void> {
    const html = await (await fetch(`${origin}/page`)).text()
    const [, cursor = null] = /data-cursor="([^"]+)"/.exec(html) ?? []
    const [, run = '', text = ''] = /<pre><span id="([^"]+)">(.*?)<\/span>/s.exec(html) ?? []
    this.#run = run
    this.shown = text
    await delay()
    const client = await new TestClient(`${origin.replace('http', 'ws')}/cable`).opened()
    const { recovered } = await client.subscribe('answer:7', { cursor })
    assert.equal(recovered, true)
    while (this.state === undefined) this.#apply((await client.next()).data)
    client.close()
  }

  #apply(data: unknown): void {
    if (typeof data !== 'string') this.state = (data as { state: string }).state
    const message = typeof data === 'string' ? readText(data) : undefined
    if (message?.kind === 'start') [this.#run, this.shown] = [message.run, message.html]
    // An element that is not there is no target.
    if (message?.kind === 'piece' && message.run === this.#run) this.shown += message.html
  }
}

/** An app whose page shows the text. */
async function start(options: object): Promise<Running> {
  const cable = turboCable(options)
  const app = express().use(cable)
  app.get('/page', async (_request, response) => {
    const { turboStreamFrom, turboTextFrom } = response.locals
    // Reading takes a while, and the text goes on: what came meanwhile must not be in the page twice.
    await wait(Math.random() * 10)
    response.send(`${turboStreamFrom(stream)}<pre>${turboTextFrom(stream, 'answer')}</pre>`)
  })
  return listening(createServer(app), cable)
}

const count = 150
const whole = Array.from({ length: count }, (_, n) => `${n} `).join('')

async function* words() {
  for (let n = 0; n < count; n++) {
    yield `${n} `
    await wait(2)
  }
}

test('pages that come before, in the middle, late and after the end have the whole text once', () =>
  // The history holds less than a seventh of it.
  withCable(
    { history: { size: 20 } },
    async ({ cable, origin }) => {
      const pages = [new Page(origin, async () => {})]
      const text = cable.broadcastStream(stream, words(), { target: 'answer', every: 2 })
      for (let n = 0; n < 12; n++) {
        await wait(20)
        pages.push(new Page(origin, () => wait(Math.random() * 15)))
      }
      const { state, characters } = await text
      assert.deepEqual([state, characters], ['done', whole.length])
      for (const page of pages) await page.done
      assert.deepEqual(
        pages.map(({ shown }) => shown),
        pages.map(() => whole),
      )
      const after = await (await fetch(`${origin}/page`)).text()
      assert.match(after, new RegExp(`<pre><span id="text-[0-9a-f]+">${whole}</span></pre>`))
    },
    start,
  ))

test('a text that another process sends is the same to a page that comes late', () =>
  withCable(
    {},
    async ({ origin }) => {
      const first = new Page(origin, async () => {})
      const sender = new Program(process.execPath, ['--import', 'tsx', '--eval', script], {
        env: { ...process.env, TURBO_CABLE_BROADCAST_URL: `${origin}/_broadcast` },
      })
      try {
        while (!first.shown.includes('half')) await wait(1)
        const second = new Page(origin, async () => {})
        while (!second.shown) await wait(1)
        assert.equal(second.shown, 'one half, ')
        await sender.line()
        const ended = sender.end('SIGUSR2')
        await Promise.all([first.done, second.done])
        for (const { shown, state } of [first, second])
          assert.deepEqual([shown, state], ['one half, the other', 'done'])
        assert.equal(await ended, 0)
      } finally {
        await sender.end()
      }
    },
    start,
  ))

// It pauses in the middle, so that only what is said again can bring it back.
async function* halves(more: Promise<void>) {
  yield 'one half, '
  await more
  yield 'the other'
}

async function grown(origin: string): Promise<string> {
  const [, text = ''] = /<pre><span id="[^"]+">(.*?)<\/span>/s.exec(await (await fetch(`${origin}/page`)).text()) ?? []
  return text
}

async function untilGrown(origins: readonly string[], text: string): Promise<void> {
  for (const origin of origins) while ((await grown(origin)) !== text) await wait(10)
}

test('a text that grows is still there after every page was asked to fetch itself again', () =>
  withCable(
    {},
    async ({ cable, origin, broadcast }) => {
      let proceed = () => {}
      const more = new Promise<void>((resolve) => {
        proceed = resolve
      })
      const text = cable.broadcastStream(stream, halves(more), { target: 'answer' })
      await untilGrown([origin], 'one half, ')
      assert.equal((await broadcast({ refresh: 'all' })).status, 200)
      assert.equal(await grown(origin), 'one half, ')
      proceed()
      await text
      assert.equal(await grown(origin), 'one half, the other')
    },
    start,
  ))

for (const kind of engines) {
  test(`a text that grows is back at every process after ${kind.name} has lost the log`, async (t) => {
    warnings(t)
    const server = await kind.start()
    const apps = [await start({ engine: kind.engine(server.port) }), await start({ engine: kind.engine(server.port) })]
    const [sender] = apps as [Running, Running]
    const origins = apps.map(({ origin }) => origin)
    let proceed = () => {}
    const more = new Promise<void>((resolve) => {
      proceed = resolve
    })
    try {
      // Each process has begun to read.
      for (const { cable } of apps) assert.equal(await cable.broadcastJson('s', 1), true)
      const text = sender.cable.broadcastStream(stream, halves(more), { target: 'answer' })
      await untilGrown(origins, 'one half, ')
      assert.equal(await sender.cable.publisher.refreshAll?.(), true)
      // Both have noticed.
      await wait(1_500)
      await untilGrown(origins, 'one half, ')
      proceed()
      await text
      await untilGrown(origins, 'one half, the other')
    } finally {
      proceed()
      for (const { cable, server } of apps) await cable.shutdown(server)
      await server.end()
    }
  })
}

const script = `
  const { once } = require('node:events')
  const { broadcastStream } = require('./src/index.ts')
  async function* text() {
    yield 'one half, '
    const more = once(process, 'SIGUSR2')
    console.log('waiting')
    const open = setInterval(() => {}, 1000)
    await more
    clearInterval(open)
    yield 'the other'
  }
  broadcastStream(['answer', 7], text(), { target: 'answer' })
`
