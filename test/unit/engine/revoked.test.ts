// The revocations with an end that an engine remembers, and what it says of them again.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Revoked } from '../../../src/engine/revoked.ts'

const about = { type: 'revoke', stream: 's', subject: '7' } as const

function at(t: TestContext, now: number): Revoked {
  t.mock.timers.enable({ apis: ['Date'], now })
  t.mock.method(performance, 'now', () => Date.now())
  return new Revoked()
}

describe('Revoked', () => {
  it('says each again with how long ago it was said, wherever it comes from', (t) => {
    const revoked = at(t, 100_000)
    const until = 900_000
    revoked.note({ ...about, subject: 'live', until }, 50)
    revoked.note({ ...about, subject: 'again', until, ago: 5_000 }, 50)
    // Nobody knows when that was said: it must not count against what was said since.
    revoked.note({ ...about, subject: 'kept', until }, Number.POSITIVE_INFINITY)
    t.mock.timers.tick(1_000)
    assert.deepEqual(
      revoked.again(),
      Object.entries({ live: 1_050, again: 6_050, kept: 365 * 86_400_000 + 1_000 }).map(([subject, ago]) => ({
        ...about,
        subject,
        until,
        ago,
      })),
    )
    assert.deepEqual(revoked.now()[1], { ...about, subject: 'again', until })
  })

  it('holds the one that ends later, until it ends or is undone', (t) => {
    const revoked = at(t, 100_000)
    revoked.note({ ...about, until: 103_000 })
    t.mock.timers.tick(1_000)
    revoked.note({ ...about, until: 102_000 })
    assert.deepEqual(revoked.again(), [{ ...about, until: 103_000, ago: 1_000 }])
    t.mock.timers.tick(2_000)
    assert.deepEqual(revoked.now(), [])
    revoked.note({ ...about, until: 200_000 })
    revoked.note({ type: 'restore', stream: 's', subject: '7' })
    assert.deepEqual(revoked.now(), [])
  })
})
