// Taking back a connection or a stream: by a function in this process, by a subject in all of them.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Signal } from '../../../src/engine/engine.ts'
import { hubOf, turn } from '../../support/hub-doubles.ts'
import { warnings } from '../../support/warnings.ts'

const types = (page: ReturnType<ReturnType<typeof hubOf>['client']>) =>
  page.read().map(({ type, reason }) => `${type} ${reason ?? ''}`.trim())

describe('disconnect', () => {
  it('closes every connection that a function matches, for good', () => {
    const { hub, client } = hubOf()
    const [mine, other] = [client({ id: 7 }), client({ id: 8 })]
    hub.removals.disconnect(({ id }) => id === 7)
    assert.deepEqual(mine.read(), [{ type: 'disconnect', reason: 'unauthorized', reconnect: false }])
    assert.deepEqual([mine.ends, other.ends], [[1008], []])
  })

  it('closes nobody where the function throws, and tells the caller', () => {
    const { hub, client } = hubOf()
    const pages = [client({ id: 7 }), client(undefined)]
    assert.throws(() => hub.removals.disconnect((identity) => identity.id === 7), TypeError)
    assert.deepEqual(
      pages.map(({ ends }) => ends),
      [[], []],
    )
  })

  it('takes a number for the id that it is written as', () => {
    const { hub, engine, client } = hubOf()
    const [mine, other] = [client({ id: 7 }), client({ id: 8 })]
    hub.removals.disconnect(7)
    hub.removals.revoke('s', 7n as never)()
    assert.deepEqual(engine.signals, [
      { type: 'disconnect', subject: '7' },
      { type: 'revoke', stream: 's', subject: '7' },
      { type: 'restore', stream: 's', subject: '7' },
    ])
    assert.deepEqual([mine.ends, other.ends], [[1008], []])
  })

  it('refuses what names nobody, and does nothing', () => {
    const { hub, engine } = hubOf()
    for (const who of ['', Number.NaN, undefined, null, {}, true])
      for (const call of [() => hub.removals.disconnect(who as never), () => hub.removals.revoke('s', who as never)])
        assert.throws(call, {
          code: 'TURBO_CABLE_BAD_OPTION',
          message: /^Expected `who` to be a user's id, or a function/,
        })
    assert.deepEqual(engine.signals, [])
  })

  it('refuses a function that answers with a promise, which is no yes', async () => {
    const { hub, client } = hubOf()
    const asynchronous = async () => false
    // Without anybody it could be asked about, too.
    assert.throws(() => hub.removals.disconnect(asynchronous as never), { code: 'TURBO_CABLE_BAD_OPTION' })
    const page = client({ id: 7 })
    page.subscribe('s')
    const rejecting = () => Promise.reject(new Error('nobody hears this'))
    for (const match of [asynchronous, rejecting]) {
      assert.throws(() => hub.removals.disconnect(match as never), { message: /answers at once/ })
      assert.throws(() => hub.removals.revoke('s', match as never), { message: /answers at once/ })
    }
    await turn()
    assert.deepEqual(page.ends, [])
    page.read()
    page.subscribe('s')
    assert.deepEqual(types(page), ['subscribed'])
    assert.equal(hub.arrivals.size, 0)
  })

  it('travels by the engine where it is given a subject, and finds it in identities and in their ids', () => {
    const { hub, engine, client } = hubOf()
    const pages = [client('7'), client(7), client({ id: 7 }), client({ id: '7' }), client({ id: 8 }), client(undefined)]
    hub.removals.disconnect('7')
    assert.deepEqual(engine.signals, [{ type: 'disconnect', subject: '7' }])
    assert.deepEqual(
      pages.map(({ ends }) => ends.length),
      [1, 1, 1, 1, 0, 0],
    )
  })

  it('reaches those who are still at the door', () => {
    const { hub } = hubOf()
    const arrival = hub.arrivals.expect(() => {})
    hub.removals.disconnect('7')
    assert.equal(arrival.disconnected.length, 1)
  })

  it('that does not get through is said aloud', async (t) => {
    const warned = warnings(t)
    const { hub, engine } = hubOf()
    engine.signal = () => Promise.reject(new Error('away'))
    hub.removals.disconnect('7')
    await turn()
    assert.deepEqual(warned, ['[turbo-cable] disconnect of "7" has not reached every process yet: away'])
  })
})

