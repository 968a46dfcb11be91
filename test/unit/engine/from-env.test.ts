// TURBO_CABLE_ENGINE: which engine a URL means.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { engineFromEnv } from '../../../src/engine/from-env.ts'

describe('engineFromEnv()', () => {
  it('is none where nothing is said', () => {
    for (const env of [{}, { TURBO_CABLE_ENGINE: '' }]) assert.equal(engineFromEnv(env), undefined)
  })

  for (const [url, kind] of [
    ['redis://localhost', 'RedisEngine'],
    ['rediss://localhost', 'RedisEngine'],
    ['nats://localhost', 'NatsEngine'],
    ['tls://user:secret@localhost:4222', 'NatsEngine'],
    ['nats://a:4222, nats://b:4222', 'NatsEngine'],
  ] as const) {
    it(`is a ${kind} for ${url}`, () =>
      assert.equal(engineFromEnv({ TURBO_CABLE_ENGINE: url })?.constructor.name, kind))
  }

  for (const url of ['memory', 'http://user:secret@localhost', 'nats://', 'nats:localhost', 'nats://a,redis://b']) {
    it(`refuses ${url}, and shows no password`, () =>
      assert.throws(
        () => engineFromEnv({ TURBO_CABLE_ENGINE: url }),
        ({ code, message }: Error & { code: string }) => {
          assert.equal(code, 'TURBO_CABLE_BAD_OPTION')
          assert.match(message, /`TURBO_CABLE_ENGINE`.*nats:\/\//)
          assert.ok(!message.includes('secret'))
          return true
        },
      ))
  }
})
