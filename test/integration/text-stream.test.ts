// A text that grows, in real pages of a real server: whoever comes, whenever, has all of it once and in order.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import express from 'express'
import { turboCable } from '../../src/index.ts'
import { readText } from '../../src/turbo/text.ts'
import { TestClient } from '../support/client.ts'
import { Program } from '../support/program.ts'
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
