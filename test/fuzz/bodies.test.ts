// Random bodies to the broadcast path, beside a naive reading of what they say: a status of the table, and delivered is
// what was answered with 200.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Bystander } from '../support/bystander.ts'
import { seededChance } from '../support/chance.ts'
import { exchange } from '../support/raw.ts'
import { withCable } from '../support/with-cable.ts'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function isName(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.includes(',')) return false
  if (Buffer.from(value).length > 512 || Buffer.from(value).toString() !== value) return false
  return [...value].every((character) => {
    const code = character.codePointAt(0) ?? 0
    return code >= 0x20 && (code < 0x7f || code > 0x9f)
  })
}

/** What the table of statuses says to a body that is JSON. */
function expected(value: unknown): readonly [status: number, text: string] {
  const batch = Array.isArray(value) ? value : [value]
  if (batch.length === 0) return [400, 'Stream required']
  for (const item of batch) {
    const own = (name: string) => (isObject(item) && Object.hasOwn(item, name) ? item[name] : undefined)
    if (!isName(own('stream')) && !Number.isFinite(own('stream'))) return [400, 'Stream required']
    if (own('data') === undefined) return [400, 'Data required']
  }
  return [200, 'OK']
}

const stream = fc.oneof(
  { weight: 4, arbitrary: fc.constant('s') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'a,b', '\n', '\ud800', '__proto__', 'x'.repeat(513), 'é'.repeat(256), '\u009f'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.jsonValue() },
)
const item = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      { stream, data: fc.jsonValue(), exclude: fc.jsonValue(), extra: fc.jsonValue() },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.constant(JSON.parse('{"__proto__":{"stream":"s","data":1}}')) },
)
const bodies = fc.oneof(item, fc.array(item, { maxLength: 4 }))

describe('random JSON', () => {
  it('is answered by the table, and delivered whole or not at all', { timeout: 60_000 }, (t) => {
    const { seed } = seededChance()
    t.diagnostic(`seed ${seed}`)
    return withCable({}, async (context) => {
      const { connect, broadcast } = context
      const client = await connect()
      await client.subscribe('s')
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const text = JSON.stringify(body)
          const answer = await broadcast(text)
          assert.deepEqual([answer.status, await answer.text()], expected(JSON.parse(text)))
          if (answer.status !== 200) return
          for (const each of [JSON.parse(text)].flat()) {
            if (each.stream === 's') assert.deepEqual((await client.next()).data, each.data)
          }
          assert.deepEqual(client.inbox, [])
        }),
        { seed, numRuns: 1_500, endOnFailure: true },
      )
    })
  })
})

describe('random bytes, lengths and encodings', () => {
  it('are answered, and never taken for what they are not', { timeout: 60_000 }, (t) => {
    const { seed, below } = seededChance()
    t.diagnostic(`seed ${seed}`)
    const one = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
    const good = '{"stream":"private","data":"forged"}'

    // None of these says `good` in a way that may be taken: each has something wrong with it.
    const wrongs: readonly (() => readonly [lines: readonly string[], body: Buffer])[] = [
      () => [['Content-Type: application/json', `Content-Length: ${good.length - 1 - below(20)}`], Buffer.from(good)],
      () => [['Content-Type: application/json', `Content-Length: ${good.length + 1 + below(20)}`], Buffer.from(good)],
      () => [
        ['Content-Type: application/json', `Content-Length: ${one(['-1', '1e9', 'x', '0x10', '36, 37', ''])}`],
        Buffer.from(good),
      ],
      () => [['Content-Type: application/json', 'Content-Length: 9999999'], Buffer.from(good)],
      () => [
        ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
        Buffer.from(`${one(['24', 'zz', '-1', 'ffffffffffffffff'])}\r\n${good.slice(0, 20)}`),
      ],
      () => [
        [
          `Content-Type: ${one(['text/plain', 'text/json', 'application/jsonx', 'xapplication/json', 'application/x-www-form-urlencoded', ', application/json', ''])}`,
          `Content-Length: ${good.length}`,
        ],
        Buffer.from(good),
      ],
      () => [
        [
          'Content-Type: application/json',
          `Content-Encoding: ${one(['gzip', 'br', 'x', 'identity, gzip'])}`,
          `Content-Length: ${good.length}`,
        ],
        Buffer.from(good),
      ],
      () => {
        const bytes = Buffer.from(Array.from({ length: 1 + below(400) }, () => below(256)))
        return [['Content-Type: application/json', `Content-Length: ${bytes.length}`], bytes]
      },
      () => {
        const text = `${one(['[', '{"a":', '[{"stream":"private","data":'])}`.repeat(1 + below(20_000))
        return [['Content-Type: application/json', `Content-Length: ${text.length}`], Buffer.from(text)]
      },
      () => {
        const bytes = Buffer.from(good, 'utf16le')
        return [['Content-Type: application/json; charset=utf-16', `Content-Length: ${bytes.length}`], bytes]
      },
    ]

    return withCable({ limits: { bodyBytes: 100_000 } }, async (context) => {
      const bystander = await Bystander.to('private', context)
      const statuses = new Set<string>()
      for (let round = 0; round < 50; round++) {
        const sent = Array.from({ length: 10 }, () => {
          const [lines, body] = one(wrongs)()
          const head = ['POST /_broadcast HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines]
          return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
        })
        const answers = await Promise.all(sent.map((bytes) => exchange(context.port, bytes)))
        for (const answer of answers) {
          // Nothing at all is an answer to a body that never came whole.
          const [, status = 'none'] = /^HTTP\/1\.1 (\d+)/.exec(answer.toString('latin1')) ?? []
          statuses.add(status)
        }
        await bystander.check()
      }
      const others = [...statuses].filter((status) => !['400', '413', '415', 'none'].includes(status))
      assert.deepEqual(others, [])
    })
  })
})
