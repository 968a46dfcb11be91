// Every part of a page has an age: whatever is rendered from a response is as old as its request, and what came since is
// applied to it again. In the current version of Turbo and in the first that morphs.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { AgeApp, shown, wanted } from './age-app.ts'
import { live } from './showcase.ts'

const versions = { '8.0.0': 'turbo800', current: '@hotwired/turbo' }
const KEY = 'test'
let browser: Browser

before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

/** A promise that is settled by hand. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** Waits until the page shows what the server has. */
async function agrees(page: Page, app: AgeApp): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.a'))
  for (const end = Date.now() + 20_000; ; ) {
    const now = await page.evaluate(shown)
    const truth = wanted(app.state(KEY), Object.keys(now))
    if (JSON.stringify(now) === JSON.stringify(truth)) return
    if (Date.now() > end) assert.deepEqual(now, truth)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
}

const visit = (page: Page, to: string) =>
  page.evaluate(
    (path) =>
      new Promise((resolve) => {
        addEventListener('turbo:load', resolve, { once: true })
        Reflect.get(window, 'Turbo').visit(path)
      }),
    `/p/${KEY}/${to}`,
  )

for (const [version, name] of Object.entries(versions)) {
  const within = (title: string, run: (app: AgeApp, page: Page) => Promise<void>, first = '3') =>
    test(`Turbo ${version}: ${title}`, async () => {
      const file = new URL(`../../node_modules/${name}/dist/turbo.es2017-esm.js`, import.meta.url)
      const app = await new AgeApp(await readFile(file, 'utf8')).start()
      const context = await browser.newContext({ baseURL: app.origin })
      await context.addInitScript('globalThis.__name = (named) => named')
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      try {
        await page.goto(`/p/${KEY}/${first}`)
        await live(page)
        await run(app, page)
      } finally {
        await context.close()
        await app.kill()
      }
    })

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
    const before = app.cable.stats().subscriptions
    for (let n = 0; n < 100; n++) {
      await visit(page, '4')
      await visit(page, '3')
    }
    await live(page)
    await app.change(KEY, 'a')
    await agrees(page, app)
    while (app.cable.stats().subscriptions > before) await page.evaluate(() => new Promise(requestAnimationFrame))
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

  within('what a person has changed outlives the refresh after a gap', async (app, page) => {
    await page.fill('[name=text]', 'half a sen')
    await page.fill('[name=more]', 'more')
    await page.click('summary')
    await page.focus('[name=text]')
    await page.evaluate(() => document.querySelector<HTMLInputElement>('[name=text]')?.setSelectionRange(2, 4))
    await app.kill()
    app.state(KEY).a = 7
    app.state(KEY).p = 3
    await app.start()
    await agrees(page, app)
    assert.deepEqual(
      await page.evaluate(() => {
        const text = document.querySelector<HTMLInputElement>('[name=text]')
        const more = document.querySelector<HTMLTextAreaElement>('[name=more]')
        const open = document.querySelector('details')?.open
        return [text?.value, text?.selectionStart, text === document.activeElement, more?.value, open]
      }),
      ['half a sen', 2, true, 'more', true],
    )
  })

  within(
    'any morph keeps what a person has changed where the body asks for it, and tells what it cannot keep',
    async (app, page) => {
      await page.fill('[name=text]', 'half a sen')
      await page.evaluate(() => {
        // A field that no new page has.
        document.querySelector('form')?.insertAdjacentHTML('beforeend', '<input id="gone">')
        const lost: string[] = []
        Object.assign(window, { lost })
        addEventListener('turbo-cable:discard', ({ target }) => void lost.push((target as Element).id))
      })
      await page.fill('#gone', 'gone')
      app.state(KEY).a = 7
      await page.evaluate(() => Reflect.get(window, 'Turbo').visit(location.href, { action: 'replace' }))
      await page.waitForFunction(() => !document.querySelector('#gone'))
      await agrees(page, app)
      assert.equal(await page.inputValue('[name=text]'), 'half a sen')
      assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'lost')), ['gone'])
    },
    '2',
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
}
