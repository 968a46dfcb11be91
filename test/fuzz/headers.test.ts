// Random requests, header by header: whoever lacks the right gets neither a socket nor a broadcast through, and every
// request comes to an end.

import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { Bystander, confidential } from '../support/bystander.ts'
import { seededChance } from '../support/chance.ts'
import { exchange } from '../support/raw.ts'
import { warnings } from '../support/warnings.ts'
import { withCable } from '../support/with-cable.ts'

const cookie = 'sid=9c1f27e0'
const token = 'correct-horse-battery'

const { seed, below } = seededChance()
const one = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
const some = <Item>(items: readonly Item[]): Item[] => items.filter(() => below(3) === 0)

// What a header's value may be turned into.
const bend: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => value,
  (value) => value.toUpperCase(),
  (value) => `${value}, ${value}`,
  (value) => `\t ${value} `,
  (value) => value.slice(0, below(value.length + 1)),
  (value) => value.slice(below(value.length + 1)),
  (value) => value + one(['.', ':', '/', '@', '%', '\u00e9', ';', '"', '\\', '\0', '\x7f', '-', '?a=b', '#']),
  (value) => one(['.', ':', '/', '@', 'a', '\u00ff', ' ']) + value,
  (value) => value.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  () => '',
  (value) => value.repeat(1 + below(200)),
]
const bent = (value: string): string => one(bend)(value)

type Line = readonly [name: string, value: string]

