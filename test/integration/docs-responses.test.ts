// The programs of docs/responses.md and docs/frames-and-drive.md run as they are written, and do what the pages say of them.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as turboCable from '../../src/index.ts'
import { TestClient } from '../support/client.ts'
import { docsProgram, linkPackages } from '../support/docs.ts'
import { Program } from '../support/program.ts'
import { readProjectFile } from '../support/project-files.ts'

async function running(page: string, run: (origin: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-docs-'))
  let program: Program | undefined
  try {
    linkPackages(folder, ['express'])
    writeFileSync(join(folder, 'server.mjs'), docsProgram(page, 'server.mjs'))
    program = new Program(process.execPath, [join(folder, 'server.mjs')], { env: { ...process.env, PORT: '0' } })
    await run((await program.line()).replace('localhost', '127.0.0.1'))
  } finally {
    await program?.end()
    rmSync(folder, { recursive: true })
  }
}

const turbo = { Accept: 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml' }

test('docs/responses.md answers a form with a stream, tells the other pages, and shows an error with 422', () =>
  running('docs/responses.md', async (origin) => {
    const post = (text: string, headers: Record<string, string>) =>
      fetch(`${origin}/messages`, { method: 'POST', headers, body: new URLSearchParams({ text }), redirect: 'manual' })
    const client = await new TestClient(`${origin.replace('http', 'ws')}/cable`).opened()
    try {
      await (await fetch(origin)).text()
      await client.subscribe('messages', { cursor: null, connection: 'another tab' })
      const answer = await post('hello', { ...turbo, 'X-Turbo-Cable-Connection': 'this tab' })
      assert.equal(answer.status, 200)
      const text = await answer.text()
      assert.match(text, /^<turbo-stream action="append" target="messages"><template><li id="message_1">hello<\/li>/)
      assert.match(text, /<turbo-stream action="replace" target="form"><template><form id="form"/)
      assert.equal((await client.next()).data, text.slice(0, text.indexOf('<turbo-stream action="replace"')))

      const refused = await post('', turbo)
      assert.equal(refused.status, 422)
      assert.match(await refused.text(), /Write something/)
      const plain = { Accept: 'text/html' }
      assert.match(await (await post('', plain)).text(), /^<head>.*Write something/s)
      assert.equal((await post('without Turbo', plain)).headers.get('location'), '/')
      assert.match(String((await client.next()).data), /<li id="message_2">without Turbo<\/li>/)
      assert.match(
        await (await fetch(origin)).text(),
        /<li id="message_1">hello<\/li><li id="message_2">without Turbo<\/li>/,
      )
    } finally {
      client.ws.terminate()
    }
  }))

test('docs/frames-and-drive.md answers a frame with the frame, a form with 303 or 422', () =>
  running('docs/frames-and-drive.md', async (origin) => {
    const page = await (await fetch(origin)).text()
    assert.match(
      page,
      /^<!doctype html>.*<meta name="turbo-refresh-method" content="morph">.*<turbo-frame id="note"><p>Buy milk/s,
    )
    const frame = await fetch(`${origin}/edit`, { headers: { 'Turbo-Frame': 'note' } })
    assert.match(await frame.text(), /^<turbo-frame id="note"><form .*<\/form><\/turbo-frame>$/)
    assert.equal(frame.headers.get('vary'), 'Turbo-Frame')
    const post = (text: string) =>
      fetch(`${origin}/edit`, {
        method: 'POST',
        headers: turbo,
        body: new URLSearchParams({ text }),
        redirect: 'manual',
      })
    const refused = await post(' ')
    assert.equal(refused.status, 422)
    assert.match(await refused.text(), /Write something/)
    const taken = await post('Buy tea')
    assert.equal(`${taken.status} ${taken.headers.get('location')}`, '303 /')
    assert.match(await (await fetch(origin)).text(), /<p>Buy tea<\/p>/)
  }))

test('the tables of docs/frames-and-drive.md show what the helpers write', () => {
  class Message {
    readonly id = 1
  }
  const rows = [...readProjectFile('docs/frames-and-drive.md').matchAll(/^\| `(\w+\(.*\))` \| `(<[^`]*>)`/gm)]
  assert.ok(rows.length >= 12, `only ${rows.length} rows were read`)
  for (const [, call = '', tag = ''] of rows) {
    const given = { ...turboCable, message: new Message(), nonce: '…' }
    assert.equal(new Function('given', `with (given) return ${call}`)(given), tag, call)
  }
})
