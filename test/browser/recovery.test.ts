// In a real browser: whatever happens between the server and the page, the page ends up showing what the server has.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Cable } from '../../src/index.ts'
import { launchBrowser } from '../support/browser.ts'
import type { ListApp, ListAppOptions } from './list-app.ts'
import { shows, withList } from './list-page.ts'
import { live } from './showcase.ts'

let browser: Browser

before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

const withApp = (run: (app: ListApp, page: Page) => Promise<void>, options?: ListAppOptions) =>
  withList(browser, run, options)

/** Writes down the cable's events of the page. */
async function watch(page: Page, { prevent = false } = {}): Promise<() => Promise<string[]>> {
  await page.evaluate((prevent) => {
    const seen: string[] = []
    Object.assign(window, { seen })
    for (const type of ['connected', 'disconnected', 'rejected', 'gap']) {
      document.addEventListener(`turbo-cable:${type}`, (event) => {
        seen.push(type)
        if (prevent) event.preventDefault()
      })
    }
  }, prevent)
  return () => page.evaluate(() => Reflect.get(window, 'seen'))
}

const happened = (page: Page, type: string) =>
  page.waitForFunction((type) => Reflect.get(window, 'seen').includes(type), type)

test('a broadcast between the rendering of a page and its subscription shows', () =>
  withApp(async (app, page) => {
    app.items.push('before')
    app.duringRequest = () => app.add('while it rendered')
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    await page.route('**/cable/start.js', async (route) => {
      await held
      await route.continue()
    })
    await page.goto('/', { waitUntil: 'commit' })
    await page.locator('#items').waitFor()
    await app.add('while it loaded')
    assert.equal(app.cable.stats().connections, 0)
    release()
    await live(page)
    await app.add('after')
    await shows(page, ['before', 'while it rendered', 'while it loaded', 'after'])
  }))

test('a page that was offline catches up when it is online again, without a refresh', () =>
  withApp(async (app, page) => {
    await page.goto('/')
    await live(page)
    await watch(page)
    await app.add('one')
    await page.context().setOffline(true)
    app.cut()
    await happened(page, 'disconnected')
    await app.add('two')
    await app.add('three')
    await page.context().setOffline(false)
    await shows(page, ['one', 'two', 'three'])
    assert.equal(app.requests, 1)
    await app.add('four')
    await shows(page, ['one', 'two', 'three', 'four'])
  }))

test('after a restart of the server a page announces its gap and refreshes itself where it stands', () =>
  withApp(async (app, page) => {
    await page.goto('/')
    await live(page)
    const seen = await watch(page)
    await app.add('one')
    await shows(page, ['one'])
    await page.evaluate(() => scrollTo(0, 1_234))
    // The list grows above what is in view: that has to stay where it is.
    const inView = () =>
      page.evaluate(() => document.querySelector('body > div:last-child')?.getBoundingClientRect().top)
    const before = await inView()
    const body = await page.evaluateHandle(() => document.body)
    await app.kill()
    app.items.push('while it was down')
    await app.start()
    await shows(page, ['one', 'while it was down'])
    await live(page)
    assert.deepEqual(
      (await seen()).filter((type) => type === 'gap'),
      ['gap'],
    )
    assert.equal(await inView(), before)
    assert.equal(await page.evaluate((was) => was === document.body, body), true, 'a morph, not another page')
    assert.equal(app.requests, 2)
    await app.add('after')
    await shows(page, ['one', 'while it was down', 'after'])
  }))

test('a page whose address looks like that of a file refreshes itself where it stands too', () =>
  withApp(async (app, page) => {
    await page.goto('/list.csv')
    await live(page)
    const body = await page.evaluateHandle(() => document.body)
    await app.kill()
    app.items.push('while it was down')
    await app.start()
    await shows(page, ['while it was down'])
    assert.equal(await page.evaluate((was) => was === document.body, body), true, 'a morph, not another page')
    assert.equal(app.requests, 2)
  }))

