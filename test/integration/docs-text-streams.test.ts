// docs/text-streams.md: its server runs as it is written; a page that was open, and one that comes afterwards, have the output.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { TestClient } from '../support/client.ts'
import { docsProgram, linkPackages } from '../support/docs.ts'
import { Program } from '../support/program.ts'

test('the server of docs/text-streams.md shows what a process prints', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-docs-'))
  const file = join(folder, 'server.mjs')
  writeFileSync(file, docsProgram('docs/text-streams.md', 'server.mjs'))
  linkPackages(folder, ['express'])
  const program = new Program(process.execPath, [file], { env: { ...process.env, PORT: '0' } })
  try {
    const port = Number(/^listening on (\d+)$/.exec(await program.line())?.[1])
    const page = async () => (await fetch(`http://127.0.0.1:${port}/`)).text()
    const [, cursor] = /data-cursor="([^"]+)"/.exec(await page()) ?? []
    const client = await new TestClient(`ws://127.0.0.1:${port}/cable`).opened()
    await client.subscribe('backup', { cursor })
    assert.equal((await fetch(`http://127.0.0.1:${port}/backup`, { method: 'POST' })).status, 202)

    let shown = ''
    let end: unknown
    while (!end) {
      const { data } = await client.next()
      if (typeof data !== 'string') end = data
      else shown += / action="append".*?<template>(.*)<\/template>/s.exec(data)?.[1] ?? ''
    }
    const output = 'table &lt;1&gt;\ntable &lt;2&gt;\ntable &lt;3&gt;\n'
    assert.equal(shown, output)
    assert.deepEqual(end, { type: 'text-stream', target: 'output', state: 'done', characters: 30 })
    assert.match(await page(), new RegExp(`<pre id="output"><span id="text-[0-9a-f]+">${output}</span></pre>`))
  } finally {
    await program.end()
    rmSync(folder, { recursive: true })
  }
})
