// What leaves the document and comes back, what Turbo carries into another page, and what is drawn or taken away by something older:
// each hears what it lacks.

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

const within = (title: string, run: (app: AgeApp, page: Page) => Promise<void>) => inEach(() => browser, title, run)

within('what a subtree missed comes to it, also when news comes first', async (app, page) => {
  const frames: string[] = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(String(payload))))
  await page.reload()
  await live(page)
  // A token of its own: another one than the page's.
  await app.change(KEY, 'board')
  await agrees(page, app)
  await page.evaluate(() => {
    const board = document.querySelector('#board') as Element
    const { parentNode, nextSibling } = board
    board.remove()
    Object.assign(window, { putBack: () => parentNode?.insertBefore(board, nextSibling) })
  })
  await subscriptions(app, 2)
  await app.change(KEY, 'board')
  await app.change(KEY, 'a')
  await page.waitForFunction(() => document.querySelector('.a')?.textContent === '1')
  const { opened, open } = gate()
  const asked = gate()
  app.authorized = async () => {
    asked.open()
    await opened
  }
  await page.evaluate(() => Reflect.get(window, 'putBack')())
  await asked.opened
  await app.change(KEY, 'a')
  while (!frames.some((frame) => frame.includes('<template>2<'))) await page.evaluate(() => 0)
  open()
  await agrees(page, app)
})

within('what is permanent hears of the page that it comes into, also without a marker', async (app, page) => {
  await page.evaluate(() => {
    const keep = document.querySelector('#keep')
    if (keep) keep.innerHTML = '<b class="a">0</b>'
  })
  for (const to of ['3', '2', '3']) {
    await visit(page, to)
    await app.change(KEY, 'a')
    await agrees(page, app)
  }
})

within('what goes by an older answer, and was brought meanwhile, comes back', async (app, page) => {
  const read = gate()
  const { opened, open } = gate()
  app.instead = (request, response) => {
    if (request.method !== 'POST') return false
    read.open()
    const answer = '<turbo-stream action="remove" target="i0"></turbo-stream>'
    opened.then(() => response.type('text/vnd.turbo-stream.html').send(answer))
    return true
  }
  await page.evaluate(() => document.querySelector<HTMLFormElement>('#form')?.requestSubmit())
  await read.opened
  await app.change(KEY, 'add')
  await page.waitForSelector('#i0')
  await page.evaluate(() => document.querySelector('#i0')?.setAttribute('data-old', ''))
  open()
  await page.waitForFunction(() => !document.querySelector('[data-old]'))
  await agrees(page, app)
})

within(
  'what is drawn again for an older part in it has everything that came after drawn again too',
  async (app, page) => {
    await page.evaluate(() => {
      const board = document.querySelector('#board') as Element
      board.insertAdjacentHTML('beforebegin', '<div id="around"></div>')
      board.remove()
      Object.assign(window, { putBack: () => document.querySelector('#around')?.append(board) })
    })
    const html = '<div id="around"><b class="a">0</b></div>'
    await app.cable.broadcastReplaceTo(`a:${KEY}`, { target: 'around', html })
    await app.change(KEY, 'a')
    await page.waitForFunction(() => document.querySelector('#around .a')?.textContent === '1')
    await page.evaluate(() => Reflect.get(window, 'putBack')())
    await page.waitForFunction(() => !document.querySelector('#board'))
    await agrees(page, app)
  },
)

within('what is permanent goes on in the next page', async (app, page) => {
  for (const to of ['5', '3', '2']) {
    await visit(page, to)
    await app.change(KEY, 'p')
    await agrees(page, app)
  }
})

// When `src` changes while an answer is being rendered, Turbo takes the second request for done with the first, and does not end it
// when the page is left: then it says on <html> what becomes of a frame that is nowhere.
within('a frame that is rendered after its page has gone says nothing of the next page', async (app, page) => {
  await visit(page, '2')
  await page.waitForSelector('turbo-frame[complete]')
  const late = gate()
  app.early = async ({ url }) => url.includes('late') && late.opened
  const rendered = page.evaluate(
    () => new Promise((resolve) => addEventListener('turbo:frame-load', resolve, { once: true })),
  )
  await page.evaluate((key) => {
    const frame = document.querySelector('turbo-frame') as Element
    frame.addEventListener('turbo:before-frame-render', () => frame.setAttribute('src', `/f/${key}?late=1`), {
      once: true,
    })
    frame.setAttribute('src', `/f/${key}`)
  }, KEY)
  await rendered
  await visit(page, '3')
  const { opened, open } = gate()
  app.authorized = () => opened
  app.cut()
  await app.change(KEY, 'p')
  const lost = page.evaluate(
    () =>
      new Promise((resolve) =>
        addEventListener('turbo:before-frame-render', ({ target }) => resolve(target === document.documentElement), {
          once: true,
        }),
      ),
  )
  late.open()
  assert.equal(await lost, true)
  open()
  await live(page)
  await agrees(page, app)
})

/** Waits until the server has so many subscriptions. */
async function subscriptions({ cable }: AgeApp, count: number): Promise<void> {
  while (cable.stats().subscriptions !== count) await new Promise((resolve) => setTimeout(resolve, 10))
}
