// Presence over several hubs of one engine: the same list everywhere, each change told by one of them, and no ghosts of who was killed.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it, mock } from 'node:test'
import type { Signal } from '../../../src/engine/engine.ts'
import type { TurboCableOptions } from '../../../src/options/options.ts'
import type { PresenceChange } from '../../../src/options/presence.ts'
import { turn } from '../../support/hub-doubles.ts'
import { Cut, presentHub, sharedEngine, wordOf } from '../../support/present.ts'

type Hub = Awaited<ReturnType<typeof presentHub>> & { readonly cut: Cut }

const ada = { id: 'ada' }
const ben = { id: 'ben' }

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 }))
afterEach(() => mock.timers.reset())

async function hubs(count: number, options: TurboCableOptions = {}) {
  const engine = sharedEngine()
  const add = async (): Promise<Hub> => {
    const cut = new Cut(engine)
    return { ...(await presentHub(options, cut)), cut }
  }
  const all: Hub[] = []
  while (all.length < count) all.push(await add())
  return { all, add, engine }
}

/** Lets so many ms pass, with a turn of the event loop for each beat. */
async function passes(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    mock.timers.tick(Math.min(1_000, left))
    await turn()
  }
}

const told = (hub: Hub) => hub.told()

describe('presence over several processes', () => {
  it('is one list, and each change is told in the process of the first tab that came and the last that left', async () => {
    const { all } = await hubs(2)
    const [one, two] = all as [Hub, Hub]
    const tabs = [one.on(ada), two.on(ada)]
    two.on(ben)
    await turn()
    assert.deepEqual(
      [await one.ids(), await two.ids()],
      [
        ['ada', 'ben'],
        ['ada', 'ben'],
      ],
    )
    assert.deepEqual([told(one), told(two)], [['+ada (ada)'], ['+ben (ada,ben)']])
    tabs[0]?.close()
    await passes(6_000)
    assert.deepEqual(all.flatMap(told), [])
    tabs[1]?.close()
    await passes(6_000)
    assert.deepEqual([told(one), told(two)], [[], ['-ada (ben)']])
  })

  it('takes who comes back to another process for somebody who has not left', async () => {
    const { all } = await hubs(2)
    const [one, two] = all as [Hub, Hub]
    for (let at = one, from = one.on(ada), n = 0; n < 6; n++) {
      await passes(6_000)
      from.close()
      mock.timers.tick(4_999)
      at = at === one ? two : one
      from = at.on(ada)
    }
    await passes(20_000)
    assert.deepEqual([told(one), told(two)], [['+ada (ada)'], []])
  })

  it('is known to a process that starts later, in the same order', async () => {
    const { all, add } = await hubs(2)
    const [one, two] = all as [Hub, Hub]
    for (let n = 0; n < 5; n++) {
      ;(n % 2 ? one : two).on({ id: `u${n}` })
      mock.timers.tick(1)
    }
    one.on({ id: 'u1' })
    await turn()
    const three = await add()
    assert.deepEqual(await three.ids(), ['u0', 'u1', 'u2', 'u3', 'u4'])
    assert.deepEqual(told(three), [])
    three.on({ id: 'u1' })
    await turn()
    assert.deepEqual(told(three), [])
  })

  it('forgets a process that was killed, within 20 s, and tells of its people once', async () => {
    const { all } = await hubs(3)
    const [one, two, three] = all as [Hub, Hub, Hub]
    one.on(ada)
    three.on({ id: 'cleo' })
    const back = { id: 'dan' }
    three.on(back)
    await passes(12_000)
    for (const hub of all) told(hub)
    three.cut.state = 'away'
    await passes(2_000)
    two.on(back)
    await passes(12_000)
    assert.deepEqual([told(one), told(two)], [[], []])
    assert.deepEqual(await two.ids(), ['ada', 'cleo', 'dan'])
    await passes(7_000)
    assert.deepEqual([...told(one), ...told(two)], ['-cleo (ada,dan)'])
    assert.deepEqual(
      [await one.ids(), await two.ids()],
      [
        ['ada', 'dan'],
        ['ada', 'dan'],
      ],
    )
  })

  it('welcomes back a process that was only away, and everybody who came there meanwhile', async () => {
    const { all } = await hubs(2)
    const [one, two] = all as [Hub, Hub]
    two.on(ada)
    one.on({ id: 'zoe' })
    await passes(12_000)
    for (const hub of all) told(hub)
    two.cut.state = 'away'
    two.on(ben)
    await turn()
    assert.deepEqual(told(two), ['+ben (ada,zoe,ben)'], 'who is here is known at least here')
    await passes(30_000)
    assert.deepEqual(told(one), ['-ada (zoe)'])
    assert.deepEqual(await two.ids(), ['ada', 'zoe', 'ben'], 'who hears nobody misses nobody')
    two.cut.state = 'there'
    await passes(12_000)
    assert.deepEqual(
      [await one.ids(), await two.ids()],
      [
        ['ada', 'zoe', 'ben'],
        ['ada', 'zoe', 'ben'],
      ],
    )
  })

  it('waits for the others when it starts cut off from them, and takes nobody for new', async () => {
    const { all, engine } = await hubs(1)
    const [one] = all as [Hub]
    one.on(ada)
    const cut = new Cut(engine)
    cut.state = 'away'
    const starting = presentHub({}, cut)
    await passes(3_000)
    cut.state = 'there'
    await passes(1_100)
    const two = await starting
    two.on(ada)
    await turn()
    assert.deepEqual([two.told(), await two.ids()], [[], ['ada']])
  })

  it('learns again what got lost on the way', async () => {
    const { all } = await hubs(2)
    const [one, two] = all as [Hub, Hub]
    const tab = one.on(ada)
    await turn()
    two.cut.state = 'away'
    one.on(ben)
    tab.close()
    await passes(5_500)
    two.cut.state = 'there'
    assert.deepEqual(await two.ids(), ['ada'])
    await passes(6_000)
    assert.deepEqual(await two.ids(), ['ben'])
    one.on({ id: 'cleo' })
    await turn()
    assert.deepEqual(await two.ids(), ['ben', 'cleo'])
    two.cut.state = 'away'
    one.on({ id: 'dan' })
    await turn()
    two.cut.state = 'there'
    one.on({ id: 'eve' })
    await turn()
    assert.deepEqual(await two.ids(), ['ben', 'cleo', 'dan', 'eve'], 'by the next change')
  })

  it('learns many people in parts, and does not take two halves of different answers for one', async () => {
    const { all, add, engine } = await hubs(1)
    const [one] = all as [Hub]
    const people = Array.from({ length: 900 }, (_, n) => ({ id: `somebody-${String(n).padStart(3, '0')}` }))
    for (const each of people) one.on(each)
    await turn()
    const parts: number[] = []
    const signal = engine.signal.bind(engine)
    let lose = true
    mock.method(engine, 'signal', async (each: Signal) => {
      if (each.type === 'presence' && each.kind === 'all') {
        parts.push(each.part)
        if (each.part === 1 && lose) return
      }
      await signal(each)
    })
    const two = await add()
    lose = false
    assert.ok(parts.length > 3, `${parts.length} parts`)
    assert.deepEqual(await two.ids(), [])
    await passes(6_000)
    assert.deepEqual(
      await two.ids(),
      people.map(({ id }) => id),
    )
  })

  it('keeps who is sent away by a process that closes, until they are back elsewhere, and no longer', async () => {
    const { all } = await hubs(2)
    const [one, two] = all as [Hub, Hub]
    one.on(ada)
    one.on(ben)
    await turn()
    told(one)
    const closing = one.hub.close(50)
    await turn()
    mock.timers.tick(50)
    await closing
    await passes(500)
    two.on(ada)
    await passes(4_900)
    assert.deepEqual([told(one), told(two)], [[], []])
    await passes(300)
    assert.deepEqual(told(two), ['-ben (ada)'])
    await passes(40_000)
    assert.deepEqual([told(two), await two.ids()], [[], ['ada']])
  })

  it('tells who is disconnected or revoked in another process', async () => {
    const { all } = await hubs(2)
    const [one, two] = all as [Hub, Hub]
    one.on(ada)
    two.on(ben)
    await turn()
    for (const hub of all) told(hub)
    two.hub.removals.disconnect('ada')
    one.hub.removals.revoke('s', 'ben')
    await turn()
    assert.deepEqual([told(one), told(two), await one.ids()], [['-ada (ben)'], ['-ben ()'], []])
  })
})

