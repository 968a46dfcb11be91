// broadcastStream: what is sent for which source, in how many messages, and what it does when something fails.

import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { describe, it, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { Gatherer } from '../../../src/broadcast/gatherer.ts'
import { suppressingBroadcasts } from '../../../src/broadcast/mute.ts'
import { pieces, type TextSource } from '../../../src/broadcast/pieces.ts'
import { createBroadcastStream, type TextStreamOptions } from '../../../src/broadcast/text-stream.ts'
import { failure } from '../../../src/errors.ts'
import type { Broadcast, Publisher } from '../../../src/publisher/publisher.ts'
import { readText } from '../../../src/turbo/text.ts'
import { warnings } from '../../support/warnings.ts'

/** A publisher that remembers, and that is away or slow when told so. */
class Hub implements Publisher {
  readonly taken: Broadcast[] = []
  readonly listeners = new Set<() => void>()
  obstacle: (broadcast: Broadcast) => void | Promise<void> = () => {}

  async publish(broadcasts: readonly Broadcast[]): Promise<void> {
    for (const broadcast of broadcasts) await this.obstacle(broadcast)
    this.taken.push(...broadcasts)
  }

  whenLost(told: () => void): () => void {
    this.listeners.add(told)
    return () => void this.listeners.delete(told)
  }

  /** The log is lost, and with it what pages show. */
  lose(): void {
    this.taken.length = 0
    for (const told of this.listeners) told()
  }

  /** What a page shows that has had everything. */
  get shown(): string {
    let shown = ''
    for (const { data } of this.taken) {
      const message = typeof data === 'string' ? readText(data) : undefined
      if (message?.kind === 'start') shown = message.html
      if (message?.kind === 'piece') shown += message.html
    }
    return shown
  }

  get last(): unknown {
    return this.taken.at(-1)?.data
  }
}

function house() {
  const hub = new Hub()
  const verb = createBroadcastStream({ publisher: () => hub, renderer: () => undefined })
  const show = (source: TextSource, options: Partial<TextStreamOptions> = {}) =>
    verb(['answer', 7], source, { target: 'answer', every: 0, ...options })
  return { hub, verb, show }
}

const away = () => {
  throw failure('TURBO_CABLE_UNREACHABLE', ['http://hub', 'refused'])
}

test('a text is a start, pieces of escaped text, an end and an event, all in one stream', async () => {
  const { hub, show } = house()
  const totals = await show(['a<b', '&"c"'])
  assert.deepEqual(totals, { state: 'done', characters: 7, messages: 4, taken: true })
  const [, run = ''] = /data-text-stream="(text-[0-9a-f]{12})"/.exec(String(hub.taken[0]?.data)) ?? []
  assert.deepEqual(
    hub.taken.map(({ stream, data }) => [stream, data]),
    [
      `<turbo-stream data-text-stream="${run}" action="update" target="answer"><template><span id="${run}"></span><span id="${run}-live" data-text-stream-live></span></template></turbo-stream>`,
      `<turbo-stream data-text-stream="${run}" action="append" target="${run}"><template>a&lt;b&amp;&quot;c&quot;</template></turbo-stream>`,
      `<turbo-stream data-text-stream="${run}" action="remove" target="${run}-live"></turbo-stream>` +
        `<turbo-stream action="update" targets="[id=&quot;answer&quot;]:not(:has(&gt; [id=&quot;${run}&quot;]))"><template><span id="${run}">a&lt;b&amp;&quot;c&quot;</span></template></turbo-stream>`,
      { type: 'text-stream', target: 'answer', state: 'done', characters: 7 },
    ].map((data) => ['answer:7', data]),
  )
})

test('two texts in one target have runs of their own', async () => {
  const { hub, show } = house()
  await show(['a'])
  await show(['b'])
  const runs = hub.taken.flatMap(({ data }) => (typeof data === 'string' ? [readText(data)?.run] : []))
  assert.equal(new Set(runs).size, 2)
  assert.equal(hub.shown, 'b')
})

const sources: [what: string, source: () => TextSource][] = [
  ['a Readable of bytes', () => Readable.from([Buffer.from('grüezi '), Buffer.from('welt')])],
  ['a Readable of strings', () => Readable.from(['grüezi ', 'welt'])],
  ['a web stream', () => new Blob(['grüezi welt']).stream() as unknown as TextSource],
  [
    'an async generator',
    async function* () {
      yield 'grüezi '
      await wait(1)
      yield new TextEncoder().encode('welt')
    },
  ],
  ['an array', () => ['grüezi ', 'welt']],
]
for (const [what, source] of sources) {
  test(`${what} is a source`, async () => {
    const { hub, show } = house()
    assert.equal((await show(source())).state, 'done')
    assert.equal(hub.shown, 'grüezi welt')
  })
}

test('characters are whole wherever bytes or strings are cut', async () => {
  const signal = new AbortController().signal
  const all = async (source: TextSource) => {
    const given: string[] = []
    for await (const text of pieces(source, signal)) given.push(text)
    for (const text of given) assert.doesNotMatch(text, /[\uD800-\uDBFF]$|^[\uDC00-\uDFFF]|\uFFFD/)
    return given.join('')
  }
  const text = fc.string({ unit: 'binary', minLength: 1 }).filter((each) => !/[\uFFFD\uFEFF]/.test(each))
  const cuts = fc.array(fc.nat(3), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(text, cuts, async (given, cuts) => {
      assert.equal(await all(cutUp(Buffer.from(given), cuts)), given)
      assert.equal(await all(cutUp(given, cuts)), given)
    }),
  )
})

test('bytes that are no character at the end are shown as such', async () => {
  const { hub, show } = house()
  await show([Buffer.from('é').subarray(0, 1)])
  assert.equal(hub.shown, '\uFFFD')
  await show(['a\uD83D'])
  assert.equal(hub.shown, 'a\uFFFD')
})

function cutUp<Whole extends string | Uint8Array>(whole: Whole, cuts: readonly number[]): Whole[] {
  const parts: Whole[] = []
  for (let at = 0, index = 0; at < whole.length; index++) {
    const size = 1 + (cuts[index % cuts.length] as number)
    parts.push((whole as string).slice(at, at + size) as Whole)
    at += size
  }
  return parts
}

describe('gathering', () => {
  it('sends the first at once, and what comes within a frame in one message', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    let now = 1_000
    t.mock.method(performance, 'now', () => now)
    const sent: string[] = []
    const gatherer = new Gatherer(50, async (text) => void sent.push(text), assert.fail)
    const pass = async (ms: number) => {
      now += ms
      t.mock.timers.tick(ms)
      await wait0()
    }
    await gatherer.take('a')
    await pass(0)
    assert.deepEqual(sent, ['a'])
    for (const text of ['b', 'c', 'd']) {
      await pass(10)
      await gatherer.take(text)
    }
    assert.deepEqual(sent, ['a'])
    await pass(20)
    assert.deepEqual(sent, ['a', 'bcd'])
    await gatherer.take('e')
    await gatherer.end()
    assert.deepEqual(sent, ['a', 'bcd', 'e'])
    await pass(100)
    assert.equal(sent.length, 3)
  })

  it('cuts what is long into messages of 8,192 characters, never within one', async () => {
    const { hub, show } = house()
    const long = `${'x'.repeat(8_191)}😀${'y'.repeat(20_000)}`
    await show([long])
    assert.equal(hub.shown, long)
    const sizes = hub.taken.flatMap(({ data }) => {
      const message = typeof data === 'string' ? readText(data) : undefined
      return message?.kind === 'piece' ? [message.html.length] : []
    })
    assert.deepEqual(sizes, [8_191, 8_192, 8_192, 3_618])
  })

  it('reads no further while a slow hub has a full message to take', async () => {
    const { hub, show } = house()
    let read = 0
    let release: () => void = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    hub.obstacle = ({ data }) => (String(data).includes('append') ? held : undefined)
    const shown = show(
      (async function* () {
        for (; read < 50; read++) yield 'x'.repeat(4_096)
      })(),
    )
    for (let turn = 0; turn < 100; turn++) await wait0()
    assert.ok(read <= 4, `${read} chunks were read`)
    release()
    await shown
    assert.equal(hub.shown.length, 50 * 4_096)
  })
})

