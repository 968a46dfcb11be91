// When a broadcast makes many pages refresh themselves, and over how long they are told to spread.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spread, spreadWindow } from '../../../src/hub/spread.ts'
import { turboStream } from '../../../src/index.ts'
import { hubOf, turn } from '../../support/hub-doubles.ts'

const message = (data: unknown) => ({ stream: 's', json: JSON.stringify(data), position: 1, cursor: 'e:1' })

test('the window is as long as it takes all pages at so many a second; none where they fit in one', () => {
  assert.equal(spreadWindow(10_000, 500), 20_000)
  assert.equal(spreadWindow(501, 500), 1_002)
  assert.equal(spreadWindow(500, 500), 0)
})

test('only refreshes are spread, whatever else they carry', () => {
  const all = {
    plain: turboStream.refresh(),
    morph: turboStream.refresh({ method: 'morph', requestId: 'r1', attributes: { title: '>' } }),
    second: turboStream.remove('x') + turboStream.refresh(),
  }
  for (const [name, data] of Object.entries(all)) assert.equal(spread(message(data), 10, 5).refresh, 2_000, name)
  const others = [
    turboStream.append('x', { html: 'action="refresh"' }),
    turboStream('refresh_all', { targets: '.x' }),
    turboStream('highlight', { targets: 'x', attributes: { 'data-action': 'refresh' } }),
    { action: 'refresh' },
    { text: turboStream.refresh() },
    '<turbo-streams action="refresh"></turbo-streams>',
    '<turbo-stream data-x="y"></turbo-stream> action="refresh"',
  ]
  for (const data of others) assert.equal(spread(message(data), 10, 5).refresh, undefined, JSON.stringify(data))
  assert.equal(spread(message(turboStream.refresh()), 5, 5).refresh, undefined)
})

test('what users wrote cannot make it slow to see whether a message is a refresh', () => {
  const megabyte = (text: string) => text.repeat(1_000_000 / text.length)
  const time = (data: unknown) => {
    const said = message(data)
    const start = performance.now()
    spread(said, 10, 5)
    return performance.now() - start
  }
  // Tags that end take what is linear, however fast the machine is: those that do not end may take a few times as long.
  const ended = Math.max(5, time(megabyte('<turbo-stream>')), time(megabyte('<turbo-stream x>')))
  for (const text of ['<turbo-stream', '<turbo-stream ', '<turbo-stream action=', '<', ' action="refresh" ', 'x']) {
    for (const data of [megabyte(text), { text: megabyte(text) }, `<turbo-stream ${megabyte(text)}`]) {
      const took = time(data)
      assert.ok(took < ended * 20, `${text}: ${Math.round(took)} ms, where tags that end take ${Math.round(ended)}`)
    }
  }
})

test('a subscriber with a cursor is told the window; a plain one, and one that catches up, is not', async () => {
  const { hub, client } = hubOf({ limits: { refreshesPerSecond: 2 }, refreshSpread: 700 })
  const [first, second, plain] = [client(), client(), client()]
  for (const each of [first, second]) each.subscribe('s', { cursor: null })
  plain.subscribe('s')
  await turn()
  for (const each of [first, second, plain]) each.read()
  const data = turboStream.refresh()
  await hub.publish([{ stream: 's', data }])
  const said = { type: 'message', stream: 's', data }
  assert.deepEqual(first.read(), [{ ...said, cursor: 'e:1', refresh: 1_500 }])
  assert.deepEqual(plain.read(), [said])
  const late = client()
  late.subscribe('s', { cursor: 'e:0' })
  await turn()
  assert.deepEqual(late.read(), [
    { type: 'subscribed', stream: 's', cursor: 'e:1', recovered: true },
    { ...said, cursor: 'e:1' },
  ])
})

test('pages with a gap spread over the longer of that window and `refreshSpread`', async () => {
  const { engine, client } = hubOf({ limits: { refreshesPerSecond: 2 }, refreshSpread: 700 })
  const windows = []
  for (let n = 0; n < 4; n++) {
    const each = client()
    engine.answers = false
    each.subscribe('s', { cursor: 'gone:0' })
    engine.questions[0]?.answer({ recovered: false, messages: [] })
    await turn()
    windows.push(each.read().find(({ type }) => type === 'subscribed')?.refresh)
  }
  assert.deepEqual(windows, [700, 700, 700, 1_500])
})