function write(start: string, lines: readonly Line[], body = ''): Buffer {
  const head = lines.map(([name, value]) => `${one([name, name, name.toLowerCase(), name.toUpperCase()])}: ${value}`)
  return Buffer.from(`${[start, ...head].join(one(['\r\n', '\r\n', '\r\n', '\n']))}\r\n\r\n${body}`, 'latin1')
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => [below(1e6), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

const strange: readonly Line[] = [
  ['Connection', 'close'],
  ['Connection', 'keep-alive, Upgrade'],
  ['Upgrade', 'h2c'],
  ['Upgrade', 'websocket, h2c'],
  ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
  ['Sec-WebSocket-Protocol', 'actioncable-v1-json, , x'],
  ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits=99'],
  ['Sec-WebSocket-Version', '8'],
  ['Sec-WebSocket-Key', 'x'],
  ['Transfer-Encoding', 'chunked'],
  ['Content-Length', '5'],
  ['Expect', '100-continue'],
  ['X-Forwarded-Host', 'good.example'],
  ['X-HTTP-Method-Override', 'POST'],
  ['Idempotency-Key', '__proto__'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
]

const upgrade: readonly Line[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
]

async function storm(
  port: number,
  make: () => Buffer,
  judge: (sent: Buffer, answer: string) => void,
  check: () => Promise<void>,
) {
  let answered = 0
  for (let round = 0; round < 60; round++) {
    const sent = Array.from({ length: 20 }, make)
    const answers = await Promise.all(sent.map((bytes) => exchange(port, bytes)))
    for (const [index, answer] of answers.entries()) {
      if (answer.length > 0) answered++
      assert.ok(!answer.includes(confidential))
      judge(sent[index] as Buffer, answer.toString('latin1'))
    }
    await check()
  }
  // Most of it must have been understood, or nothing was tried.
  assert.ok(answered > 600, `${answered} answers`)
}

const shown = (sent: Buffer) => JSON.stringify(sent.toString('latin1').slice(0, 2_000))

describe('random headers', () => {
  it('on an upgrade: without the cookie there is no socket', { timeout: 60_000 }, (t) => {
    t.diagnostic(`seed ${seed}`)
    warnings(t)
    const authenticate = (request: IncomingMessage) => {
      const cookies = (request.headers.cookie ?? '').split(/; */)
      return cookies.includes(cookie) ? 'somebody' : null
    }
    return withCable({ authenticate }, async (context) => {
      const bystander = await Bystander.to('private', context, { Cookie: cookie })
      const make = () => {
        const lines: Line[] = [...upgrade, ['Host', one(['127.0.0.1', 'good.example'])]]
        const wrong = bent('sid=9c1f27e1')
        if (below(2)) lines.push(['Cookie', wrong], ...some([['Cookie', 'other=1'] as Line]))
        if (below(3) === 0) lines.push(['Authorization', bent(`Bearer ${token}`)])
        const changed = lines.map(([name, value]): Line => [name, below(8) ? value : bent(value)])
        return write(
          `GET ${one(['/cable', '/cable', '/cable?sid=9c1f27e0', '/cable/', '//cable'])} HTTP/1.1`,
          shuffled([...changed, ...(below(3) ? [] : some(strange))]),
        )
      }
      await storm(
        context.port,
        make,
        (sent, answer) => assert.doesNotMatch(answer, /^HTTP\/1\.1 101 /, shown(sent)),
        () => bystander.check(),
      )
      assert.equal(context.cable.stats().connections, 1)
    })
  })

  it('on an upgrade: a page of neither this host nor an allowed one gets no socket', { timeout: 60_000 }, (t) => {
    t.diagnostic(`seed ${seed}`)
    warnings(t)
    let opened = 0
    return withCable({ allowedOrigins: ['https://partner.example', '*.friends.example'] }, async (context) => {
      const bystander = await Bystander.to('private', context)
      const origins = [
        'https://evil.test',
        'https://evil-good.example',
        'https://good.example',
        'https://good.example.evil.test',
        'https://good.example:8443',
        'null',
        'https://partner.example',
        'https://a.friends.example',
        'https://xfriends.example',
        'file://',
        'https://[::1]',
      ]
      const make = () => {
        const lines: Line[] = [...upgrade, ['Host', one(['good.example', 'GOOD.example', 'good.example:443'])]]
        lines.push(['Origin', bent(one(origins))])
        return write('GET /cable HTTP/1.1', shuffled([...lines, ...(below(3) ? [] : some(strange))]))
      }
      await storm(
        context.port,
        make,
        (sent, answer) => {
          if (!answer.startsWith('HTTP/1.1 101 ')) return
          opened++
          // The end of what browsers make of an origin: the host, with no more before it than a scheme or a subdomain.
          const [, origin = ''] = /^origin:[ \t]*(.*?)[ \t]*\r?$/im.exec(sent.toString('latin1')) ?? []
          const host = URL.canParse(origin) ? new URL(origin).hostname : ''
          assert.ok(/^(?:good\.example|partner\.example|.+\.friends\.example)$/.test(host), shown(sent))
        },
        () => bystander.check(),
      )
      assert.ok(opened > 0, 'some are let in, so that the others are refused for a reason')
    })
  })

  it('on a broadcast: without the token, what comes by a proxy, a browser or another name is not taken', {
    timeout: 60_000,
  }, (t) => {
    t.diagnostic(`seed ${seed}`)
    return withCable({ broadcastToken: token }, async (context) => {
      const bystander = await Bystander.to('private', context)
      const disqualifying: readonly (() => Line)[] = [
        () => ['X-Forwarded-For', bent('192.0.2.1')],
        () => ['X-Forwarded-Proto', bent('https')],
        () => ['Forwarded', bent('for=192.0.2.1')],
        () => ['Via', bent('1.1 proxy')],
        () => ['X-Real-IP', bent('192.0.2.1')],
        () => ['Origin', bent('http://localhost')],
        () => ['Sec-Fetch-Site', bent('cross-site')],
      ]
      const body = JSON.stringify({ stream: 'private', data: 'forged' })
      const make = () => {
        const foreign = below(2) === 0
        const lines: Line[] = [
          [
            'Host',
            foreign
              ? one(['evil.test', 'localhost.evil.test', 'evil.test:3000', '192.0.2.1', '127.0.0.1.evil'])
              : 'localhost',
          ],
          ['Content-Type', below(6) ? 'application/json' : bent('application/json')],
          ['Content-Length', String(body.length)],
        ]
        if (!foreign) lines.push(one(disqualifying)())
        if (below(2))
          lines.push(['Authorization', one(['Bearer ', 'bearer ', 'Basic ', '']) + bent('correct-horse-batter')])
        const start = `${one(['POST', 'POST', 'POST', 'PUT', 'GET'])} ${one(['/_broadcast', '/_broadcast', '/_broadcast?a=b'])} HTTP/1.${below(8) ? 1 : 0}`
        return write(start, shuffled([...lines, ...(below(3) ? [] : some(strange))]), body)
      }
      await storm(
        context.port,
        make,
        (sent, answer) => assert.doesNotMatch(answer, /^HTTP\/1\.1 200 /, shown(sent)),
        // Its next message is the confidential one, and not the forged.
        () => bystander.check(),
      )
    })
  })
})
