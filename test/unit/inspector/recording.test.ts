// What the inspector keeps of the events of a cable: a bounded record, of that cable alone, and only while somebody looks.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type BroadcastEvent, type CableEvents, heard, tell } from '../../../src/diagnostics.ts'
import { dataOf, mostKept } from '../../../src/inspector/entry.ts'
import { Recording } from '../../../src/inspector/recording.ts'

function recording(t: TestContext, cable = 'cable-test'): Recording {
  const made = new Recording(cable)
  made.start()
  t.after(() => made.stop())
  return made
}

const event = (stream: string, json = '1', cable = 'cable-test'): BroadcastEvent => {
  return { cable, stream, json, position: 7, cursor: 'e:7', recipients: 2, bytes: 9, ms: 0.25 }
}
const broadcast = (...given: Parameters<typeof event>) => tell('turbo-cable:broadcast', () => event(...given))
const client = { cable: 'cable-test', connection: 3, subject: 'ada' }
const streams = (made: Recording) => made.entries.map(({ stream }) => stream)

describe('Recording', () => {
  it('notes a broadcast with all that is known of it', (t) => {
    const made = recording(t)
    broadcast(
      'room',
      JSON.stringify('<turbo-stream action="append" target="a&amp;b"><template>é</template></turbo-stream>'),
    )
    const [entry] = made.entries
    assert.deepEqual([entry?.kind, entry?.stream, entry?.title], ['broadcast', 'room', 'append a&b'])
    const { data, ...facts } = entry?.sent ?? {}
    assert.match(String(data), /^<turbo-stream .*é/)
    assert.deepEqual(facts, { isHtml: true, cut: false, size: 91, recipients: 2, position: 7, cursor: 'e:7', ms: 0.25 })
  })

  it('looks at the events of its cable alone', (t) => {
    const made = recording(t)
    broadcast('elsewhere', '1', 'cable-other')
    broadcast('here')
    assert.deepEqual(streams(made), ['here'])
  })

  it('costs nothing before it starts and after it stops, and then has forgotten everything', () => {
    const made = new Recording('cable-test')
    assert.equal(heard('turbo-cable:broadcast'), false)
    made.start()
    made.start()
    broadcast('a')
    made.stop()
    assert.deepEqual([heard('turbo-cable:broadcast'), made.entries], [false, []])
  })

  it('keeps a hundred, and says which ones it keeps no more', (t) => {
    const made = recording(t)
    const gone: number[] = []
    for (let n = 0; n < 130; n++) {
      broadcast(`stream ${n}`)
      const news = made.news()
      assert.deepEqual(
        news.entries.map(({ stream }) => stream),
        [`stream ${n}`],
      )
      gone.push(...news.gone)
    }
    assert.deepEqual([made.entries.length, streams(made)[0], streams(made).at(-1)], [100, 'stream 30', 'stream 129'])
    assert.deepEqual(
      gone,
      Array.from({ length: 30 }, (_, index) => index + 1),
    )
    assert.equal(made.entry(1), undefined)
    assert.equal(made.entry(31)?.stream, 'stream 30')
  })

  it('keeps the last twenty of those that come between two looks, and the count of the others', (t) => {
    const made = recording(t)
    for (let n = 0; n < 1_000; n++) broadcast(`stream ${n}`)
    const { entries } = made.news()
    assert.equal(entries.length, 21)
    assert.equal(entries[0]?.title, '980 more in the same moment, which are not shown')
    assert.deepEqual([entries[1]?.stream, entries[20]?.stream], ['stream 980', 'stream 999'])
    assert.deepEqual(made.news(), { entries: [], gone: [] })
  })

  const told: readonly (readonly [title: RegExp, why: RegExp | undefined, send: () => void])[] = [
    [
      'unauthorized: connection 3 \\(ada\\) asked for "x"',
      'plain name',
      'rejected',
      { ...client, asked: '"x"', reason: 'unauthorized' },
    ],
    [
      'gap: connection 3',
      'what came after e:1 is not kept',
      'replayed',
      { ...client, stream: 's', cursor: 'e:1', recovered: false, messages: 0, bytes: 0 },
    ],
    [
      'connection 3 \\(ada\\) caught up with 1 message',
      undefined,
      'replayed',
      { ...client, stream: 's', cursor: 'e:1', recovered: true, messages: 1, bytes: 9 },
    ],
    [
      'connection 3 \\(ada\\) was sent away: slow_consumer',
      'pendingBytes.*2048 bytes',
      'dropped',
      { ...client, reason: 'slow_consumer', pending: 2_048 },
    ],
    [
      'the engine cannot be reached',
      'ECONNREFUSED',
      'engine',
      { cable: 'cable-test', state: 'away', reason: 'ECONNREFUSED' },
    ],
    [
      '403 Forbidden',
      'a broadcast by POST at /_broadcast, from 10.0.0.1',
      'refused',
      {
        cable: 'cable-test',
        door: 'broadcast',
        status: 403,
        reason: 'Forbidden',
        path: '/_broadcast',
        origin: undefined,
        address: '10.0.0.1',
      },
    ],
  ].map(([title, why, name, about]) => {
    const send = () => tell(`turbo-cable:${name}` as keyof CableEvents, () => about as never)
    return [new RegExp(`^${title}`), why === undefined ? undefined : new RegExp(why as string), send] as const
  })
  for (const [title, why, send] of told) {
    it(`has a line for what it is told: ${title.source}`, (t) => {
      const made = recording(t)
      send()
      assert.match(made.entries[0]?.title ?? '', title)
      if (why) assert.match(made.entries[0]?.why ?? '', why)
      else assert.equal(made.entries[0]?.why, undefined)
    })
  }

  it('has no line for a client that has missed nothing', (t) => {
    const made = recording(t)
    const about = { ...client, stream: 's', cursor: 'e:1', recovered: true, messages: 0, bytes: 0 }
    tell('turbo-cable:replayed', () => about)
    assert.deepEqual(made.entries, [])
  })
})

describe('dataOf', () => {
  it('reads HTML as it was sent, and writes JSON over several lines', () => {
    assert.deepEqual(dataOf('"<p>\\"</p>"'), { data: '<p>"</p>', isHtml: true, cut: false })
    assert.deepEqual(dataOf('{"a":1}'), { data: '{\n  "a": 1\n}', isHtml: false, cut: false })
  })

  it('keeps the beginning of what is long, wherever it is cut', () => {
    for (const piece of ['é', '\n', '\\', '"', '\u2028', '\u{1F600}', '\u0001']) {
      for (let lead = 0; lead < 7; lead++) {
        const whole = `${'x'.repeat(lead)}${piece.repeat(mostKept)}`
        const { data, isHtml, cut } = dataOf(JSON.stringify(whole))
        assert.deepEqual([isHtml, cut], [true, true])
        assert.ok(data.length > mostKept / 7)
        // Half a surrogate pair at the end becomes a sign of that.
        assert.ok(whole.startsWith(data.replace(/[\ud800-\udfff\ufffd]+$/, '').slice(0, -1)))
      }
    }
    const long = dataOf(JSON.stringify(Array.from({ length: mostKept }, () => 1)))
    assert.deepEqual([long.cut, long.data.length], [true, mostKept])
  })
})