describe('what did not get through', () => {
  // An engine that refuses until it is told to take, and what it took.
  function refusing(t: TestContext) {
    warnings(t)
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    t.mock.method(performance, 'now', () => Date.now())
    const { hub, engine, client } = hubOf()
    const state = { open: false }
    const took: Signal[] = []
    engine.signal = async (signal) => {
      if (!state.open) throw new Error('no')
      took.push(signal)
    }
    // Whether the stream `s` is open to this id, in this process.
    const opens = (id: string) => {
      const page = client(id)
      page.subscribe('s')
      return types(page)[0] === 'subscribed'
    }
    return { hub, engine, took, state, opens }
  }

  it('is said again where the engine can be reached and took nothing', async (t) => {
    const { hub, took, state } = refusing(t)
    hub.removals.disconnect('7')
    await turn()
    t.mock.timers.tick(1_000)
    await turn()
    state.open = true
    t.mock.timers.tick(1_999)
    await turn()
    assert.deepEqual(took, [])
    t.mock.timers.tick(1)
    await turn()
    assert.deepEqual(took, [{ type: 'disconnect', subject: '7', ago: 3_000 }])
    t.mock.timers.tick(60_000)
    await turn()
    assert.equal(took.length, 1)
  })

  it('waits while the engine is away', async (t) => {
    const { hub, took, state } = refusing(t)
    hub.away('gone')
    hub.removals.disconnect('7')
    await turn()
    state.open = true
    t.mock.timers.tick(60_000)
    await turn()
    assert.deepEqual(took, [])
    hub.back()
    t.mock.timers.tick(0)
    await turn()
    assert.equal(took.length, 1)
  })

  it('is not said again where it has ended, or where what was said since counts', async (t) => {
    const { hub, took, state } = refusing(t)
    hub.removals.revoke('s', '7', { expiresIn: 500 })
    const undo = hub.removals.revoke('s', '8')
    await turn()
    state.open = true
    undo()
    await turn()
    t.mock.timers.tick(1_000)
    await turn()
    assert.deepEqual(took, [{ type: 'restore', stream: 's', subject: '8' }])
  })

  it('does not take the place of what was said after it, however late it fails', async (t) => {
    const { hub, engine, took, state } = refusing(t)
    let fail: (error: Error) => void = () => {}
    const cut = new Promise<void>((_, reject) => {
      fail = reject
    })
    engine.signal = async (signal) => (signal.type === 'revoke' ? cut : void took.push(signal))
    hub.removals.revoke('s', '7')()
    fail(new Error('cut'))
    state.open = true
    await turn()
    t.mock.timers.tick(60_000)
    await turn()
    assert.deepEqual(took, [{ type: 'restore', stream: 's', subject: '7' }])
  })

  it('is said again, as what it was, where another history begins within a minute', async (t) => {
    const { hub, took, state } = refusing(t)
    state.open = true
    hub.removals.revoke('s', '7')
    await turn()
    t.mock.timers.tick(30_000)
    hub.removals.disconnect('8')
    await turn()
    t.mock.timers.tick(31_000)
    took.length = 0
    hub.lost()
    t.mock.timers.tick(0)
    await turn()
    assert.deepEqual(took, [{ type: 'disconnect', subject: '8', ago: 31_000 }])
  })

  it('is said again also where it was under way when the history was lost', async (t) => {
    const { hub, took, state } = refusing(t)
    state.open = true
    hub.removals.revoke('s', '7')
    hub.lost()
    await turn()
    t.mock.timers.tick(0)
    await turn()
    assert.equal(took.length, 2)
  })

  it('is not said again once another process has said otherwise', async (t) => {
    const { hub, took, state } = refusing(t)
    state.open = true
    hub.removals.revoke('s', '7')
    await turn()
    hub.signalled({ type: 'restore', stream: 's', subject: '7' })
    took.length = 0
    hub.lost()
    t.mock.timers.tick(0)
    await turn()
    assert.deepEqual(took, [])
  })

  it('is not said again where another process said otherwise later, which is heard only after the history was lost', async (t) => {
    const { hub, took, state, opens } = refusing(t)
    state.open = true
    hub.removals.revoke('s', '7')()
    await turn()
    t.mock.timers.tick(10_000)
    took.length = 0
    hub.lost()
    hub.signalled({ type: 'revoke', stream: 's', subject: '7', ago: 4_000 })
    t.mock.timers.tick(60_000)
    await turn()
    assert.deepEqual([took, opens('7')], [[], false])
  })

  it('is said again although another process says again what it said before that', async (t) => {
    const { hub, took, state } = refusing(t)
    state.open = true
    hub.signalled({ type: 'restore', stream: 's', subject: '7' }, 8_000)
    hub.removals.revoke('s', '7')
    await turn()
    took.length = 0
    hub.lost()
    hub.signalled({ type: 'restore', stream: 's', subject: '7', ago: 8_000 })
    t.mock.timers.tick(1)
    await turn()
    assert.deepEqual(took, [{ type: 'revoke', stream: 's', subject: '7', ago: 1 }])
  })

  it('does not count where another process said otherwise later, in whichever order they come', (t) => {
    const { hub, opens } = refusing(t)
    const about = { stream: 's', subject: '7' } as const
    hub.signalled({ type: 'revoke', ...about, ago: 5_000 }, 100)
    hub.signalled({ type: 'restore', ...about, ago: 8_000 }, 0)
    assert.equal(opens('7'), false)
    // That an entry of the log is read late makes it no newer.
    hub.signalled({ type: 'restore', ...about }, 6_000)
    assert.equal(opens('7'), false)
    hub.signalled({ type: 'restore', ...about, ago: 2_000 })
    hub.signalled({ type: 'revoke', ...about, ago: 5_000 })
    assert.equal(opens('7'), true)
    // Of two of the same moment the one counts that came last: all hubs hear them in one order.
    hub.signalled({ type: 'revoke', ...about, ago: 2_000 })
    assert.equal(opens('7'), false)
  })

  it('counts in the order of the log, whatever the clocks say of the moments', (t) => {
    const { hub, opens } = refusing(t)
    const about = { stream: 's', subject: '7' } as const
    hub.signalled({ type: 'revoke', ...about })
    hub.signalled({ type: 'restore', ...about }, 2_000)
    assert.equal(opens('7'), true)
    // Another log may have older entries.
    hub.lost()
    hub.signalled({ type: 'revoke', ...about }, 2_000)
    assert.equal(opens('7'), true)
  })

  it('that is said again counts against what was said a moment before, though clocks differ', (t) => {
    const { hub, opens } = refusing(t)
    const about = { stream: 's', subject: '7' } as const
    hub.signalled({ type: 'revoke', ...about }, 1_000)
    hub.signalled({ type: 'restore', ...about, ago: 1_010 })
    assert.equal(opens('7'), true)
  })

  it('is heard here as often as the engine takes nothing, and the last word counts and is said again', async (t) => {
    const { hub, engine, took, state, opens } = refusing(t)
    const said: Signal[] = []
    engine.signal = async (signal) => {
      if (state.open) return void took.push(signal)
      said.push(signal)
      throw new Error('no')
    }
    const undo = hub.removals.revoke('s', '7')
    t.mock.timers.tick(1)
    undo()
    t.mock.timers.tick(499)
    // As an engine does: it knows when it was asked, which is a little later.
    for (const [signal, age] of [
      [said[0], 200],
      [said[1], 499],
      // One may be heard long after it was said.
      [said[0], 500],
    ] as const)
      hub.signalled(signal as Signal, age)
    assert.equal(opens('7'), true)
    await turn()
    state.open = true
    t.mock.timers.tick(1_000)
    await turn()
    assert.deepEqual(took, [{ type: 'restore', stream: 's', subject: '7', ago: 1_499 }])
  })

  it('is said again although what it undoes is read a moment after it', async (t) => {
    const { hub, took, state } = refusing(t)
    hub.removals.revoke('s', '7')()
    await turn()
    t.mock.timers.tick(5)
    hub.signalled({ type: 'revoke', stream: 's', subject: '7' })
    state.open = true
    t.mock.timers.tick(1_000)
    await turn()
    assert.deepEqual(took, [{ type: 'restore', stream: 's', subject: '7', ago: 1_005 }])
  })

  it('is not said again in another history where something else came after it, but where only its own older word did', async (t) => {
    const { hub, took, state } = refusing(t)
    state.open = true
    for (const subject of ['7', '8']) hub.removals.revoke('s', subject)()
    await turn()
    // The log is read a moment after it has taken what was said.
    for (const subject of ['7', '8']) {
      hub.signalled({ type: 'revoke', stream: 's', subject })
      hub.signalled({ type: 'restore', stream: 's', subject })
    }
    hub.signalled({ type: 'revoke', stream: 's', subject: '8' })
    took.length = 0
    hub.lost()
    t.mock.timers.tick(0)
    await turn()
    assert.deepEqual(took, [{ type: 'restore', stream: 's', subject: '7', ago: 0 }])
  })

  it('is said again after each older word that comes after it, and not more often than each second: an engine keeps what came last', async (t) => {
    const { hub, took, state, opens } = refusing(t)
    state.open = true
    hub.removals.revoke('s', '7')
    await turn()
    hub.signalled({ type: 'revoke', stream: 's', subject: '7' })
    took.length = 0
    const older = () => hub.signalled({ type: 'restore', stream: 's', subject: '7', ago: 8_000 })
    for (let times = 0; times < 2; times++) {
      for (let n = 0; n < 3; n++) older()
      t.mock.timers.tick(999)
      await turn()
      assert.equal(took.length, times)
      t.mock.timers.tick(1)
      await turn()
    }
    t.mock.timers.tick(60_000)
    await turn()
    const again = (ago: number) => ({ type: 'revoke', stream: 's', subject: '7', ago })
    assert.deepEqual([took, opens('7')], [[again(1_000), again(2_000)], false])
  })

  it('is said again where an older word came after it before the engine had answered', async (t) => {
    const { hub, took, state } = refusing(t)
    state.open = true
    hub.removals.revoke('s', '7')
    hub.signalled({ type: 'revoke', stream: 's', subject: '7' })
    hub.signalled({ type: 'restore', stream: 's', subject: '7', ago: 8_000 })
    await turn()
    t.mock.timers.tick(0)
    await turn()
    assert.deepEqual(took.slice(1), [{ type: 'revoke', stream: 's', subject: '7', ago: 0 }])
  })

  it('is said again with the later end of two, unless it was undone between them', async (t) => {
    const { hub, took, state } = refusing(t)
    const until = Date.now() + 500
    for (const subject of ['7', '8', '9']) hub.removals.revoke('s', subject)
    await turn()
    t.mock.timers.tick(200)
    hub.removals.revoke('s', '8')()
    hub.signalled({ type: 'restore', stream: 's', subject: '9' })
    state.open = true
    for (const subject of ['7', '8', '9']) hub.removals.revoke('s', subject, { expiresIn: 300 })
    await turn()
    const short = (subject: string) => ({ type: 'revoke', stream: 's', subject, until })
    assert.deepEqual(took.splice(0), ['7', '8', '9'].map(short))
    // The engine has taken the short one, and not the one without an end.
    t.mock.timers.tick(2_000)
    await turn()
    assert.deepEqual(
      took.splice(0).map(({ ago, ...rest }: Signal & { ago?: number }) => rest),
      [{ type: 'revoke', stream: 's', subject: '7' }],
    )
    // Once it has taken both it needs neither again, but in another history.
    hub.removals.revoke('s', '7', { expiresIn: 300 })
    await turn()
    assert.equal(took.splice(0).length, 1)
    t.mock.timers.tick(10_000)
    await turn()
    assert.deepEqual(took, [])
    hub.lost()
    t.mock.timers.tick(0)
    await turn()
    assert.deepEqual(took, [{ type: 'revoke', stream: 's', subject: '7', ago: 10_000 }])
  })

  it('is said again once with the later end of two that the engine did not take', async (t) => {
    const { hub, took, state } = refusing(t)
    hub.removals.revoke('s', '7')
    hub.removals.revoke('s', '7', { expiresIn: 300 })
    await turn()
    state.open = true
    for (const _ of [1, 2, 3]) {
      t.mock.timers.tick(1_000)
      await turn()
    }
    assert.deepEqual(took, [{ type: 'revoke', stream: 's', subject: '7', ago: 1_000 }])
  })

  it('gives way to what an engine has kept only where something was missed since', async (t) => {
    const { hub, state, opens } = refusing(t)
    const about = { stream: 's', subject: '7' } as const
    const kept = () =>
      hub.signalled({ type: 'revoke', ...about, until: Date.now() + 3_600_000 }, Number.POSITIVE_INFINITY)
    hub.signalled({ type: 'restore', ...about })
    kept()
    assert.equal(opens('7'), true)
    hub.lost()
    kept()
    assert.equal(opens('7'), false)
    // What was kept came after the restore that was known, so it came after all that was said before that.
    hub.signalled({ type: 'restore', ...about, ago: 1_000 })
    assert.equal(opens('7'), false)
    // What this hub itself has said, and the others have not heard, is no less certain for that.
    hub.removals.revoke('s', '8')()
    await turn()
    hub.signalled({ type: 'restore', stream: 's', subject: '8' })
    hub.lost()
    hub.signalled(
      { type: 'revoke', stream: 's', subject: '8', until: Date.now() + 3_600_000 },
      Number.POSITIVE_INFINITY,
    )
    assert.deepEqual([state.open, opens('8')], [false, true])
  })

  it('does not throw out who has come back since', (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const { hub, client } = hubOf()
    const before = client(7)
    t.mock.timers.tick(5_000)
    const since = client(7)
    hub.signalled({ type: 'disconnect', subject: '7', ago: 3_000 })
    assert.deepEqual([before.ends.length, since.ends.length], [1, 0])
  })

  it('does not throw out who has come since where an engine had it for long, and throws out all where it is heard at once', (t) => {
    t.mock.timers.enable({ apis: ['Date'] })
    const { hub, client } = hubOf()
    const pages = [client(7)]
    t.mock.timers.tick(2_000)
    pages.push(client(7))
    t.mock.timers.tick(60)
    pages.push(client(7))
    t.mock.timers.tick(1_940)
    const ends = () => pages.map(({ ends }) => ends.length)
    // Who came at about that time is meant.
    hub.signalled({ type: 'disconnect', subject: '7' }, 2_000)
    assert.deepEqual(ends(), [1, 1, 1])
    pages.push(client(7))
    t.mock.timers.tick(1_000)
    for (const [ago, age] of [
      [undefined, 1_500],
      [500, 800],
    ] as const)
      hub.signalled({ type: 'disconnect', subject: '7', ...(ago !== undefined && { ago }) }, age)
    assert.deepEqual(ends(), [1, 1, 1, 0])
    hub.signalled({ type: 'disconnect', subject: '7' }, 200)
    assert.deepEqual(ends(), [1, 1, 1, 1])
  })

  it('is forgotten at the end', async (t) => {
    const { hub, took, state } = refusing(t)
    hub.removals.disconnect('7')
    await turn()
    state.open = true
    hub.removals.said.stop()
    t.mock.timers.tick(60_000)
    await turn()
    assert.deepEqual(took, [])
  })
})

