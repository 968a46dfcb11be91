// What the inspector's pages are sent, and when: what has changed, twice a second at most, and nothing while nobody looks.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { heard } from '../../../src/diagnostics.ts'
import { Live } from '../../../src/inspector/live.ts'
import { hubOf } from '../../support/hub-doubles.ts'

const half = 500
const minute = 60_000

async function watched(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let now = 0
  const { hub, client, publish } = hubOf()
  // The engine has started by then.
  await setImmediate()
  const sent: string[] = []
  const cable = {
    pages: 1,
    async send(elements: string) {
      sent.push(elements)
    },
  }
  const live = new Live(hub, cable, () => now)
  t.after(() => live.stop())
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= half) {
      now += half
      t.mock.timers.tick(half)
    }
  }
  /** What was sent since the last call: actions and targets. */
  const news = () =>
    sent.splice(0).flatMap((elements) => {
      const tags = elements.matchAll(/<turbo-stream[^>]* action="(\w+)" target="([\w-]+)">/g)
      return [...tags].map(([, action, target]) => `${action} ${target}`)
    })
  return { live, client, cable, pass, news, publish: (stream: string) => publish(stream, 1) }
}

describe('Live', () => {
  it('sends all once, and then what has changed alone', async (t) => {
    const { live, pass, news, publish, client } = await watched(t)
    live.watch()
    pass(half)
    assert.deepEqual(news().sort(), [
      'update connections',
      'update counts',
      'update rates',
      'update stream-names',
      'update streams',
    ])
    pass(minute)
    assert.deepEqual(news(), [])
    await publish('room')
    pass(half)
    assert.deepEqual(news(), ['prepend entries', 'update counts', 'update rates'])
    pass(half)
    assert.deepEqual(news(), [])
    pass(half)
    assert.deepEqual(news(), ['update rates'])
    client().subscribe('room')
    pass(half)
    assert.deepEqual(
      news()
        .filter((each) => !each.includes('rates'))
        .sort(),
      ['update connections', 'update counts', 'update stream-names', 'update streams'],
    )
  })

  it('gathers whatever comes between two looks', async (t) => {
    const { live, pass, news, publish } = await watched(t)
    live.watch()
    pass(half)
    news()
    for (let n = 0; n < 200; n++) await publish(`stream ${n}`)
    assert.deepEqual(news(), [])
    pass(half)
    assert.equal(news().filter((each) => each === 'prepend entries').length, 1)
    assert.equal(live.recording.entries.length, 21)
  })

  it('takes from a page what it keeps no more', async (t) => {
    const { live, pass, news, publish } = await watched(t)
    live.watch()
    for (let n = 0; n < 101; n++) {
      await publish('room')
      pass(half)
    }
    const removed = news().filter((each) => each.startsWith('remove'))
    assert.deepEqual(removed, ['remove entry-1'])
  })

  it('shows a page that comes later what others have, once', async (t) => {
    const { live, pass, news, publish } = await watched(t)
    live.watch()
    await publish('before')
    assert.match(String(live.entries()), /entry-1.*before/s)
    assert.deepEqual(news(), ['prepend entries'])
    pass(half)
    assert.ok(!news().includes('prepend entries'))
    live.pieces()
    pass(half)
    // What the others showed may be what it does not.
    assert.equal(news().length, 5)
  })

  it('ends a minute after the last page has gone, and begins anew', async (t) => {
    const { live, cable, pass, news, publish } = await watched(t)
    assert.equal(heard('turbo-cable:broadcast'), false)
    live.watch()
    await publish('first')
    cable.pages = 0
    pass(half)
    news()
    await publish('second')
    pass(minute - half)
    assert.deepEqual(news(), [])
    assert.equal(live.recording.entries.length, 2)
    pass(half * 2)
    assert.deepEqual([heard('turbo-cable:broadcast'), live.recording.entries.length], [false, 0])
    live.watch()
    await publish('third')
    assert.equal(live.recording.entries.length, 1)
  })
})
