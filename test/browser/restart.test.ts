// The server is killed under an open page, and comes back on the same port: so does the page, by itself.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { listen, shut } from '../support/http-server.ts'
import { Program } from '../support/program.ts'
import { root, runNode } from '../support/run.ts'
import { badgeSays, live, shows } from './showcase.ts'

const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-restart-'))
const database = join(folder, 'showcase.sqlite3')
let browser: Browser
let server: Program | undefined

before(async () => {
  browser = await launchBrowser()
})

after(async () => {
  await browser.close()
  await server?.end()
  rmSync(folder, { recursive: true })
})

const environment = (port: number) => ({
  ...process.env,
  PORT: String(port),
  SHOWCASE_DB: database,
  SHOWCASE_PACE: '20',
})
const script = (name: string) => join(root, 'example-app', name)

/** Starts the Showcase as `npm run demo` does; resolves to its port once it listens. */
async function start(port = 0): Promise<number> {
  server = new Program(process.execPath, [script('server.mjs')], { env: environment(port) })
  const [, taken] = await server.matching(/^ {2}Showcase is on http:\/\/localhost:(\d+)$/)
  return Number(taken)
}

test('a page survives the death of its server: offline, back by itself, up to date, live again', async () => {
  const port = await start()
  const page = await browser.newPage()
  await page.goto(`http://localhost:${port}/`)
  await live(page)
  await badgeSays(page, 'connected')
  await shows(page, '#count', '0')

  await server?.end()
  await badgeSays(page, 'offline')
  await shows(page, '#connection', 'Offline: what you press now is not sent')
  // The world goes on: this broadcast reaches nobody.
  const missed = await runNode(script('bin/increment.mjs'), [], { env: environment(port) })
  assert.equal(missed.code, 0, missed.output)

  await start(port)
  await badgeSays(page, 'connected')
  await shows(page, '#count', '1')

  const sent = await fetch(`http://localhost:${port}/counter`, { method: 'POST', redirect: 'manual' })
  assert.equal(sent.status, 303)
  await shows(page, '#count', '2')
  await page.close()
  assert.equal(await server?.end('SIGTERM'), 0, 'it stops cleanly')
})

test('a taken port is named plainly', async () => {
  const taken = createServer()
  const port = await listen(taken, { host: '' })
  const { code, output } = await runNode(script('server.mjs'), [], { env: environment(port) })
  await shut(taken)
  assert.equal(code, 1)
  assert.match(output, new RegExp(`^Port ${port} is taken\\. Choose another: PORT=${port + 1} npm run demo$`, 'm'))
  assert.doesNotMatch(output, /at .*:\d+:\d+/)
})
