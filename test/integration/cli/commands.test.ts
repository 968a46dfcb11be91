// publish, subscribe and sign as a shell runs them, and every command that docs/commands.md shows.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { redisEngine } from '../../../src/engine/redis.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { Program } from '../../support/program.ts'
import { readProjectFile } from '../../support/project-files.ts'
import { startRedis } from '../../support/redis.ts'
import { root, run } from '../../support/run.ts'
import { withCable } from '../../support/with-cable.ts'

const main = join(root, 'dist', 'src', 'cli', 'main.js')
const secret = 'a-secret-of-enough-bytes'

const command = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  run(process.execPath, [main, ...args], { env: { ...process.env, ...env } })

function listening(args: string[], env: NodeJS.ProcessEnv = {}, reads: 'stdout' | 'stderr' = 'stdout'): Program {
  return new Program(process.execPath, [main, 'subscribe', ...args], { env: { ...process.env, ...env }, reads })
}

const subscribed = async (cable: { stats(): { subscriptions: number } }, count: number) => {
  while (cable.stats().subscriptions !== count) await new Promise((resolve) => setTimeout(resolve, 5))
}

it('every command that docs/commands.md shows does what it says', () =>
  withCable({ secret }, async ({ connect, cable, port }) => {
    const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-commands-'))
    const npx = join(folder, 'npx')
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${main}" "$@"\n`)
    chmodSync(npx, 0o755)
    writeFileSync(join(folder, 'message.html'), '<b>hi</b>')
    const page = await connect()
    const signer = new Signer([secret])
    for (const stream of ['counter', 'progress', 'room:7']) await page.subscribe(signer.sign(stream), { cursor: null })
    const env = {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      TURBO_CABLE_PORT: String(port),
      TURBO_CABLE_SECRET: secret,
      CURSOR: '-:0',
    }
    const shown = [...readProjectFile('docs/commands.md').matchAll(/^```sh\n(.*?)^```/gms)]
    const lines = shown.flatMap(([, block = '']) => block.trim().split('\n'))
    const sent: unknown[] = []
    try {
      for (const line of lines) {
        const local = line.replace('localhost:3000', `127.0.0.1:${port}`)
        if (line.includes(' subscribe ')) {
          const names = /subscribe ([a-z:7 ]+?)(?: --|$)/.exec(line)?.[1]?.split(' ') ?? []
          const program = new Program('sh', ['-c', `exec ${local}`], { cwd: folder, env, reads: 'stderr' })
          for (const name of names) await program.matching(new RegExp(`listening to ${name}, from`))
          await program.end('SIGTERM')
          continue
        }
        const { code, stdout, output } = await run('sh', ['-c', local], { cwd: folder, env })
        assert.equal(code, 0, `${line}\n${output}`)
        if (line.includes(' publish ')) sent.push((await page.next()).data)
        else if (line.includes(' sign ')) assert.equal(signer.verify(stdout.trim())?.stream, 'room:7')
        else if (line.includes(' token')) assert.match(stdout, /^[\da-f]{64}\n$/)
        else if (line.includes(' doctor ')) assert.match(stdout, /Nothing wrong was found/)
        else assert.fail(`${line} is not known here`)
      }
    } finally {
      rmSync(folder, { recursive: true })
      cable.disconnect(() => true)
    }
    const update = '<turbo-stream action="update" target="counter"><template>1</template></turbo-stream>'
    assert.deepEqual(sent, [update, { percent: 60 }, '<b>hi</b>', '<b>hi</b>'])
  }))

describe('publish', () => {
  it('goes straight to the engine, without a server', async () => {
    const redis = await startRedis()
    try {
      await withCable({ engine: redisEngine({ url: redis.url }) }, async ({ connect }) => {
        const page = await connect()
        await page.subscribe('s')
        const { code, output } = await command(['publish', 's', '--json', '[1]'], { TURBO_CABLE_ENGINE: redis.url })
        assert.deepEqual([code, output], [0, 'sent to s, through the engine\n'])
        assert.deepEqual((await page.next()).data, [1])
      })
    } finally {
      await redis.stop()
    }
  })

  it('says what is wrong with its line, and what with the answer', () =>
    withCable({ secret }, async ({ origin }) => {
      const refused = await command(['publish', 's', '--html', 'x', '--url', `${origin}/_broadcast`])
      assert.equal(refused.code, 1)
      assert.match(refused.output, /^turbo-cable: Broadcast to \S+ was not taken: the answer was 403 Forbidden/)
      const [none, both, bad, string, comma] = await Promise.all([
        command(['publish', 's']),
        command(['publish', 's', '-', '--html', 'x']),
        command(['publish', 's', '--json', '{']),
        command(['publish', 's', '--json', '"a"']),
        command(['publish', 'a,b', '--html', 'x']),
      ])
      for (const { code, stdout } of [none, both, bad, string, comma]) assert.deepEqual([code, stdout], [2, ''])
      assert.match(
        none.output,
        /^turbo-cable: expected one of --html, --json, --file and -\n\nUsage: turbo-cable publish/,
      )
      assert.match(bad.output, /^turbo-cable: --json is no JSON/)
      assert.match(string.output, /^turbo-cable: --json is a string, which every client takes for HTML: use --html/)
      assert.match(comma.output, /^turbo-cable: Expected a stream name, got `"a,b"` \(string\): it has a comma/)
    }))
})

