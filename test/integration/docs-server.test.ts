// docs/server.md: every command that it and the README show is run in a shell, its programs run as they are written, and its table of
// options is the one that the code has.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { optionRows } from '../../src/server/texts.ts'
import { TestClient } from '../support/client.ts'
import { DocsExample, docsProgram } from '../support/docs.ts'
import { freePort, whileServing } from '../support/http-server.ts'
import { withNginxHttp } from '../support/nginx.ts'
import { Program } from '../support/program.ts'
import { readProjectFile } from '../support/project-files.ts'
import { run } from '../support/run.ts'
import { cleanEnv, cli, serve } from '../support/serve.ts'

const page = readProjectFile('docs/server.md')
const readme = /\n## Without an app\n(.*?)\n## /s.exec(readProjectFile('README.md'))?.[1] ?? ''
const example = new DocsExample('docs/server.md', ['express', 'jose'])
after(() => example.remove())

const blocks = (text: string) => [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands = '']) => commands)

// A server goes to the background, on a port that is free, and what follows waits until it listens. `npx turbo-cable` is this one. The
// server takes the place of its shell, so that it ends when the jobs are killed.
async function inShell(commands: string): Promise<{ code: number | null; output: string }> {
  const [port, other] = [String(await freePort()), String(await freePort())]
  const script = commands
    .replaceAll('28080', port)
    .replaceAll('28081', other)
    .replace(
      /^.*npx turbo-cable serve(?!.*--check).*$/gm,
      (line) =>
        // The server of the block before has said so too.
        `: > log\n${line.replace('npx turbo-cable serve', 'serving')} > log 2>&1 &\nuntil grep -q 'listening on' log; do kill -0 $! || { cat log; exit 9; }; sleep 0.05; done`,
    )
  const before = `set -e
npx() { shift; "${process.execPath}" "${cli}" "$@"; }
serving() { exec "${process.execPath}" "${cli}" serve "$@"; }
curl() { command curl -fsS "$@"; }
trap 'status=$?; kill $(jobs -p) 2> /dev/null || true; wait; exit $status' EXIT
`
  return run('bash', ['-c', before + script], {
    cwd: example.folder,
    env: { ...cleanEnv, TURBO_CABLE_PORT: port },
    timeout: 60_000,
  })
}

describe('the commands', () => {
  const all = [...blocks(page), ...blocks(readme)]

  it('are as many as there were when somebody last looked', () => assert.equal(all.length, 9))

  all.forEach((block, index) => {
    // What only sends needs the server of the block before.
    const commands = /turbo-cable serve/.test(block) ? block : `${all[index - 1]}${block}`
    it(`run: ${block.split('\n', 1)}`, async () => {
      const { code, output } = await inShell(commands)
      assert.equal(code, 0, output)
      const sends = commands.split('\n').filter((line) => line.startsWith('curl ')).length
      assert.equal(output.match(/OK|Created/g)?.length ?? 0, sends, output)
    })
  })
})

describe('the programs', () => {
  it('of Python broadcasts', async () => {
    const { program, port, origin } = await serve([], {
      TURBO_CABLE_BROADCAST_TOKEN: 'bearer',
      TURBO_CABLE_PUBLIC_STREAMS: 'news',
    })
    try {
      const client = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
      await client.subscribe('news')
      const env = {
        ...cleanEnv,
        TURBO_CABLE_BROADCAST_URL: `${origin}/_broadcast`,
        TURBO_CABLE_BROADCAST_TOKEN: 'bearer',
      }
      const { code, output } = await run('python3', [join(example.folder, 'broadcast.py')], { env })
      assert.equal(code, 0, output)
      assert.match(String((await client.next()).data), /Hello/)
      client.ws.terminate()
    } finally {
      await program.end()
    }
  })

  it('of Go is Go', async () => {
    const { code, output } = await run('gofmt', ['-l', '-e', join(example.folder, 'broadcast.go')])
    assert.deepEqual([code, output], [0, ''])
  })

  it('of Node lets in who has a token', async () => {
    const program = example.start('app.mjs', { PORT: '0', JWT_SECRET: 'a secret that is long enough' })
    const [, port] = await program.matching(/listening on (\d+)/)
    const client = new TestClient(`ws://127.0.0.1:${port}/cable`)
    await assert.rejects(client.opened(), /401/)
  })
})

describe('docs/deploying.md', () => {
  const text = (file: string) => docsProgram('docs/deploying.md', file)
  const commands: [file: string, command: string | undefined][] = [
    [
      'turbo-cable.service',
      /^ExecStart=\/usr\/bin\/node (.*?)(?: --history-file .*)?$/m.exec(text('turbo-cable.service'))?.[1],
    ],
    [
      'Dockerfile',
      (JSON.parse(/^CMD (\[.*\])$/m.exec(text('Dockerfile'))?.[1] ?? '[]') as string[]).slice(1).join(' '),
    ],
  ]
  for (const [file, command = ''] of commands) {
    it(`starts a server by the command of its ${file}, which ends by SIGTERM`, async () => {
      const env = {
        ...cleanEnv,
        NODE_ENV: 'production',
        TURBO_CABLE_SECRET: 'a secret of the docs',
        TURBO_CABLE_PORT: '0',
      }
      const program = new Program(process.execPath, command.split(' '), { cwd: example.folder, env })
      await program.matching(/listening on/)
      assert.equal(await program.end('SIGTERM'), 0)
    })
  }

  it('has lines for nginx by which pages connect, and broadcasts stay inside', async () => {
    const { program, port } = await serve()
    const app = createServer((_request, response) => response.writeHead(404).end('the app'))
    try {
      await whileServing(app, (appPort) =>
        withNginxHttp(
          (listens) =>
            text('cable.conf')
              .replace('8080', `127.0.0.1:${listens}`)
              .replace('28080', `${port}`)
              .replace('8000', `${appPort}`),
          async (proxy) => {
            const client = await new TestClient(`ws://127.0.0.1:${proxy}/cable`).opened()
            assert.equal((await client.subscribe('s')).type, 'subscribed')
            client.ws.terminate()
            for (const path of ['/_broadcast', '/_anycable/broadcast', '/metrics', '/cablecar']) {
              const method = path === '/metrics' ? 'GET' : 'POST'
              assert.equal(await (await fetch(`http://127.0.0.1:${proxy}${path}`, { method })).text(), 'the app')
            }
          },
        ),
      )
    } finally {
      await program.end()
    }
  })
})

describe('the table of options', () => {
  it('is what --help says', () => {
    const rows = optionRows().map(({ flag, variable, fallback, says }) => {
      return `| \`${flag}\` | \`${variable}\` | ${fallback && `\`${fallback}\``} | ${says} |`
    })
    assert.deepEqual(page.match(/^\| `--.*` \| `TURBO_CABLE_.*$/gm), rows)
  })
})
