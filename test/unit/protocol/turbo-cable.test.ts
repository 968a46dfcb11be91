// The wire as literal text, both ways.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Destination } from '../../../src/protocol/protocol.ts'
import { turboCableProtocol } from '../../../src/protocol/turbo-cable.ts'
import * as wire from '../../support/turbo-cable-wire.ts'

describe('decode', () => {
  const commands: [string, unknown][] = [
    ['{"type":"subscribe","stream":"s"}', { type: 'subscribe', address: 's', asked: 's' }],
    [
      '{"type":"subscribe","stream":"s","cursor":"e:41"}',
      { type: 'subscribe', address: 's', asked: 's', cursor: 'e:41' },
    ],
    ['{"type":"subscribe","stream":"s","cursor":null}', { type: 'subscribe', address: 's', asked: 's', cursor: null }],
    [
      '{"type":"subscribe","stream":"s","cursor":null,"connection":"c"}',
      { type: 'subscribe', address: 's', asked: 's', cursor: null, connection: 'c' },
    ],
    ['{"type":"subscribe","stream":"s","cursor":7}', { type: 'subscribe', address: 's', asked: 's' }],
    ['{"type":"subscribe","stream":"s","connection":"c"}', { type: 'subscribe', address: 's', asked: 's' }],
    ['{"type":"unsubscribe","stream":"s","extra":1}', { type: 'unsubscribe', address: 's' }],
    ['{"type":"pong"}', { type: 'pong' }],
    [' \n{"stream":"é☃","type":"subscribe"} ', { type: 'subscribe', address: 'é☃', asked: 'é☃' }],
  ]
  for (const [text, command] of commands) it(`reads ${text.trim()}`, () => assert.deepEqual(wire.decode(text), command))

  const noise = [
    '',
    '{',
    'null',
    '1',
    '"subscribe"',
    '[]',
    '{}',
    '{"type":"subscribe"}',
    '{"type":"subscribe","stream":""}',
  ]
  noise.push(
    '{"type":"subscribe","stream":["s"]}',
    '{"type":"message","stream":"s"}',
    '{"type":"__proto__","stream":"s"}',
  )
  for (const text of noise) it(`ignores ${text || 'nothing'}`, () => assert.equal(wire.decode(text), undefined))
})

describe('encode', () => {
  const texts: [string, string][] = [
    [wire.subscribed('s'), '{"type":"subscribed","stream":"s"}'],
    [wire.subscribed('a"b'), '{"type":"subscribed","stream":"a\\"b"}'],
    [wire.resumed('s', 'e:44', true), '{"type":"subscribed","stream":"s","cursor":"e:44","recovered":true}'],
    [
      wire.resumed('t--f', 'e:44', false, { name: 's', refresh: 2_000 }),
      '{"type":"subscribed","stream":"t--f","cursor":"e:44","recovered":false,"name":"s","refresh":2000}',
    ],
    [wire.message('s', '{"a":1}'), '{"type":"message","stream":"s","data":{"a":1}}'],
    [wire.message('s', '"<p>"', 'e:45'), '{"type":"message","stream":"s","data":"<p>","cursor":"e:45"}'],
    [wire.ping(), '{"type":"ping"}'],
    [wire.ping('e:60'), '{"type":"ping","cursor":"e:60"}'],
    [wire.rejected('s', 'unauthorized'), '{"type":"rejected","stream":"s","reason":"unauthorized"}'],
    [
      wire.disconnect('server_restart', true, 850),
      '{"type":"disconnect","reason":"server_restart","reconnect":true,"after":850}',
    ],
    [wire.disconnect('unauthorized', false), '{"type":"disconnect","reason":"unauthorized","reconnect":false}'],
  ]
  for (const [text, expected] of texts) it(`writes ${expected}`, () => assert.equal(text, expected))
})

describe('whose messages are the same bytes', () => {
  const message = { stream: 's', json: '1', position: 45, cursor: 'e:45' }
  const text = (to: Destination) => {
    const { head, tail } = turboCableProtocol.message(to, message)
    return head + message.json + tail
  }
  const asked = { address: 's', stream: 's', resumes: false }
  const token = { address: 't--f', stream: 's', resumes: false }

  it('a plain subscriber gets its messages under the string that it asked for', () => {
    assert.equal(text(token), '{"type":"message","stream":"t--f","data":1}')
    assert.notEqual(turboCableProtocol.audience(token), turboCableProtocol.audience(asked))
    assert.equal(turboCableProtocol.audience(asked), turboCableProtocol.audience({ ...asked }))
  })

  it("one with a cursor gets them under the stream's name, whatever it asked for", () => {
    const named = { ...asked, resumes: true }
    const signed = { ...token, resumes: true }
    assert.equal(text(signed), '{"type":"message","stream":"s","data":1,"cursor":"e:45"}')
    assert.equal(turboCableProtocol.audience(named), turboCableProtocol.audience(signed))
  })
})
