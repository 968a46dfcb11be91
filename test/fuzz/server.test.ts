// What strangers send to the server's own doors: damaged tokens let nobody in, and damaged broadcasts of AnyCable's senders are answered.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SignJWT } from 'jose'
import type { UpgradeRequest } from '../../src/options/identity.ts'
import { anycableFormat } from '../../src/server/anycable.ts'
import { jwt } from '../../src/server/server.ts'
import { isStreamName } from '../../src/stream/name.ts'
import { mutations } from '../support/mutations.ts'
import { recorder } from '../support/sending.ts'

const key = Buffer.from('a secret that is long enough for an HMAC')
const more = { signal: new AbortController().signal, expires: () => {} }

describe('10,000 damaged tokens', () => {
  it('let nobody in, and throw nothing', { timeout: 60_000 }, async (t) => {
    const good = await new SignJWT({ sub: '7', streams: ['s'] }).setProtectedHeader({ alg: 'HS256' }).sign(key)
    const [head = '', payload = '', signature = ''] = good.split('.')
    const { seed, next } = mutations(good, good, Buffer.from(head, 'base64url').toString())
    t.diagnostic(`seed ${seed}`)
    const authenticate = jwt({ secret: key, cookie: 'session' })
    // Only the bytes that are signed count: base64 has several ways to write the last of them.
    const same = (token: string) =>
      token.startsWith(`${head}.${payload}.`) &&
      Buffer.from(token.slice(head.length + payload.length + 2), 'base64url').equals(
        Buffer.from(signature, 'base64url'),
      )
    for (let n = 0; n < 10_000; n++) {
      const token = next().toString('latin1')
      if (same(token.trim())) continue
      const [url, headers] = [
        [`/cable?token=${encodeURIComponent(token)}`, {}],
        ['/cable', { cookie: `session=${token}` }],
        ['/cable', { 'sec-websocket-protocol': `anycable-token.${token}` }],
        [`/cable?token=${token}`, { authorization: `Bearer ${token}` }],
      ][n % 4] as [string, object]
      const identity = await authenticate({ url, headers } as UpgradeRequest, more)
      // A place may end before the damage: what is left is the good one.
      if (identity !== null) assert.equal(JSON.stringify([url, headers]).includes(good.slice(0, -1)), true, token)
    }
  })
})

describe("10,000 damaged broadcasts of AnyCable's senders", () => {
  it('are taken or refused in words, and name no stream that is none', async (t) => {
    const { seed, next } = mutations(
      '{"stream":"s","data":"{\\"n\\":1}","meta":{"exclude_socket":"x"}}',
      '[{"stream":"s","data":"1"},{"stream":"t","data":"2"}]',
      '{"command":"disconnect","payload":{"identifier":"{\\"id\\":7}","reconnect":false}}',
    )
    t.diagnostic(`seed ${seed}`)
    const publisher = recorder()
    const gone: unknown[] = []
    const { take } = anycableFormat({ publisher, disconnect: (who) => gone.push(who) })
    let refused = 0
    for (let n = 0; n < 10_000; n++) {
      let value: unknown
      try {
        value = JSON.parse(next().toString())
      } catch {
        continue
      }
      const taken = take(value)
      if (typeof taken === 'string') refused++
      else await taken
    }
    assert.ok(refused > 0 && publisher.broadcasts.length > 0 && gone.length > 0)
    assert.ok(publisher.broadcasts.every(({ stream }) => isStreamName(stream)))
    assert.ok(gone.every((who) => typeof who === 'string' && who !== ''))
  })
})
