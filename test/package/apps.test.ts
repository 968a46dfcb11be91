// The packed package in empty Express apps: it is required, imported and compiled as its users do, and a message arrives.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { root, run } from '../support/run.ts'
import { inEmptyFolder, installApp, received, whileRunning } from './consumer.ts'

const require = createRequire(import.meta.url)
const newestTypeScript = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
// TypeScript 7 has no classic resolution; the 5.x that one of our tools depends on has.
const classicTypeScript = createRequire(require.resolve('@arethetypeswrong/core')).resolve('typescript/bin/tsc')

test('an Express 5 app made of ES modules is live', () =>
  inEmptyFolder(async (folder) => {
    const app = await installApp(folder, 'esm', ['express'])
    await whileRunning(app, [process.execPath, 'app.js'], assertLive)
  }))

test('an Express 4 app made of CommonJS modules is live', () =>
  inEmptyFolder(async (folder) => {
    const app = await installApp(folder, 'commonjs', ['express4'])
    await whileRunning(app, [process.execPath, 'app.js'], assertLive)
  }))

test('a strict TypeScript app of ES modules compiles and is live', () =>
  inEmptyFolder(async (folder) => {
    const app = await installApp(folder, 'typescript-esm', ['express', '@types/express', '@types/node'])
    await compile(newestTypeScript, app)
    await whileRunning(app, [process.execPath, join('dist', 'app.js')], assertLive)
  }))

test('a TypeScript app with CommonJS and the classic resolution compiles and is live', () =>
  inEmptyFolder(async (folder) => {
    const app = await installApp(folder, 'typescript-commonjs', ['express', '@types/express', '@types/node'])
    await compile(classicTypeScript, app)
    await whileRunning(app, [process.execPath, join('dist', 'app.js')], assertLive)
  }))

test('the types of Fastify, Koa and Hono apps hold, with the newest and with the classic resolution', () =>
  inEmptyFolder(async (folder) => {
    const types = ['@types/express', '@types/node', '@types/koa']
    const app = await installApp(folder, 'hosts', ['express', 'fastify', 'koa', 'hono', '@hono/node-server', ...types])
    for (const [compiler, project] of [
      [newestTypeScript, 'tsconfig.json'],
      [classicTypeScript, 'tsconfig.classic.json'],
    ] as const) {
      const { output } = await run(process.execPath, [compiler, '-p', project], { cwd: app })
      // What is wrong inside the types of other packages is theirs.
      const ours = output.split('\n').filter((line) => line.trim() && !/^node_modules\/(?!turbo-cable\/)/.test(line))
      assert.deepEqual(ours, [])
    }
  }))

async function compile(tsc: string, app: string): Promise<void> {
  const { code, output } = await run(process.execPath, [tsc, '-p', app], { cwd: app })
  assert.equal(code, 0, output)
}

/** The page has its marker, and a broadcast from inside and from outside arrives at a subscriber. */
async function assertLive(origin: string): Promise<void> {
  const page = await fetch(origin)
  assert.match(await page.text(), /data-turbo-stream="true" data-streams="counter"/)

  const fromInside = await received(origin, 'counter', () => fetch(`${origin}/increment`, { method: 'POST' }))
  assert.deepEqual(fromInside, {
    type: 'message',
    stream: 'counter',
    data: '<turbo-stream action="update" target="counter"><template>&lt;1&gt;</template></turbo-stream>',
  })

  const fromOutside = await received(origin, 'counter', async () => {
    const response = await fetch(`${origin}/_broadcast`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ stream: 'counter', data: { progress: 50 } }),
    })
    assert.equal(`${response.status} ${await response.text()}`, '200 OK')
  })
  assert.deepEqual(fromOutside, { type: 'message', stream: 'counter', data: { progress: 50 } })
}