describe('subscribe', () => {
  it('comes back after a cut with what was missed, each once, and says where something is gone', () =>
    withCable({ history: { size: 2 } }, async ({ cable, origin, connect, server, broadcast }) => {
      const cut: { destroy(): unknown }[] = []
      server.on('connection', (socket) => cut.push(socket))
      const program = listening(['s', '--json', '--url', `${origin}/cable`])
      try {
        await subscribed(cable, 1)
        await cable.broadcastJson('s', { n: 1 })
        const first = JSON.parse(await program.line())
        assert.deepEqual([first.stream, first.data], ['s', { n: 1 }])
        for (const socket of cut.splice(0)) socket.destroy()
        await subscribed(cable, 0)
        await cable.broadcastJson('s', { n: 2 })
        assert.deepEqual(JSON.parse(await program.line()).data, { n: 2 })

        // From a cursor, by another one: as far as it is kept.
        const page = await connect()
        const { cursor } = await page.subscribe('s', { cursor: null })
        page.ws.terminate()
        await broadcast({ stream: 's', data: '<b>three</b>' })
        const since = listening(['s', `--since=${cursor}`, '--url', `${origin}/cable`])
        assert.match(await since.line(), /^\S+:3 s <b>three<\/b>$/)
        await since.end()
        for (const n of [4, 5]) await cable.broadcastJson('s', n)
        const late = listening(['s', `--since=${cursor}`, '--url', `${origin}/cable`], {}, 'stderr')
        await late.matching(/listening to s, from \S+:5; something before is missing/)
        await late.end()
      } finally {
        await program.end()
      }
    }))

  it('signs names with the secret, and ends where every stream or the connection is refused', () =>
    withCable({ secret }, async ({ cable, origin }) => {
      const url = ['--url', `${origin}/cable`]
      const program = listening(['room:7', ...url], { TURBO_CABLE_SECRET: secret })
      await subscribed(cable, 1)
      await cable.broadcastJson('room:7', 1)
      assert.match(await program.line(), /^\S+ room:7 1$/)
      await program.end()
      const { code, output } = await command(['subscribe', 'room:7', ...url])
      assert.deepEqual([code, output], [1, 'turbo-cable: room:7 is rejected: unauthorized\n'])
      const elsewhere = await command(['subscribe', 'room:7', '--url', `${origin}/nothing`])
      assert.equal(elsewhere.code, 1)
      assert.match(elsewhere.output, /^turbo-cable: \S+ refuses: the answer was 404\n$/)
    }))

  it('sends the headers that it is given, and ends when nobody reads any more', () =>
    withCable({ authenticate: ({ headers }) => headers.cookie === 'session=7' }, async ({ cable, origin }) => {
      const words = `"${process.execPath}" "${main}" subscribe s --header 'Cookie: session=7' --url ${origin}/cable | head -1`
      const piped = new Program('sh', ['-c', words])
      await subscribed(cable, 1)
      await cable.broadcastJson('s', 1)
      assert.match(await piped.line(), /^\S+ s 1$/)
      let n = 1
      while (cable.stats().subscriptions > 0) {
        await cable.broadcastJson('s', ++n)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      assert.equal(await piped.ended, 0)
    }))
})

describe('sign', () => {
  it('gives the right for a time and for somebody, and wants a secret', async () => {
    const env = { TURBO_CABLE_SECRET: secret }
    const [signed, none, wrong] = await Promise.all([
      command(['sign', 'room:7', '--expires', '15m', '--subject', '7'], env),
      command(['sign', 'room:7'], { TURBO_CABLE_SECRET: '' }),
      command(['sign', 'room:7', '--expires', 'soon'], env),
    ])
    const { stream, subject, expires = 0 } = new Signer([secret]).verify(signed.stdout.trim()) ?? {}
    assert.deepEqual([stream, subject], ['room:7', '7'])
    assert.ok(Math.abs(expires - Date.now() - 900_000) < 60_000)
    assert.equal(none.code, 1)
    assert.match(none.output, /Cannot sign the stream "room:7"/)
    assert.equal(wrong.code, 2)
    assert.match(wrong.output, /^turbo-cable: expected a time such as 90s, 15m, 1h or 7d, got soon\n/)
  })
})

it('each command has its help', async () => {
  for (const name of ['publish', 'subscribe', 'sign', 'doctor']) {
    const { code, stdout } = await command([name, '--help'])
    assert.equal(code, 0)
    assert.ok(stdout.startsWith(`Usage: turbo-cable ${name} `), stdout)
  }
})