describe('where the log is lost that pages read', () => {
  const paused = () => {
    let proceed = () => {}
    const more = new Promise<void>((resolve) => {
      proceed = resolve
    })
    const source = async function* (before: string, after: string) {
      yield before
      await more
      yield after
    }
    return { source, proceed: () => proceed() }
  }
  const until = async (what: () => boolean) => {
    while (!what()) await wait(5)
  }

  it('a text is said again soon, also if nothing more comes, and once more when others have noticed', async () => {
    const { hub, show } = house()
    const { source, proceed } = paused()
    const shown = show(source('a<', 'b'))
    await until(() => hub.shown === 'a&lt;')
    hub.lose()
    assert.equal(hub.shown, '')
    await until(() => hub.shown === 'a&lt;')
    hub.taken.length = 0
    await until(() => hub.shown === 'a&lt;')
    proceed()
    assert.deepEqual(await shown, { state: 'done', characters: 3, messages: 7, taken: true })
    assert.equal(hub.shown, 'a&lt;b')
    assert.equal(hub.listeners.size, 0)
  })

  it('a text that ends before that is said again with its end', async () => {
    const { hub, show } = house()
    const { source, proceed } = paused()
    const long = 'x'.repeat(20_000)
    const shown = show(source(long, 'b'))
    await until(() => hub.shown === long)
    hub.lose()
    proceed()
    await shown
    assert.equal(hub.shown, `${long}b`)
  })

  it('what is muted where it is sent stays so', async () => {
    const { hub, show } = house()
    const { source, proceed } = paused()
    const shown = suppressingBroadcasts(() => show(source('a', 'b')))
    await wait(10)
    hub.lose()
    await wait(150)
    proceed()
    await shown
    assert.deepEqual(hub.taken, [])
  })

  it('a text that is too long for that goes on after a line', async (t) => {
    const said = warnings(t)
    const { hub, show } = house()
    const { source, proceed } = paused()
    const shown = show(source('x'.repeat(300_000), 'b'))
    await until(() => hub.shown.length === 300_000)
    hub.lose()
    proceed()
    assert.equal((await shown).state, 'done')
    assert.equal(said.length, 1)
    assert.match(said.join(), /"answer:7": .* its log was lost, and the text is too long to be sent again/)
  })
})

