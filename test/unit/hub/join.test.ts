// What one connection has asked for and what is held back for it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Positioned, Replay } from '../../../src/engine/engine.ts'
import { type Ask, Join } from '../../../src/hub/join.ts'

const message = (position: number, json = '1'): Positioned => ({
  stream: 's',
  json,
  position,
  cursor: `e:${position}`,
  exclude: undefined,
})
const ask = (address: string, cursor = address) => ({ subscription: { address }, cursor }) as unknown as Ask
const replay: Replay = { recovered: true, position: 1, cursor: 'e:1', messages: [] }

function asking(...asks: Ask[]) {
  const join = new Join(1_000)
  for (const each of asks) join.ask(each)
  let deadline: AbortSignal | undefined
  let answer = (_: Replay) => {}
  const answered = join.question(({ signal }) => {
    deadline = signal
    return new Promise((resolve) => {
      answer = resolve
    })
  })
  return { join, answered, answer: (given: Replay) => answer(given), deadline: deadline as AbortSignal | undefined }
}

describe('Join', () => {
  it('hands over what it held, in order, and begins anew', () => {
    const join = new Join(1_000)
    join.hold(message(1))
    join.hold(message(2))
    assert.deepEqual(join.release(), [message(1), message(2)])
    assert.deepEqual(join.release(), [])
    for (let n = 1; n <= 3; n++) join.hold(message(n))
    assert.equal(join.release()?.length, 3, 'as many as at first')
  })

  it('holds no more than its bound: past it nothing is left, and the question is over', async () => {
    const { join, answered, deadline } = asking(ask('a'))
    for (let n = 1; n <= 6; n++) join.hold(message(n))
    assert.equal(await answered, undefined)
    assert.deepEqual([join.failed, deadline?.aborted], [true, true])
    assert.equal(join.release(), undefined)
    assert.deepEqual(join.release(), [], 'and begins anew')
  })

  it('answers asks in their order, and none that was forgotten', () => {
    const [a, b, c] = [ask('a'), ask('b'), ask('c')]
    const { join } = asking(a, b, c)
    join.forget('b')
    assert.deepEqual(join.take(b), [])
    assert.deepEqual(join.take(a), [a])
    assert.equal(join.next(), c)
  })

  it('takes together what asks for the same, as far as it stands together', () => {
    const [a, b, c, d] = [ask('a', 'e:1'), ask('b', 'e:1'), ask('c', 'e:2'), ask('d', 'e:1')]
    const { join } = asking(a, b, c, d)
    assert.deepEqual(join.take(a), [a, b])
    assert.equal(join.next(), c)
  })

  it('gives the answer of the engine to whoever put the question', async () => {
    const { answered, answer } = asking(ask('a'))
    answer(replay)
    assert.equal(await answered, replay)
  })

  it('rejects as the engine does', async () => {
    const join = new Join(1)
    await assert.rejects(
      join.question(() => Promise.reject(new Error('away'))),
      /away/,
    )
  })

  it('withdraws the question with the last ask, which is no failure', async () => {
    const { join, answered, deadline } = asking(ask('a'), ask('a'))
    join.forget('b')
    assert.equal(deadline?.aborted, false)
    join.forget('a')
    assert.equal(await answered, undefined)
    assert.deepEqual([join.failed, deadline?.aborted], [false, true])
  })

  it('fails all asks at once', () => {
    const [a, b] = [ask('a'), ask('b')]
    const { join } = asking(a, b)
    join.fail()
    assert.deepEqual(join.failAll(), [a, b])
    assert.deepEqual([join.failed, join.next()], [false, undefined])
  })

  it('has nothing more to ask once it is abandoned', async () => {
    const { join, answered } = asking(ask('a'), ask('b'))
    join.abandon()
    assert.equal(await answered, undefined)
    assert.deepEqual([join.abandoned, join.next()], [true, undefined])
  })
})
