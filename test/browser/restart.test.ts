// The server is killed under an open page, and comes back on the same port: so does the page, by itself.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { root, runNode } from '../support/run.ts'
import { badgeSays, live, shows } from './showcase.ts'

const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-restart-'))
const database = join(folder, 'showcase.sqlite3')
let browser: Browser
let server: ChildProcess | undefined

before(async () => {
  browser = await launchBrowser()
})

after(async () => {
  await browser.close()
  if (server) await end(server, 'SIGKILL')
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
  server = spawn(process.execPath, [script('server.mjs')], {
    env: environment(port),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    const address = /^ {2}Showcase is on http:\/\/localhost:(\d+)$/.exec(line)
    if (address) return Number(address[1])
  }
  throw new Error('the Showcase ended before it listened')
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exit = once(child, 'exit')
  child.kill(signal)
  const [code] = await exit
  return code
}

test('a page survives the death of its server: offline, back by itself, up to date, live again', async () => {
  const port = await start()
  const page = await browser.newPage()
  await page.goto(`http://localhost:${port}/`)
  await live(page)
  await badgeSays(page, 'connected')
  await shows(page, '#count', '0')

  await end(server as ChildProcess, 'SIGKILL')
  await badgeSays(page, 'disconnected')
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
  assert.equal(await end(server as ChildProcess, 'SIGTERM'), 0, 'it stops cleanly')
})

test('a taken port is named plainly', async () => {
  const taken = createServer().listen(0)
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const { code, output } = await runNode(script('server.mjs'), [], { env: environment(port) })
  taken.close()
  assert.equal(code, 1)
  assert.match(output, new RegExp(`^Port ${port} is taken\\. Choose another: PORT=${port + 1} npm run demo$`, 'm'))
  assert.doesNotMatch(output, /at .*:\d+:\d+/)
})