test('an app may hold the request of such a refresh back, as those of Turbo, until it has what it adds', () =>
  withApp(async (app, page) => {
    await page.goto('/')
    await live(page)
    await page.evaluate(() => {
      addEventListener('turbo:before-fetch-request', (event) => {
        const { detail } = event as CustomEvent<{ fetchOptions: RequestInit; resume: () => void }>
        event.preventDefault()
        setTimeout(() => {
          Object.assign(detail.fetchOptions.headers as object, { 'X-Token': 'mine' })
          detail.resume()
        }, 50)
      })
    })
    const asked = page.waitForRequest((request) => request.url() === `${app.origin}/`)
    await app.kill()
    app.items.push('while it was down')
    await app.start()
    assert.equal((await asked).headers()['x-token'], 'mine')
    await shows(page, ['while it was down'])
  }))

test('a page that prevents the default of turbo-cable:gap is not refreshed', () =>
  withApp(async (app, page) => {
    await page.goto('/')
    await live(page)
    await watch(page, { prevent: true })
    await app.kill()
    app.items.push('while it was down')
    await app.start()
    await happened(page, 'gap')
    await live(page)
    await app.add('after')
    await shows(page, ['after'])
    assert.equal(app.requests, 1)
  }))

test('going back to a cached page resumes from what it shows: nothing twice, nothing missing', () =>
  withApp(async (app, page) => {
    await page.goto('/')
    await live(page)
    const shown: string[] = []
    const add = async (item: string) => {
      shown.push(item)
      await app.add(item)
    }
    for (let round = 0; round < 3; round++) {
      await add(`${round} before`)
      await shows(page, shown)
      await page.getByRole('link', { name: 'Other' }).click()
      await page.getByRole('heading', { name: 'Other' }).waitFor()
      await add(`${round} away`)
      await page.evaluate(() => history.back())
      await add(`${round} on the way back`)
      await page.getByRole('heading', { name: 'List' }).waitFor()
      await live(page)
      await add(`${round} back`)
      await shows(page, shown)
    }
    assert.equal(app.requests, 1, 'it came from the cache')
  }))

test('a page that goes away while broadcasts arrive keeps exactly those in its snapshot that it shows', () =>
  withApp(async (app, page) => {
    await page.goto('/')
    await live(page)
    const clicked = page.getByRole('link', { name: 'Other' }).click()
    const names = Array.from({ length: 30 }, (_, n) => `${n}`)
    for (const name of names) await app.add(name)
    await clicked
    await page.getByRole('heading', { name: 'Other' }).waitFor()
    await page.evaluate(() => history.back())
    await page.getByRole('heading', { name: 'List' }).waitFor()
    await shows(page, names)
  }))

const secret = 'a secret for tests'

test('a page whose token has expired refreshes itself once, and goes on with the new token', () => {
  // Long enough to be live before it is over, on a busy machine too.
  let expiresIn = 5_000
  const marker = (cable: Cable) => {
    const html = cable.turboStreamFrom(cable.signedStream('list', { expiresIn }))
    expiresIn = 3_600_000
    return html
  }
  return withApp(
    async (app, page) => {
      await page.goto('/')
      await live(page)
      const seen = await watch(page)
      const token = await page.getAttribute('[data-streams]', 'data-streams')
      await happened(page, 'rejected')
      app.items.push('while it had no right')
      await page.waitForFunction(
        (was) => document.querySelector('[data-streams]')?.getAttribute('data-streams') !== was,
        token,
      )
      await live(page)
      await app.add('after')
      await shows(page, ['while it had no right', 'after'])
      assert.equal(app.requests, 2)
      assert.equal((await seen()).filter((type) => type === 'gap').length, 1)
    },
    { secret, marker },
  )
})

test('a page that only ever gets the same expired token does not go on refreshing itself', () => {
  let token: string | undefined
  const marker = (cable: Cable) => {
    token ??= String(cable.signedStream('list', { expiresIn: 1 }))
    return cable.turboStreamFrom('others').replace(/data-streams="([^"]+)"/, `data-streams="$1,${token}"`)
  }
  return withApp(
    async (app, page) => {
      await page.goto('/')
      while (app.requests < 2) await new Promise(setImmediate)
      await page.waitForFunction(() => !document.documentElement.hasAttribute('aria-busy'))
      const seen = await watch(page)
      app.cut()
      await happened(page, 'rejected')
      await app.cable.broadcastUpdateTo('others', { target: 'items', html: '<li>news</li>' })
      await shows(page, ['news'])
      assert.equal(app.requests, 2)
      assert.deepEqual(
        (await seen()).filter((type) => type === 'gap'),
        [],
      )
    },
    { secret, marker },
  )
})