describe('onPresence over several processes', () => {
  it('is called for one change of a stream after the other, so that the newest list is sent last', async () => {
    const calls: string[] = []
    const open: (() => void)[] = []
    const onPresence = (change: PresenceChange) => {
      calls.push(`${change.stream} ${wordOf(change)}`)
      return new Promise<void>((resolve) => open.push(resolve))
    }
    const { all } = await hubs(2, { onPresence })
    const [one, two] = all as [Hub, Hub]
    one.on(ada)
    two.on(ben)
    two.client(ben).subscribe('t')
    await turn()
    assert.deepEqual(calls, ['s +ada (ada)', 't +ben (ben)'])
    open.shift()?.()
    await turn()
    assert.deepEqual(calls.slice(2), ['s +ben (ada,ben)'])
  })

  it('does not wait for ever: not for an app that never answers, nor for a process that was killed', async (t) => {
    const lines: string[] = []
    t.mock.method(console, 'warn', (line: string) => lines.push(line))
    const calls: string[] = []
    const onPresence = (change: PresenceChange) => {
      calls.push(wordOf(change))
      return change.identity.id === 'ada' ? new Promise<void>(() => {}) : undefined
    }
    const { all } = await hubs(2, { onPresence })
    const [one, two] = all as [Hub, Hub]
    one.on(ada)
    two.on(ben)
    one.cut.state = 'away'
    await passes(1_000)
    assert.deepEqual(calls, ['+ada (ada)'])
    await passes(1_000)
    assert.deepEqual(calls.slice(1), ['+ben (ada,ben)'])
    await passes(8_000)
    assert.deepEqual(lines, ['[turbo-cable] onPresence failed for "s": no answer within 10000 ms'])
  })

  it('logs the first of a throw and a rejection, and goes on after both', async (t) => {
    const lines: string[] = []
    t.mock.method(console, 'warn', (line: string) => lines.push(line))
    const failing = [
      () => {
        throw new Error('thrown')
      },
      () => Promise.reject(new Error('rejected')),
    ]
    const told: string[] = []
    const onPresence = ({ identity }: PresenceChange) => {
      told.push(identity.id)
      return failing.shift()?.()
    }
    const { all } = await hubs(1, { onPresence })
    const [one] = all as [Hub]
    for (const each of [ada, ben, { id: 'cleo' }]) one.on(each)
    await turn()
    assert.deepEqual(told, ['ada', 'ben', 'cleo'])
    assert.deepEqual(lines, ['[turbo-cable] onPresence failed for "s": thrown'])
  })

  it('keeps no more than 1,000 changes of a stream for an app that is too slow, and says so', async (t) => {
    const lines: string[] = []
    t.mock.method(console, 'warn', (line: string) => lines.push(line))
    const calls: string[] = []
    let go = () => {}
    const slow = new Promise<void>((resolve) => {
      go = resolve
    })
    const onPresence = ({ identity }: PresenceChange) => {
      calls.push(identity.id)
      return slow
    }
    const { all } = await hubs(1, { onPresence, limits: { identitiesPerStream: 5_000 } })
    const [one] = all as [Hub]
    for (let n = 0; n < 1_500; n++) one.on({ id: n + 1 })
    go()
    while (calls.at(-1) !== '1500') await turn()
    assert.equal(calls.length, 1_000)
    assert.equal(lines.length, 1)
  })
})
