// The wire is frozen: conversations with a server, kept byte for byte in transcripts/*.jsonl, still go as they are written.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it, mock } from 'node:test'
import type { TurboCableOptions } from '../../src/index.ts'
import { derivedToken } from '../../src/publisher/token.ts'
import type { TestClient } from '../support/client.ts'
import { type Context, withCable } from '../support/with-cable.ts'

const folder = new URL('transcripts/', import.meta.url)

// What a line starts with, and what the rest of it means:
//   #  a remark                                   @  the options of the cable, before all else
//   >  what the client sends                      <  what the server sends
//   +  a body for POST /_broadcast, answered 200  ~  milliseconds that pass for the server
//   !  what the app does                          x  the code that the socket is closed with; nothing comes after it
// «epoch» stands for the server's epoch, «after» for a number of milliseconds.
interface Line {
  readonly number: number
  readonly kind: string
  readonly text: string
}

describe('the wire', () => {
  for (const file of readdirSync(folder).sort()) {
    const lines = linesOf(readFileSync(new URL(file, folder), 'utf8'))
    it(`is as in transcripts/${file}: ${lines[0]?.text}`, async () => {
      // Heartbeats are due when the transcript says so, and not while it is slow.
      mock.timers.enable({ apis: ['setInterval'] })
      try {
        await replay(file, lines)
      } finally {
        mock.timers.reset()
      }
    })
  }
})

function linesOf(transcript: string): Line[] {
  return transcript
    .trimEnd()
    .split('\n')
    .map((line, index) => ({ number: index + 1, kind: line.slice(0, 1), text: line.slice(2) }))
}

function replay(file: string, lines: readonly Line[]): Promise<void> {
  const options: TurboCableOptions = JSON.parse(lines.find(({ kind }) => kind === '@')?.text ?? '{}')
  // The beat that the transcripts were written to.
  const heartbeat = { interval: 30_000, timeout: 60_000 }
  return withCable({ heartbeat, ...options }, async (context) => {
    const client = await context.connect()
    const [, epoch = ''] = /data-cursor="([^":]+):/.exec(context.cable.turboStreamFrom('any')) ?? []
    const meaning = (text: string) => text.replaceAll('«epoch»', epoch)
    for (const line of lines) await follow(line, client, context, meaning, file, options.secret)
    if (lines.some(({ kind }) => kind === 'x')) return
    // Whatever the server sent beside what is written would come before this answer.
    client.send('{"type":"subscribe","stream":""}')
    client.send(`{"type":"subscribe","stream":"${'x'.repeat(8_193)}"}`)
    const end = await client.nextText()
    assert.ok(end.endsWith('"reason":"limit"}'), changed(file, 'after its end', 'nothing more', end))
  })
}

async function follow(
  { number, kind, text }: Line,
  client: TestClient,
  { cable, broadcast }: Context,
  meaning: (text: string) => string,
  file: string,
  secret: unknown,
): Promise<void> {
  const where = `line ${number}`
  if (kind === '>') client.send(meaning(text))
  else if (kind === '<') await expectText(client, meaning(text), file, where)
  else if (kind === '+') await expectTaken(client, broadcast, text, secret)
  else if (kind === '~') await pass(client, Number(text))
  else if (kind === 'x') {
    const { code } = await client.closed
    assert.equal(code, Number(text), changed(file, where, `closed with ${text}`, `closed with ${code}`))
    assert.deepEqual(client.inbox, [], changed(file, where, 'nothing more', client.inbox.join('\n')))
  } else if (text === 'close') void cable.close()
  else if (text === 'disconnect') cable.disconnect(() => true)
  else if (text.startsWith('revoke ')) cable.revoke(text.slice('revoke '.length), () => true)
  else assert.ok('#@'.includes(kind), `${file}, ${where}: no such kind of line: ${kind} ${text}`)
}

async function expectText(client: TestClient, expected: string, file: string, where: string): Promise<void> {
  const got = await client.nextText().catch((error: Error) => error.message)
  const [before, after] = expected.split('«after»') as [string, string | undefined]
  const matches =
    after === undefined
      ? got === expected
      : got.startsWith(before) && got.endsWith(after) && /^\d+$/.test(got.slice(before.length, -after.length))
  assert.ok(matches, changed(file, where, expected, got))
}

// What the client sent before has to be with the server first, and what the server sent is read later.
async function expectTaken(
  client: TestClient,
  broadcast: Context['broadcast'],
  body: string,
  secret: unknown,
): Promise<void> {
  await heard(client)
  const bearer = typeof secret === 'string' ? { Authorization: `Bearer ${derivedToken(secret)}` } : {}
  const answer = await broadcast(body, bearer)
  assert.equal(answer.status, 200, `POST of ${body}`)
  assert.equal(await answer.text(), 'OK')
}

async function pass(client: TestClient, milliseconds: number): Promise<void> {
  await heard(client)
  if (milliseconds >= 60_000) client.ws.pause()
  mock.timers.tick(milliseconds)
  client.ws.resume()
}

// A WebSocket ping is answered in order with everything else, and leaves no trace in the conversation.
function heard(client: TestClient): Promise<unknown> {
  const answered = new Promise((resolve) => client.ws.once('pong', resolve))
  client.ws.ping()
  return answered
}

function changed(file: string, where: string, expected: string, got: string): string {
  return `The wire has changed (test/conformance/transcripts/${file}, ${where}).
  expected ${expected}
  got      ${got}
Who breaks: with the plain wire, the clients and servers of the turbo_cable gem and Navigator, which cannot be changed; with
the cursor wire, every page that was loaded before the server was updated, and apps that bundle an older turbo-cable/client.
What to do: put the plain wire back as it was, it never changes. A new field or message of the cursor wire must be one that an
older client ignores, and must be asked for. Then write it into docs/protocol.md and CHANGELOG.md, and only then in here.`
}
