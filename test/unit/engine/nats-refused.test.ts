// What a process says in a mark of the revocations that hold, and of those that were undone.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Refused } from '../../../src/engine/nats/refused.ts'

const about = { stream: 's', subject: '7' } as const
const until = Date.now() + 3_600_000

it('a mark names what was undone while the log was away, once that has been read in it', () => {
  const [refused, missing] = [new Refused(), new Refused()]
  for (const each of [refused, missing]) each.note({ type: 'revoke', ...about, until }, 5)
  // As often as it does not get through.
  for (let times = 0; times < 2; times++) refused.unsaid({ type: 'restore', ...about })
  assert.deepEqual(refused.now(), [])
  assert.deepEqual(refused.said(5), {})
  refused.note({ type: 'restore', ...about, ago: 1_000 }, 8)
  const said = refused.said(8)
  assert.deepEqual(said, { undone: [['s', '7', 8, until]] })
  // Who missed it does not bring it back.
  const { restored } = missing.take({ epoch: 'e', server: 'n', began: 1, ...said })
  assert.deepEqual([restored, missing.now()], [[{ type: 'restore', ...about }], []])
})

it('what was undone while the log was away is held again where it was said again in the log since', () => {
  const refused = new Refused()
  refused.note({ type: 'revoke', ...about, until }, 5)
  refused.note({ type: 'restore', ...about }, 6)
  refused.note({ type: 'revoke', ...about, until }, 7)
  refused.unsaid({ type: 'restore', ...about })
  // What was known to be undone in the log stays so.
  assert.deepEqual(refused.said(7), { undone: [['s', '7', 6, until]] })
  refused.take({ epoch: 'e', server: 'n', began: 1, revoked: [{ type: 'revoke', ...about, until }], at: [9], read: 9 })
  assert.deepEqual(refused.now(), [{ type: 'revoke', ...about, until }])
})
