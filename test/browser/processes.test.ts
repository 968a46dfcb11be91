// Two Showcase processes with a Redis, behind one address: one site. One of them is killed under its pages.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { Balancer } from '../support/balanced.ts'
import { launchBrowser } from '../support/browser.ts'
import { Program } from '../support/program.ts'
import { type Redis, startRedis } from '../support/redis.ts'
import { root, runNode } from '../support/run.ts'
import { badgeSays, live, shows } from './showcase.ts'

const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-processes-'))
const script = (name: string) => join(root, 'example-app', name)
let redis: Redis
let browser: Browser
let balancer: Balancer
const processes: { program: Program; port: number }[] = []

const environment = (port: number) => ({
  ...process.env,
  PORT: String(port),
  SHOWCASE_DB: join(folder, 'showcase.sqlite3'),
  REDIS_URL: redis.url,
})

async function start(port = 0): Promise<{ program: Program; port: number }> {
  const program = new Program(process.execPath, [script('server.mjs')], { env: environment(port) })
  const [, taken] = await program.matching(/^ {2}Showcase is on http:\/\/localhost:(\d+)$/)
  return { program, port: Number(taken) }
}

before(async () => {
  redis = await startRedis()
  processes.push(await start(), await start())
  balancer = await Balancer.over(processes.map(({ port }) => port))
  browser = await launchBrowser()
})
after(async () => {
  await browser.close()
  await balancer.close()
  for (const { program } of processes) await program.end()
  await redis.stop()
  rmSync(folder, { recursive: true })
})

/** A page that counts how often it had a gap, and that is lost if it is ever loaded anew. */
async function visit(path: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`http://localhost:${balancer.port}${path}`)
  await live(page)
  await page.evaluate(() => {
    Object.assign(window, { gaps: 0 })
    document.addEventListener('turbo-cable:gap', () => {
      ;(window as unknown as { gaps: number }).gaps++
    })
  })
  return page
}

const gaps = (page: Page) => page.evaluate(() => (window as unknown as { gaps?: number }).gaps)
const press = async (port: number) => {
  const pressed = await fetch(`http://localhost:${port}/counter`, { method: 'POST', redirect: 'manual' })
  assert.equal(pressed.status, 303)
}

test('two processes are one site, and the pages of one that is killed miss nothing', async () => {
  const pages = [await visit('/'), await visit('/'), await visit('/'), await visit('/')]
  const [one, other] = processes as [(typeof processes)[0], (typeof processes)[0]]

  // Both count, at the same time.
  await Promise.all(Array.from({ length: 20 }, (_, n) => press((n % 2 ? one : other).port)))
  for (const page of pages) await shows(page, '#count', '20')

  const { output } = await runNode(script('bin/increment.mjs'), [], { env: environment(one.port) })
  assert.match(output, /The counter is 21 now/)
  for (const page of pages) await shows(page, '#count', '21')

  await one.program.end('SIGKILL')
  for (let n = 0; n < 5; n++) await press(other.port)
  for (const page of pages) await shows(page, '#count', '26')
  for (const page of pages) await badgeSays(page, 'connected')

  // Another takes its place, and knows where the counter stands.
  processes[0] = await start(one.port)
  await press(one.port)
  for (const page of pages) await shows(page, '#count', '27')
  for (const page of pages) assert.equal(await gaps(page), 0, 'it had no gap, and was not loaded anew')
  for (const page of pages) await page.context().close()
})

test('scores that one process is told of are on the pages of both', async () => {
  const pages = [await visit('/scores'), await visit('/scores'), await visit('/scores')]
  for (const [n, { port }] of processes.entries()) {
    const body = new URLSearchParams({ couple: `Couple ${n}`, points: '90' })
    assert.equal(
      (await fetch(`http://localhost:${port}/scores`, { method: 'POST', body, redirect: 'manual' })).status,
      303,
    )
  }
  for (const page of pages) {
    for (const n of processes.keys()) await page.locator('th', { hasText: `Couple ${n}` }).waitFor()
    await page.context().close()
  }
})
