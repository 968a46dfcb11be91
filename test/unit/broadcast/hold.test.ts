// Broadcasts that wait for a transaction, and broadcasts that are muted.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { holdingBroadcasts } from '../../../src/broadcast/hold.ts'
import { suppressingBroadcasts } from '../../../src/broadcast/mute.ts'
import {
  broadcastAppendLaterTo,
  broadcastAppendTo,
  broadcastJson,
  broadcastRefreshLaterTo,
  broadcastStream,
} from '../../../src/process/verbs.ts'
import { defaults, recorder } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

function cable(t: TestContext) {
  const publisher = recorder()
  const jobs: unknown[] = []
  const undo = defaults.registerProcessCable({
    publisher: () => publisher,
    renderer: () => ({
      async render(_partial, { n }) {
        await new Promise(setImmediate)
        if (n === 'bad') throw new Error('no such view')
        return String(n)
      },
    }),
    scheduler: () => ({
      schedule: ({ stream }) => void jobs.push(`later ${stream} after ${publisher.broadcasts.length}`),
    }),
  })
  t.after(undo)
  return { sent: () => publisher.broadcasts.map(({ stream }) => stream), jobs }
}

const html = { target: 'x', html: '' }

test('what is held is sent in its order once the work has resolved', async (t) => {
  const { sent, jobs } = cable(t)
  const result = await holdingBroadcasts(async () => {
    assert.equal(await broadcastAppendTo('first', { target: 'x', partial: 'p', locals: { n: 1 } }), true)
    broadcastAppendLaterTo('second', html)
    await broadcastJson('third', { n: 3 })
    broadcastRefreshLaterTo('fourth')
    await new Promise(setImmediate)
    assert.deepEqual([sent(), jobs], [[], []])
    return 'result'
  })
  assert.equal(result, 'result')
  assert.deepEqual([sent(), jobs], [['first', 'third', 'fourth'], ['later second after 1']])
})

test('a text of a transaction is shown after it, and none that was rolled back', async (t) => {
  const { sent } = cable(t)
  const text = async () => {
    const { taken } = await broadcastStream('text', ['a', 'b'], { target: 'x' })
    await broadcastJson('after', 1)
    assert.deepEqual([taken, sent()], [true, []])
  }
  await assert.rejects(
    holdingBroadcasts(async () => {
      await text()
      throw new Error('rolled back')
    }),
  )
  assert.deepEqual(sent(), [])
  await holdingBroadcasts(text)
  assert.deepEqual(sent().slice(-2), ['text', 'after'])
})

test('what is held is dropped when the work rejects or throws, and the error is the same', async (t) => {
  const { sent, jobs } = cable(t)
  const error = new Error('rolled back')
  const rejected = holdingBroadcasts(async () => {
    await broadcastAppendTo('s', html)
    broadcastAppendLaterTo('s', html)
    throw error
  })
  await assert.rejects(rejected, error)
  const throwing = () =>
    holdingBroadcasts(() => {
      void broadcastAppendTo('s', html)
      throw error
    })
  assert.throws(throwing, error)
  await broadcastAppendTo('after', html)
  assert.deepEqual([sent(), jobs], [['after'], []])
})

test('work that is no promise sends when it returns', async (t) => {
  const { sent } = cable(t)
  const result = holdingBroadcasts(() => {
    void broadcastAppendTo('s', html)
    assert.deepEqual(sent(), [])
    return 7
  })
  assert.equal(result, 7)
  assert.deepEqual(sent(), ['s'])
})

test('held within held waits for the outer work, and falls with it', async (t) => {
  const { sent } = cable(t)
  await holdingBroadcasts(async () => {
    await broadcastAppendTo('1', html)
    await holdingBroadcasts(() => broadcastAppendTo('2', html))
    await assert.rejects(
      holdingBroadcasts(async () => {
        await broadcastAppendTo('of a savepoint', html)
        throw new Error('back to it')
      }),
    )
    await broadcastAppendTo('3', html)
    assert.deepEqual(sent(), [])
  })
  assert.deepEqual(sent(), ['1', '2', '3'])
  await assert.rejects(
    holdingBroadcasts(async () => {
      await holdingBroadcasts(() => broadcastAppendTo('inner', html))
      throw new Error('rolled back')
    }),
  )
  assert.deepEqual(sent(), ['1', '2', '3'])
})

test('two at once do not meet, and what outlives its work sends by itself', async (t) => {
  const { sent } = cable(t)
  let over = () => {}
  const ended = new Promise<void>((resolve) => {
    over = resolve
  })
  let left: Promise<unknown> = Promise.resolve()
  const dropped = holdingBroadcasts(async () => {
    await broadcastAppendTo('dropped', html)
    left = ended.then(() => broadcastAppendTo('left behind', html))
    throw new Error('rolled back')
  }).catch(() => {})
  await Promise.all([dropped, holdingBroadcasts(() => broadcastAppendTo('kept', html))])
  over()
  await left
  assert.deepEqual(sent(), ['kept', 'left behind'])
})

test('misuse still throws at the call; a view that fails after the commit costs a line, and what follows is sent', async (t) => {
  const { sent } = cable(t)
  const lines = warnings(t)
  await holdingBroadcasts(async () => {
    assert.throws(() => broadcastAppendTo('', html), { code: 'TURBO_CABLE_BAD_STREAM' })
    assert.equal(await broadcastAppendTo('bad', { target: 'x', partial: 'p', locals: { n: 'bad' } }), true)
    await broadcastAppendTo('good', html)
  })
  assert.deepEqual(sent(), ['good'])
  assert.deepEqual(lines, ['[turbo-cable] broadcastAppendTo sent nothing to "bad": no such view'])
})

test('suppressed work sends nothing: no verb, no Later, also through awaits; misuse throws all the same', async (t) => {
  const { sent, jobs } = cable(t)
  const result = await suppressingBroadcasts(async () => {
    await new Promise(setImmediate)
    assert.equal(await broadcastAppendTo('s', html), false)
    assert.equal(await broadcastJson('s', {}), false)
    broadcastAppendLaterTo('s', html)
    broadcastRefreshLaterTo('s')
    assert.throws(() => broadcastAppendTo('', html), { code: 'TURBO_CABLE_BAD_STREAM' })
    await holdingBroadcasts(() => broadcastAppendTo('held', html))
    return 'imported'
  })
  assert.equal(result, 'imported')
  await broadcastAppendTo('after', html)
  assert.deepEqual([sent(), jobs], [['after'], []])
})
