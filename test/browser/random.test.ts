// Whatever happens, in whatever order: afterwards the page shows what the server has. The same sequences each time, so that a failure
// can be looked at; `SEED=7 SEQUENCES=1000` runs others, and `FRAMES=1` shows what the sockets of a failed one have carried.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { AgeApp, shown, wanted } from './age-app.ts'
import { actions, broadcasts, generator, pause, pick, type Run } from './random-actions.ts'

const SEED = Number(process.env.SEED ?? 1_650)
const SEQUENCES = Number(process.env.SEQUENCES ?? 200)
const WORKERS = Number(process.env.WORKERS ?? 6)
/** Sequences of one test. */
const BLOCK = 50
// A page that has lost something twice waits ten seconds before it asks anew.
const PATIENCE = 30_000

let browser: Browser
let workers: { app: AgeApp; tab: Tab }[]
before(async () => {
  browser = await launchBrowser()
  const work = async () => {
    const app = await new AgeApp().start()
    return { app, tab: await open(app) }
  }
  workers = await Promise.all(Array.from({ length: WORKERS }, work))
})
after(async () => {
  await browser.close()
  for (const { app } of workers) await app.kill()
})

for (let seed = SEED; seed < SEED + SEQUENCES; seed += BLOCK) {
  const end = Math.min(seed + BLOCK, SEED + SEQUENCES)
  test(`the random sequences ${seed} to ${end - 1} end with pages that show what the server has`, () =>
    runAll(seed, end))
}

async function runAll(begin: number, end: number): Promise<void> {
  let next = begin
  const failures: string[] = []
  const work = async (worker: { app: AgeApp; tab: Tab }) => {
    while (next < end && failures.length < 5) {
      const failure = await sequence(worker.app, worker.tab, next++)
      if (!failure) continue
      failures.push(failure)
      if (process.env.SEQUENCES) console.log(failure)
      await within(10_000, worker.tab.context.close()).catch(() => {})
      worker.tab = await open(worker.app)
    }
  }
  await Promise.all(workers.map(work))
  assert.deepEqual(failures, [])
}

interface Tab {
  readonly context: BrowserContext
  readonly page: Page
  readonly cdp: CDPSession
  /** What has happened in the sequence under way. */
  log: string[]
  /** What its sockets have carried. */
  frames: string[]
}

/** A tab for many sequences, one after the other: a process of the browser for each would take longer than the sequence. */
async function open(app: AgeApp): Promise<Tab> {
  const context = await browser.newContext({ baseURL: app.origin })
  // The loader of these files names functions by a helper that a page does not have.
  await context.addInitScript('globalThis.__name = (named) => named')
  const page = await context.newPage()
  const tab: Tab = { context, page, cdp: await context.newCDPSession(page), log: [], frames: [] }
  page.on('websocket', (socket) => {
    const note = (direction: string) => (frame: { payload: string | Buffer }) =>
      tab.frames.push(`${direction} ${String(frame.payload).replace(/"[^"]+--"?/g, '')}`.slice(0, 220))
    tab.frames.push('open')
    socket.on('framesent', note('>'))
    socket.on('framereceived', note('<'))
    socket.on('close', () => tab.frames.push('closed'))
  })
  // Turbo rejects when a fetch fails or is aborted, and where it has begun to render two answers of a frame: the first to be done takes
  // the other's renderer away (`delete this.renderer` in its View), after that has drawn.
  const itsOwn = /Failed to fetch|AbortError|reading 'renderMethod'/
  page.on('pageerror', (error) => itsOwn.test(String(error)) || tab.log.push(`! ${error}`))
  return tab
}

