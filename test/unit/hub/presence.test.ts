// Who is there: tabs are one, a reload is no leaving, and whom the server sends away is gone at once. Time is the test's.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import { turn } from '../../support/hub-doubles.ts'
import { presentHub } from '../../support/present.ts'
import { warnings } from '../../support/warnings.ts'

const ada = { id: 7, name: 'Ada', password: 'secret' }
const ben = { id: 'b', name: 'Ben' }

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 }))
afterEach(() => mock.timers.reset())

describe('presence in one process', () => {
  it('tells once who comes and once who leaves, however many tabs there are', async () => {
    const { on, told, ids } = await presentHub()
    const tabs = [on(ada), on(ada)]
    await turn()
    const other = on(ben)
    assert.deepEqual(told(), ['+7 (7)', '+b (7,b)'])
    assert.deepEqual(await ids(), ['7', 'b'])
    tabs[0]?.close()
    mock.timers.tick(60_000)
    assert.deepEqual(told(), [])
    tabs[1]?.close()
    await turn()
    other.unsubscribe('s')
    mock.timers.tick(4_999)
    assert.deepEqual(told(), [])
    mock.timers.tick(1)
    await turn()
    assert.deepEqual(told(), ['-7 (b)', '-b ()'])
    assert.deepEqual(await ids(), [])
  })

  it('takes a reload, a short drop and the next page for no leaving', async () => {
    const { hub, on, told } = await presentHub({ presence: { streams: true, grace: 300 } })
    let page = on(ada)
    await turn()
    told()
    for (let n = 0; n < 50; n++) {
      if (n % 2) page.close()
      else page.unsubscribe('s')
      mock.timers.tick(299)
      page = on(ada)
    }
    await turn()
    assert.deepEqual(told(), [])
    page.unsubscribe('s')
    page.subscribe('s')
    page.subscribe('s')
    page.subscribe('s', { cursor: hub.cursor() })
    mock.timers.tick(10_000)
    await turn()
    assert.deepEqual(told(), [])
  })

  it('costs nothing when everybody reloads: no signal is sent', async () => {
    const { on, engine } = await presentHub()
    const pages = Array.from({ length: 200 }, (_, id) => on({ id: `u${id}` }))
    await turn()
    const signal = mock.method(engine, 'signal')
    for (const page of pages) page.close()
    for (let id = 0; id < pages.length; id++) on({ id: `u${id}` })
    mock.timers.tick(4_000)
    assert.equal(signal.mock.callCount(), 0)
  })

  it('does not count who has no id, and streams without presence', async () => {
    const { client, told, hub } = await presentHub({ presence: ['s'] })
    for (const identity of [undefined, null, true, {}, { id: '' }, { id: null }, { id: {} }])
      client(identity).subscribe('s')
    client(ada).subscribe('other')
    await turn()
    assert.deepEqual(told(), [])
    assert.deepEqual(await hub.presence.list('s'), [])
    await assert.rejects(hub.presence.list('other'), {
      code: 'TURBO_CABLE_BAD_OPTION',
      message:
        /^Expected `presence` to be the streams of which it is asked who is there, "other" among them, got `\["s"\]`/,
    })
  })

  it('counts a string and a number that are identities themselves', async () => {
    const { on, ids } = await presentHub()
    on('ada')
    on(7)
    on(7n)
    assert.deepEqual(await ids(), ['7', 'ada'])
  })

  it('shows of an identity what the app chooses, and nothing else', async () => {
    const info = ({ name }: typeof ada, stream: string) => ({ name, stream, at: new Date(0) })
    const { on, changes, hub } = await presentHub({ presence: { streams: true, info } })
    on(ada)
    await turn()
    const shown = { id: '7', info: { name: 'Ada', stream: 's', at: '1970-01-01T00:00:00.000Z' } }
    assert.deepEqual(changes, [{ stream: 's', identity: shown, joined: true, present: [shown] }])
    // A second tab after a change of name: silently.
    on({ ...ada, name: 'Countess' })
    await turn()
    assert.equal(changes.length, 1)
    assert.equal((await hub.presence.list('s'))[0]?.info.name, 'Countess')
  })

  it('shows nothing where the app fails to say what, and says so once', async (t) => {
    const lines = warnings(t)
    const circle: Record<string, unknown> = {}
    circle.circle = circle
    for (const shown of [
      () => circle,
      () => 'x'.repeat(5_000),
      async () => 'x',
      () => Promise.reject(new Error('no')),
    ]) {
      const { on, hub } = await presentHub({ presence: { streams: true, info: shown } })
      on(ada)
      assert.deepEqual(await hub.presence.list('s'), [{ id: '7', info: null }])
    }
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /presence\.info failed, so nothing is shown beside an id: /)
  })

  it('lists no more than limits.identitiesPerStream, and lets the next in when there is a place', async (t) => {
    const lines = warnings(t)
    const { on, told } = await presentHub({ limits: { identitiesPerStream: 2 } })
    const first = on({ id: 1 })
    await turn()
    on({ id: 2 })
    const third = on({ id: 3 })
    on({ id: 4 })
    await turn()
    assert.deepEqual(told(), ['+1 (1)', '+2 (1,2)'])
    third.close()
    mock.timers.tick(5_000)
    await turn()
    assert.deepEqual(told(), [])
    first.close()
    mock.timers.tick(5_000)
    await turn()
    assert.deepEqual(told(), ['-1 (2)', '+4 (2,4)'])
    assert.deepEqual(lines, [
      '[turbo-cable] more than 2 identities are on "s": no more are listed (limits.identitiesPerStream)',
    ])
  })
})

describe('who leaves at once', () => {
  it('by disconnect: those who are here, and those who have just gone', async () => {
    const { hub, on, told } = await presentHub()
    on(ada)
    on(ben).close()
    on({ id: 'c' })
    await turn()
    told()
    hub.removals.disconnect(7)
    await turn()
    hub.removals.disconnect(({ id }) => id === 'b')
    await turn()
    assert.deepEqual(told(), ['-7 (b,c)', '-b (c)'])
  })

  it('by revoke, from that stream alone', async () => {
    const { hub, on, told, ids } = await presentHub()
    on(ada).subscribe('t')
    await turn()
    told()
    hub.removals.revoke('s', 7)
    await turn()
    assert.deepEqual(told(), ['-7 ()'])
    assert.deepEqual(await ids('t'), ['7'])
  })

  it('nobody else: not who is too slow or too fast, nor whom the server sends away to come back', async () => {
    const { hub, on, told } = await presentHub({ limits: { messagesPerSecond: 1 } })
    const fast = on(ada)
    const slow = on(ben)
    await turn()
    told()
    for (let n = 0; n < 20; n++) fast.says({ type: 'pong' })
    slow.pending = 2 ** 30
    await hub.publish([{ stream: 's', data: 'x' }])
    await turn()
    assert.deepEqual([fast.ends, slow.ends], [[1008], [1013]])
    on({ id: 'c' })
    hub.lost()
    mock.timers.tick(5_400)
    await turn()
    assert.deepEqual(told(), ['+c (7,b,c)'], 'they come back within 500 ms and have the grace after that')
    mock.timers.tick(100)
    await turn()
    assert.deepEqual(told(), ['-7 (b,c)', '-b ()', '-c ()'])
  })
})
