// Refreshes in bursts: the edges of a burst, how long one waits, and whose request id the one that is sent has.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerbs } from '../../../src/broadcast/create-verbs.ts'
import { Refreshes } from '../../../src/broadcast/refreshes.ts'
import { withRequestId } from '../../../src/broadcast/request-id.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { recorder } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

function house() {
  const clock = new FakeClock()
  const refreshes = new Refreshes(clock)
  const publisher = recorder()
  const { broadcastRefreshLaterTo, broadcastRefreshTo } = createVerbs({
    publisher: () => publisher,
    renderer: () => undefined,
    scheduler: () => ({ schedule: () => {} }),
    refreshes: () => refreshes,
  })
  const sent = () => publisher.broadcasts.splice(0).map(({ stream, data }) => `${stream} ${data}`)
  return { clock, refreshes, publisher, later: broadcastRefreshLaterTo, now: broadcastRefreshTo, sent }
}

const plain = 's <turbo-stream action="refresh"></turbo-stream>'
const of = (id: string) => `s <turbo-stream request-id="${id}" action="refresh"></turbo-stream>`

test('one refresh is sent at once, and nothing follows', () => {
  const { clock, later, sent } = house()
  later('s')
  assert.deepEqual(sent(), [plain])
  clock.advance(10_000)
  assert.deepEqual(sent(), [])
  assert.equal(clock.size, 0)
  later('s')
  assert.deepEqual(sent(), [plain])
})

test('the others of a burst are sent as one when it has been quiet for 500 ms', () => {
  const { clock, later, sent } = house()
  for (let n = 0; n < 5; n++) {
    later('s')
    clock.advance(100)
  }
  assert.equal(sent().length, 1)
  clock.advance(399)
  assert.deepEqual(sent(), [])
  clock.advance(1)
  assert.deepEqual(sent(), [plain])
  clock.advance(10_000)
  assert.deepEqual(sent(), [])
})

test('a burst that does not end sends every 2,000 ms, and its last change is never lost', () => {
  const { clock, later, sent } = house()
  const times: number[] = []
  const start = clock.now()
  for (let n = 0; n < 60; n++) {
    later('s')
    clock.advance(0)
    if (sent().length > 0) times.push(clock.now() - start)
    clock.advance(100)
    if (sent().length > 0) times.push(clock.now() - start)
  }
  assert.deepEqual(times, [0, 2_100, 4_100])
  clock.advance(500)
  assert.deepEqual(sent(), [plain])
})

test('streams, and refreshes of other kinds, wait for nobody else', () => {
  const { clock, later, sent } = house()
  later('s')
  later('t')
  later('s', { method: 'morph' })
  later('s', { exclude: 'page' })
  assert.equal(sent().length, 4)
  later('s', { method: 'morph' })
  later(['s'])
  clock.advance(500)
  assert.deepEqual(sent(), ['s <turbo-stream method="morph" action="refresh"></turbo-stream>', plain])
})

test('a refresh has the id of its request, null removes it, and an id of its own wins', async () => {
  const { now, later, sent } = house()
  await withRequestId('r1', async () => {
    await now('s')
    await now('s', { requestId: null })
    await now('s', { requestId: 'own' })
    later('s')
    await withRequestId(null, () => now('s'))
  })
  await now('s')
  assert.deepEqual(sent(), [of('r1'), plain, of('own'), of('r1'), plain, plain])
})

test('one refresh for one request has its id; where a burst holds several, it has none', () => {
  const { clock, later, sent } = house()
  later('s')
  withRequestId('r1', () => later('s'))
  withRequestId('r1', () => later('s'))
  clock.advance(500)
  assert.deepEqual(sent(), [plain, of('r1')])
  withRequestId('r1', () => later('s'))
  withRequestId('r2', () => later('s'))
  withRequestId('r2', () => later('s'))
  clock.advance(500)
  assert.deepEqual(sent(), [plain])
  withRequestId('r1', () => later('s'))
  later('s')
  clock.advance(500)
  assert.deepEqual(sent(), [plain])
})

test('flush sends what waits at once', async () => {
  const { clock, refreshes, later, sent } = house()
  later('s')
  withRequestId('r1', () => later('s'))
  await refreshes.flush()
  assert.deepEqual(sent(), [plain, of('r1')])
  assert.equal(clock.size, 0)
})

test('misuse throws at the call; a publisher in trouble costs a logged line', async (t) => {
  const lines = warnings(t)
  const { publisher, refreshes, later } = house()
  assert.throws(() => later(''), { code: 'TURBO_CABLE_BAD_STREAM' })
  assert.throws(() => later('s', { targets: 'x' } as never), { code: 'TURBO_CABLE_BAD_OPTION' })
  assert.throws(() => later('s', { scroll: 'up' } as never), { code: 'TURBO_CABLE_BAD_OPTION' })
  publisher.publish = async () => {
    throw Object.assign(new Error('no such stream'), { code: 'TURBO_CABLE_BAD_STREAM' })
  }
  later('s')
  await refreshes.flush()
  await new Promise(setImmediate)
  assert.deepEqual(lines, ['[turbo-cable] broadcastRefreshLaterTo sent nothing to "s": no such stream'])
})