test('a source that fails is shown so far; pages are told, though not why, and the promise rejects', async () => {
  const { hub, show } = house()
  const failing = (async function* () {
    yield 'so far'
    throw new Error('password=1')
  })()
  await assert.rejects(show(failing, { every: 60_000 }), /password=1/)
  assert.equal(hub.shown, 'so far')
  assert.deepEqual(hub.last, { type: 'text-stream', target: 'answer', state: 'failed', characters: 6 })
  assert.doesNotMatch(JSON.stringify(hub.taken), /password/)
})

test('who does not wait for a text that fails has one logged line', async (t) => {
  const lines = warnings(t)
  const { show } = house()
  const failed = new PassThrough()
  void show(failed)
  failed.destroy(new Error('gone'))
  while (lines.length === 0) await wait0()
  assert.deepEqual(lines, ['[turbo-cable] broadcastStream sent nothing to "answer:7": gone'])
})

test('a signal ends the text where it is, though the source says nothing, and gives the source up', async () => {
  const { hub, show } = house()
  const source = new PassThrough()
  const stop = new AbortController()
  hub.obstacle = ({ data }) => {
    if (String(data).includes('append')) stop.abort()
  }
  const shown = show(source, { signal: stop.signal })
  source.write('so far')
  assert.deepEqual(await shown, { state: 'stopped', characters: 6, messages: 4, taken: true })
  assert.equal((hub.last as { state: string }).state, 'stopped')
  assert.equal(source.destroyed, true)

  const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }
  assert.equal((await show(never, { signal: AbortSignal.abort() })).state, 'stopped')
})