describe('revoke', () => {
  it('ends the stream for whoever matches, under each of its names, and leaves all else', async () => {
    const { hub, client, publish } = hubOf()
    const [mine, other] = [client(7), client(8)]
    for (const page of [mine, other]) for (const stream of ['s', 't']) page.subscribe(stream)
    for (const page of [mine, other]) page.read()
    hub.removals.revoke('s', (identity) => identity === 7)
    await publish('s', 1)
    await publish('t', 2)
    assert.deepEqual(types(mine), ['rejected unauthorized', 'message'])
    assert.deepEqual(types(other), ['message', 'message'])
  })

  it('refuses the stream until it is taken back', () => {
    const { hub, client } = hubOf()
    const page = client(7)
    const restore = hub.removals.revoke('s', (identity) => identity === 7)
    page.subscribe('s')
    restore()
    page.subscribe('s')
    assert.deepEqual(types(page), ['rejected unauthorized', 'subscribed'])
  })

  it('ends a replay under way, whose answer is nobody’s then', async () => {
    const { hub, engine, client } = hubOf()
    engine.answers = false
    const page = client(7)
    page.subscribe('s', { cursor: 'e:0' })
    hub.removals.revoke('s', '7')
    engine.questions[0]?.answer()
    await turn()
    assert.deepEqual(types(page), ['rejected unauthorized'])
    assert.equal(hub.stats().subscriptions, 0)
  })

  it('by subject refuses the stream in every process, until it is restored', () => {
    const { hub, engine, client } = hubOf()
    const page = client(7)
    const restore = hub.removals.revoke('s', '7')
    page.subscribe('s')
    restore()
    page.subscribe('s')
    assert.deepEqual(types(page), ['rejected unauthorized', 'subscribed'])
    assert.deepEqual(
      engine.signals.map(({ type }) => type),
      ['revoke', 'restore'],
    )
  })

  it('is restored once: what was revoked since stays so', () => {
    const { hub, client } = hubOf()
    const page = client(7)
    const restore = hub.removals.revoke('s', '7')
    restore()
    hub.removals.revoke('s', '7')
    restore()
    page.subscribe('s')
    assert.deepEqual(types(page), ['rejected unauthorized'])
  })

  it('ends by itself, and of two the one that ends later holds', (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
    const { hub, client } = hubOf()
    const answers = (id: string) => {
      const page = client(id)
      page.subscribe('s')
      return types(page)
    }
    hub.removals.revoke('s', (identity) => identity === 'by function', { expiresIn: 1_000 })
    hub.removals.revoke('s', 'by id', { expiresIn: 2_000 })
    hub.removals.revoke('s', 'by id', { expiresIn: 1_000 })
    for (const id of ['by function', 'by id']) assert.deepEqual(answers(id), ['rejected unauthorized'], id)
    t.mock.timers.setTime(1_001_000)
    assert.deepEqual(answers('by function'), ['subscribed'])
    assert.deepEqual(answers('by id'), ['rejected unauthorized'])
    t.mock.timers.setTime(1_002_000)
    assert.deepEqual(answers('by id'), ['subscribed'])
    // What has ended may come late, and is nothing.
    hub.signalled({ type: 'revoke', stream: 's', subject: 'by id', until: 1_002_000 })
    assert.deepEqual(answers('by id'), ['subscribed'])
    hub.removals.revoke('s', 'by id')
    hub.removals.revoke('s', 'by id', { expiresIn: 1 })
    t.mock.timers.setTime(9_000_000)
    assert.deepEqual(answers('by id'), ['rejected unauthorized'])
    for (const options of [{ expiresIn: 0 }, { expiresIn: '1h' }, { expires: 1 }]) {
      assert.throws(() => hub.removals.revoke('s', 'by id', options as never), { code: 'TURBO_CABLE_BAD_OPTION' })
    }
  })

  it('that comes twice for one subject is undone by one restore', () => {
    const { hub, client } = hubOf()
    const page = client(7)
    for (const type of ['revoke', 'revoke', 'restore'] as const) hub.signalled({ type, stream: 's', subject: '7' })
    page.subscribe('s')
    assert.deepEqual(types(page), ['subscribed'])
  })

  it('keeps subjects and streams apart, whatever is in their names', () => {
    const { hub, client } = hubOf()
    const page = client('b')
    hub.signalled({ type: 'revoke', stream: 's', subject: 'b' })
    hub.signalled({ type: 'restore', stream: 's","b', subject: '' })
    page.subscribe('s')
    assert.deepEqual(types(page), ['rejected unauthorized'])
  })
})
