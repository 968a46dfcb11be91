// Several workers on one port: one hub by their engine, replaced when they die, ended together.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { TestClient } from '../../support/client.ts'
import { type Redis, startRedis } from '../../support/redis.ts'
import { runNode } from '../../support/run.ts'
import { cleanEnv, cli, serve } from '../../support/serve.ts'

let redis: Redis
before(async () => {
  redis = await startRedis()
})
after(() => redis.stop())

// No pings within a test's time.
const quiet = ['--heartbeat-interval', '3600000', '--heartbeat-timeout', '7200000']
const asJson = ['--log', 'json', '--workers', '2', ...quiet]

/** The workers' own lines of JSON, with their pids. */
async function listening(program: Awaited<ReturnType<typeof serve>>['program']): Promise<number> {
  for (;;) {
    const { message, pid } = JSON.parse(await program.line())
    if (/^listening/.test(message)) return pid
  }
}

describe('--workers 2', () => {
  it('is one hub, whose dead are replaced, and which ends with 0', async (t) => {
    const { program, port, origin } = await serve([...asJson, '--engine', redis.url])
    t.after(() => program.end())
    const second = await listening(program)
    const clients = await Promise.all(
      Array.from({ length: 4 }, () => new TestClient(`ws://127.0.0.1:${port}/cable`).opened()),
    )
    t.after(() => {
      for (const client of clients) client.ws.terminate()
    })
    for (const client of clients) assert.equal((await client.subscribe('s')).type, 'subscribed')
    const send = (data: number) =>
      fetch(`${origin}/_broadcast`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ stream: 's', data }),
      })
    assert.equal((await send(1)).status, 200)
    for (const client of clients) assert.deepEqual(await client.next(), { type: 'message', stream: 's', data: 1 })

    process.kill(second, 'SIGKILL')
    assert.notEqual(await listening(program), second)
    assert.equal((await send(2)).status, 200)
    assert.equal(await program.end('SIGTERM'), 0)
  })

  it('does not start without an engine', async () => {
    const { code, output } = await runNode(cli, ['serve', '--port', '0', '--workers', '2'], { env: cleanEnv })
    assert.equal(code, 1)
    assert.match(output, /not started: --workers needs an engine that they share: set --engine redis:/)
  })

  it('gives up, with 1, where no worker can listen', async () => {
    const flags = ['serve', '--port', String(redis.port), '--workers', '2', '--engine', redis.url]
    const { code, output } = await runNode(cli, flags, { env: cleanEnv, timeout: 20_000 })
    assert.equal(code, 1)
    assert.match(output, /a worker died \(exit code 1\), before it could listen: giving up/)
  })

  it('gives up, with 1, where an option is refused by the workers themselves', async () => {
    const flags = ['serve', '--port', '0', '--workers', '2', '--engine', redis.url, '--heartbeat-interval', '70000']
    const { code, output } = await runNode(cli, flags, { env: cleanEnv, timeout: 20_000 })
    assert.equal(code, 1)
    assert.match(output, /Expected `heartbeat.timeout` to be more than heartbeat.interval/)
    assert.match(output, /a worker died \(exit code 2\), before it could listen: giving up/)
  })
})
