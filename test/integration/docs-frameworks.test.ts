// The programs of docs/frameworks.md run as they are written, and a page of each is never behind.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { transform } from 'esbuild'
import { TestClient } from '../support/client.ts'
import { docsProgram, docsPrograms, linkPackages } from '../support/docs.ts'
import { readProjectFile } from '../support/project-files.ts'
import { runtimeBinary } from '../support/runtime.ts'

const page = 'docs/frameworks.md'
const packages = {
  'express.mjs': ['express'],
  'fastify.mjs': ['fastify'],
  'koa.mjs': ['koa'],
  'hono.mjs': ['hono', '@hono/node-server'],
  'nest.ts': ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'],
  'http.mjs': [],
}
// They need a Next app around them: see test/package/next.test.ts.
const elsewhere = ['server.mjs', 'pages/index.jsx']

const node = [process.execPath]
const bun = [runtimeBinary('bun')]
const deno = [
  runtimeBinary('deno'),
  'run',
  ...(/`deno run ([^`]*) \S+`/.exec(readProjectFile(page))?.[1] ?? '').split(' '),
]

async function running(file: keyof typeof packages, command: string[], run: (origin: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-frameworks-'))
  let child: ChildProcess | undefined
  try {
    linkPackages(folder, packages[file])
    const program = await javascript(file)
    writeFileSync(join(folder, program.file), program.code)
    const [binary = '', ...parameters] = [...command, join(folder, program.file)]
    child = spawn(binary, parameters, {
      cwd: folder,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
    const { value: line, done } = await lines[Symbol.asyncIterator]().next()
    assert.ok(!done, `${file} ended before it listened`)
    await run(String(line).replace('localhost', '127.0.0.1'))
  } finally {
    if (child && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    }
    rmSync(folder, { recursive: true })
  }
}

async function javascript(file: string): Promise<{ file: string; code: string }> {
  const code = docsProgram(page, file)
  if (!file.endsWith('.ts')) return { file, code }
  const tsconfigRaw = { compilerOptions: { experimentalDecorators: true } }
  const { code: compiled } = await transform(code, { loader: 'ts', target: 'es2022', tsconfigRaw })
  return { file: file.replace('.ts', '.mjs'), code: compiled }
}

async function neverBehind(origin: string): Promise<void> {
  const response = await fetch(origin)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/)
  const html = await response.text()
  const [, script = ''] = /src="([^"]+)"/.exec(html) ?? []
  assert.equal((await fetch(origin + script)).status, 200, html)
  const [, cursor] = /data-streams="news"[^>]* data-cursor="([^"]+)"/.exec(html) ?? []
  const send = (n: number) =>
    fetch(`${origin}/_broadcast`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ stream: 'news', data: { n } }),
    })
  assert.equal((await send(1)).status, 200)
  const client = await new TestClient(`${origin.replace('http', 'ws')}/cable`).opened()
  try {
    assert.equal((await client.subscribe('news', { cursor })).type, 'subscribed')
    assert.deepEqual((await client.next()).data, { n: 1 })
    assert.equal((await send(2)).status, 200)
    assert.deepEqual((await client.next()).data, { n: 2 })
  } finally {
    client.ws.terminate()
  }
}

describe(page, () => {
  it('has no program that nobody runs', () => {
    assert.deepEqual(docsPrograms(page).sort(), [...Object.keys(packages), ...elsewhere].sort())
  })

  for (const file of Object.keys(packages) as (keyof typeof packages)[]) {
    it(`${file} is never behind`, () => running(file, node, neverBehind))
  }

  for (const file of ['express.mjs', 'http.mjs'] as const) {
    it(`${file} is never behind in Bun`, () => running(file, bun, neverBehind))
    it(`${file} is never behind in Deno`, () => running(file, deno, neverBehind))
  }
})