async function sequence(app: AgeApp, tab: Tab, seed: number): Promise<string | undefined> {
  const random = generator(seed)
  const key = String(seed)
  const { context, page, cdp } = tab
  const log: string[] = []
  Object.assign(tab, { log, frames: [] })
  const run: Run = { app, page, cdp, key, random, restarts: 0, visits: 0 }
  try {
    await page.goto(`/p/${key}/${pick(random, ['1', '2', '3'])}`)
    // So that no sequence goes back into the one before.
    await cdp.send('Page.resetNavigationHistory')
    app.early = () => pause(random() < 0.5 ? 0 : random() * 20)
    // While an answer is on its way the world goes on.
    app.held = async () => {
      const wait = random() < 0.4 ? 0 : random() * 60
      if (wait) await pause(wait / 2)
      if (random() < 0.5) await broadcasts(run, 3)
      if (wait) await pause(wait / 2)
    }
    for (let left = 4 + random() * 8; left > 0; left--) {
      const action = pick(random, actions)
      log.push(action.name)
      // A page that is on its way elsewhere has nothing to act on.
      await within(10_000, action.run(run)).catch((error) => log.push(`(${String(error).split('\n', 1)[0]})`))
      if (random() < 0.6) await pause(random() * 60)
    }
    app.early = app.held = async () => {}
    await within(5_000, cdp.send('Page.setWebLifecycleState', { state: 'active' })).catch(() => {})
    await within(5_000, context.setOffline(false))
    // A visit that the network ended leaves the browser's own page, or one without its scripts.
    const alive = await page.waitForFunction(() => 'Turbo' in window, undefined, { timeout: 3_000 }).catch(() => false)
    if (!alive) await page.goto(`/p/${key}/1`)
    // As a browser says when the network is back: a page need not wait for its turn to connect then.
    await page.evaluate(() => void dispatchEvent(new Event('online'))).catch(() => {})
    await settled(run)
    if (log.some((line) => line.startsWith('!'))) return `${seed}: ${log.join(' · ')}`
  } catch (error) {
    const inPage = () =>
      [...document.querySelectorAll('[data-streams]')].map(
        (each) => `${each.getAttribute('data-cursor')} ${each.hasAttribute('connected')}`,
      )
    const cursors = await within(3_000, page.evaluate(inPage)).catch(String)
    const frames = process.env.FRAMES ? ['', ...tab.frames.slice(-80)].join('\n  ') : ''
    return `${seed}: ${error}\n  ${log.join(' · ')}\n  state ${JSON.stringify(app.state(key))} ${cursors}${frames}`
  } finally {
    app.early = app.held = async () => {}
  }
  return undefined
}

/** Rejects when `work` takes longer than so many milliseconds. */
async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** Waits until the page shows the state, when nothing is on its way any more. */
async function settled({ app, page, key }: Run): Promise<void> {
  const end = Date.now() + PATIENCE
  // A frame whose src changes while an answer is being rendered is complete with that one and busy with the next. If the page is
  // left then, Turbo (also without this client) keeps it so in its cache: back there it loads nothing, and is busy for ever. Nothing in
  // it is stale. Nor does one load in a preview that a form has left standing. Both may also be about to, and so are looked at for longer.
  const look = `(() => {
    const frame = document.querySelector('turbo-frame[aria-busy]')
    const stuck = frame?.hasAttribute('complete') || document.documentElement.hasAttribute('data-turbo-preview')
    return { values: (${shown})(), busy: frame ? (stuck ? 'maybe' : 'yes') : 'no' }
  })()`
  let busy = 'no'
  for (let equal = 0; equal < (busy === 'maybe' ? 50 : 3); ) {
    await pause(30)
    const seen = await within(3_000, page.evaluate<{ values: Record<string, string>; busy: string }>(look)).catch(
      (error) => ({ values: { error: String(error).slice(0, 200) }, busy }),
    )
    busy = seen.busy
    const same = isDeepStrictEqual(seen.values, wanted(app.state(key), Object.keys(seen.values)))
    equal = same && app.under === 0 && busy !== 'yes' ? equal + 1 : 0
    if (Date.now() > end) throw new Error(`shows ${JSON.stringify(seen)}, ${app.under} answers under way`)
  }
  while (app.cable.stats().subscriptions > 12) {
    if (Date.now() > end) throw new Error(`${app.cable.stats().subscriptions} subscriptions`)
    await pause(30)
  }
}
