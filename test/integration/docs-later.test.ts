// docs/later.md: the app and the worker run as they are written, on a real Redis, and what was scheduled reaches a page.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { TestClient } from '../support/client.ts'
import { docsProgram, docsPrograms, linkPackages } from '../support/docs.ts'
import { Program } from '../support/program.ts'
import { startRedis } from '../support/redis.ts'

const page = 'docs/later.md'

test('what the app of docs/later.md schedules, its worker renders and sends', async () => {
  const redis = await startRedis()
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-docs-'))
  const programs: Program[] = []
  try {
    for (const file of docsPrograms(page)) writeFileSync(join(folder, file), docsProgram(page, file))
    mkdirSync(join(folder, 'views/messages'), { recursive: true })
    renameSync(join(folder, '_message.ejs'), join(folder, 'views/messages/_message.ejs'))
    linkPackages(folder, ['express', 'bullmq', 'ioredis', 'ejs'])
    const start = (file: string, env: NodeJS.ProcessEnv) => {
      const all = { ...process.env, REDIS_PORT: String(redis.port), ...env }
      const program = new Program(process.execPath, [join(folder, file)], { cwd: folder, env: all })
      programs.push(program)
      return program
    }
    const app = start('server.mjs', { PORT: '0' })
    const port = Number(/^listening on (\d+)$/.exec(await app.line())?.[1])
    const worker = start('worker.mjs', { TURBO_CABLE_BROADCAST_URL: `http://127.0.0.1:${port}/_broadcast` })
    assert.equal(await worker.line(), 'ready')

    const client = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
    await client.subscribe('messages')
    assert.equal((await fetch(`http://127.0.0.1:${port}/messages`, { method: 'POST' })).status, 202)
    assert.match(
      String((await client.next()).data),
      /<template><p id="message_1">hello 1970-01-01T00:00:00\.000Z<\/p>\s*<\/template>/,
    )
    assert.equal(await worker.end('SIGTERM'), 0)
    const ended = app.end('SIGTERM')
    await client.closed
    assert.equal(await ended, 0)
  } finally {
    for (const program of programs) await program.end()
    await redis.stop()
    rmSync(folder, { recursive: true })
  }
})
