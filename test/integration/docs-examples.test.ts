// The programs in docs/ run as they are written: a block with a file name (```js file=server.mjs) is saved under it and started.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import express from 'express'
import { turboCable } from '../../src/index.ts'
import { TestClient } from '../support/client.ts'
import { DocsExample, docsProgram, linkPackages } from '../support/docs.ts'
import { Program } from '../support/program.ts'
import { root, runNode } from '../support/run.ts'
import { upgradeAnswer } from '../support/upgrade-answer.ts'
import { listening, withCable } from '../support/with-cable.ts'

test('the server of docs/deploying.md drains on SIGTERM: pages are told to come back, and it exits by itself', async () => {
  const example = new DocsExample('docs/deploying.md')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const secret = 'a secret for tests'
    const program = example.start('server.mjs', { PORT: '0', NODE_ENV: 'production', TURBO_CABLE_SECRET: secret })
    const port = Number(/^listening on (\d+)$/.exec(await program.line())?.[1])
    const { status, body } = await get(port, '/', agent)
    assert.equal(status, 200)
    const token = /data-streams="([^"]+)"/.exec(body)?.[1] ?? ''
    const client = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
    assert.equal((await client.subscribe(token, { cursor: null })).name, 'news')
    assert.equal(JSON.parse((await get(port, '/_up', agent)).body).connections, 1)

    const ended = program.end('SIGTERM')
    assert.equal((await client.next()).reason, 'server_restart')
    assert.equal((await client.closed).code, 1012)
    agent.destroy()
    assert.equal(await ended, 0)
  } finally {
    agent.destroy()
    await example.remove()
  }
})

test('the client of docs/protocol.md resumes after a cut, and says when there is a gap', async () => {
  const example = new DocsExample('docs/protocol.md', ['ws'])
  try {
    let port = 0
    let program: Program | undefined
    await withCable({}, async ({ cable, server, origin, port: taken }) => {
      port = taken
      program = example.start('client.mjs', {}, [`${origin.replace('http', 'ws')}/cable`, 'room:7'])
      const cut = once(server, 'upgrade')
      while (cable.stats().subscriptions === 0) await new Promise(setImmediate)
      const [, socket] = await cut
      await cable.broadcastJson(['room', 7], { n: 1 })
      assert.equal(await program?.line(), '{"n":1}')
      socket.destroy()
      while (cable.stats().connections > 0) await new Promise(setImmediate)
      await cable.broadcastJson(['room', 7], { n: 2 })
      await cable.broadcastJson('elsewhere', { n: 3 })
      await cable.broadcastJson(['room', 7], { n: 4 })
      assert.equal(await program?.line(), '{"n":2}')
      assert.equal(await program?.line(), '{"n":4}')
    })
    await withCable(
      {},
      async ({ cable }) => {
        assert.equal(await program?.line(), 'gap')
        await cable.broadcastJson(['room', 7], { n: 5 })
        assert.equal(await program?.line(), '{"n":5}')
      },
      () => {
        const cable = turboCable()
        return listening(createServer(express().use(cable)), cable, 'http', '', port)
      },
    )
  } finally {
    await example.remove()
  }
})

test("README's session example compiles, and who is logged in to the app is so on the socket", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-docs-'))
  let program: Program | undefined
  try {
    linkPackages(folder, ['express', 'express-session', '@types/express', '@types/express-session', '@types/node'])
    writeFileSync(join(folder, 'sessions.ts'), docsProgram('README.md', 'sessions.ts') + loginAndListen)
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      module: 'nodenext',
    }
    const config = { compilerOptions: { ...options, types: ['node'] }, files: ['sessions.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const compiled = await runNode('node_modules/typescript/bin/tsc', ['-p', folder])
    assert.equal(compiled.code, 0, compiled.output)

    const env = { ...process.env, SESSION_SECRET: 'a secret of sessions', TURBO_CABLE_SECRET: 'a secret for tests' }
    const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
    program = new Program(process.execPath, ['--import', loader, join(folder, 'sessions.ts')], { env })
    const port = Number(await program.line())
    const login = await fetch(`http://127.0.0.1:${port}/login`, { method: 'POST' })
    const [Cookie = ''] = (login.headers.get('set-cookie') ?? '').split(';')
    const [own = '', other = ''] = (await login.text()).split(' ')

    assert.equal((await upgradeAnswer(port)).status, 401)
    const client = await new TestClient(`ws://127.0.0.1:${port}/cable`, { headers: { Cookie } }).opened()
    assert.equal((await client.subscribe(own)).type, 'subscribed')
    assert.equal((await client.subscribe(other)).type, 'rejected')
  } finally {
    await program?.end()
    rmSync(folder, { recursive: true })
  }
})

// What the example leaves to the app.
const loginAndListen = `
declare module 'express-session' {
  interface SessionData {
    userId: number
  }
}
app.post('/login', (request, response) => {
  request.session.userId = 7
  const names = ['user:7', 'user:8'].map((name) => /data-streams="([^"]+)"/.exec(response.locals.turboStreamFrom(name))?.[1])
  response.send(names.join(' '))
})
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' && address?.port)
})
`

function get(port: number, path: string, agent: Agent): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent }, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode, body })
    })
    asked.on('error', reject).end()
  })
}