test('what renders the text may fail: the source is given up, and the promise rejects', async () => {
  const { show } = house()
  const source = new PassThrough()
  source.write('a')
  const shown = show(source, {
    render: () => {
      throw new Error('no template')
    },
  })
  await assert.rejects(shown, /no template/)
  assert.equal(source.destroyed, true)
})

test('a piece that was not taken costs a line, and pages then begin anew with all of the text', async (t) => {
  const lines = warnings(t)
  const { hub, show } = house()
  let tries = 0
  hub.obstacle = ({ data }) => {
    if (String(data).includes('append') && ++tries === 2) away()
  }
  const slowly = (async function* () {
    for (const text of ['a', 'b', 'c']) {
      yield text
      await wait(5)
    }
  })()
  await show(slowly)
  assert.equal(tries, 2)
  assert.equal(hub.shown, 'abc')
  assert.match(lines.join(), /^\[turbo-cable\] broadcastStream to "answer:7" was not confirmed/)
})

test('the last piece that was not taken is sent again with the end', async (t) => {
  warnings(t)
  const { hub, show } = house()
  hub.obstacle = ({ data }) => {
    if (String(data).includes('append')) away()
  }
  await show(['all of it'])
  assert.equal(hub.shown, 'all of it')
})

test('a text whose end was not taken says so', async (t) => {
  warnings(t)
  const { hub, show } = house()
  hub.obstacle = ({ data }) => {
    if (String(data).includes('"remove"')) away()
  }
  assert.equal((await show(['a'])).taken, false)
})

test('a text too long to be sent again ends where a part of it was not taken', async (t) => {
  warnings(t)
  const { hub, show } = house()
  let tries = 0
  hub.obstacle = ({ data }) => {
    if (String(data).includes('append') && ++tries === 40) away()
  }
  await assert.rejects(show(['x'.repeat(400_000)]), { code: 'TURBO_CABLE_UNREACHABLE' })
  assert.equal((hub.last as { state: string }).state, 'failed')
  assert.equal(hub.shown.length, 39 * 8_192)
})

test('misuse throws at the call, before anything is sent', () => {
  const { hub, verb } = house()
  const ok = ['a']
  const wrong = (value: unknown) => value as never
  assert.throws(() => verb('', ok, { target: 'x' }), { code: 'TURBO_CABLE_BAD_STREAM' })
  assert.throws(() => verb('s', ok, wrong({})), { code: 'TURBO_CABLE_NO_TARGET' })
  assert.throws(() => verb('s', wrong('text'), { target: 'x' }), /Expected `source` to be a Readable/)
  assert.throws(() => verb('s', wrong(7), { target: 'x' }), { code: 'TURBO_CABLE_BAD_OPTION' })
  assert.throws(() => verb('s', ok, wrong({ target: 'x', every: -1 })), /`every`/)
  assert.throws(() => verb('s', ok, wrong({ target: 'x', signal: {} })), /`signal`/)
  assert.throws(() => verb('s', ok, wrong({ target: 'x', rendr: 1 })), /did you mean `render`/)
  assert.equal(hub.taken.length, 0)
})

test('a source that gives something else than text rejects, and names the rule', async () => {
  const { show } = house()
  await assert.rejects(
    show([{ delta: 'a' }] as never),
    /Expected `source` to be made of strings and bytes, got `\{"delta":"a"\}`/,
  )
})

function wait0(): Promise<void> {
  return new Promise(setImmediate)
}
