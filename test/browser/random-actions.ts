// What can happen to a page, as functions of a random number generator.

import type { CDPSession, Page } from 'playwright-core'
import type { AgeApp } from './age-app.ts'

/** One page under test and what is known of it. */
export interface Run {
  readonly app: AgeApp
  readonly page: Page
  readonly cdp: CDPSession
  readonly key: string
  readonly random: () => number
  restarts: number
  visits: number
}

const KINDS = ['a', 'a', 'p', 'f', 'board', 'add', 'add', 'remove'] as const

/** From one seed always the same numbers in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const pick = <Item>(random: () => number, items: readonly Item[]) =>
  items[Math.floor(random() * items.length)] as Item

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export async function broadcasts({ app, key, random }: Run, most = 8): Promise<void> {
  for (let left = 1 + random() * most; left > 0; left--) await app.change(key, pick(random, KINDS))
}

const act = (name: string, run: (run: Run) => Promise<unknown>) => ({ name, run })

export const actions = [
  act('broadcasts', (run) => broadcasts(run)),
  act('visit', (run) => go(run, pick(run.random, ['1', '2', '3', '4']))),
  act('visit', (run) => go(run, pick(run.random, ['1', '2', '3']))),
  act('back', async (run) => {
    if (run.visits-- > 0) await run.page.evaluate(() => history.back())
  }),
  act('refresh', ({ page }) =>
    page.evaluate(() => Reflect.get(window, 'Turbo').visit(location.href, { action: 'replace' })),
  ),
  act('frame', ({ page, random }) =>
    page.evaluate(
      (bare) => {
        const frame = document.querySelector('turbo-frame')
        const { key } = document.body.dataset
        if (frame) Reflect.set(frame, 'src', `/f/${key}?${bare}&n=${performance.now()}`)
      },
      random() < 0.5 ? 'bare=1' : '',
    ),
  ),
  act('form', ({ page }) => page.evaluate(() => document.querySelector<HTMLFormElement>('#form')?.requestSubmit())),
  act('cut', async ({ app }) => app.cut()),
  act('marker', ({ page }) =>
    page.evaluate(() => {
      const marker = document.querySelector('[data-streams]')
      const { parentNode, nextSibling } = marker ?? {}
      marker?.remove()
      if (marker) parentNode?.insertBefore(marker, nextSibling ?? null)
    }),
  ),
  act('subtree', async (run) => {
    await run.page.evaluate(() => {
      const board = document.querySelector('#board')
      const { parentNode, nextSibling } = board ?? {}
      board?.remove()
      Object.assign(window, {
        putBack: () =>
          board &&
          !document.querySelector('#board') &&
          parentNode?.isConnected &&
          parentNode.insertBefore(board, nextSibling ?? null),
      })
    })
    await broadcasts(run, 3)
    await run.page.evaluate(() => Reflect.get(window, 'putBack')())
  }),
  act('freeze', async (run) => {
    await run.cdp.send('Page.setWebLifecycleState', { state: 'frozen' })
    await broadcasts(run)
    await run.cdp.send('Page.setWebLifecycleState', { state: 'active' })
  }),
  act('offline', async (run) => {
    await run.page.context().setOffline(true)
    run.app.cut()
    await broadcasts(run, 20)
    await run.page.context().setOffline(false)
  }),
  act('restart', async (run) => {
    if (run.restarts++) return
    await run.app.kill()
    await run.app.start()
  }),
]

async function go(run: Run, to: string): Promise<void> {
  await run.page.evaluate((path) => Reflect.get(window, 'Turbo').visit(path), `/p/${run.key}/${to}`)
  run.visits++
}
