// What a page that comes in the middle of a text is rendered with: what there was at its cursor, and never a part without the start.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Texts } from '../../../src/hub/texts.ts'
import { textEnd, textPiece, textStart } from '../../../src/turbo/text.ts'

function house() {
  const texts = new Texts()
  let position = 0
  const take = (data: unknown, stream = 's') =>
    texts.take({ stream, json: JSON.stringify(data), position: ++position, cursor: `e:${position}` })
  return { texts, take, html: (moment = texts.now(), target = 'x') => texts.html('s', target, moment) }
}

const live = '<span id="r-live" data-text-stream-live></span>'

test('a page has what there was at its moment, and whether the text still grew', () => {
  const { texts, take, html } = house()
  const moments = [texts.now()]
  for (const data of [
    textStart('r', 'x'),
    textPiece('r', 'a&lt;'),
    textPiece('r', '<b>"</b>'),
    textEnd('r', 'x', 'all'),
  ]) {
    take(data)
    moments.push(texts.now())
  }
  assert.deepEqual(
    moments.map((moment) => html(moment)),
    [
      '',
      `<span id="r"></span>${live}`,
      `<span id="r">a&lt;</span>${live}`,
      `<span id="r">a&lt;<b>"</b></span>${live}`,
      '<span id="r">a&lt;<b>"</b></span>',
    ],
  )
})

test('pieces of a run whose start was not seen are nothing', () => {
  const { take, html } = house()
  take(textPiece('r', 'the rest'))
  take(textEnd('r', 'x'))
  assert.equal(html(), '')
})

test('the latest text of a target counts; another target, another stream is another text', () => {
  const { take, html } = house()
  take(textStart('r1', 'x'))
  take(textStart('r2', 'x', 'new'))
  take(textPiece('r1', 'late'))
  take(textStart('r3', 'x'), 'other')
  take(textPiece('r3', 'elsewhere'))
  take(textStart('r4', 'a"b', 'quoted'))
  assert.match(html(), /^<span id="r2">new<\/span>/)
  assert.match(html(undefined, 'a"b'), /quoted/)
  assert.equal(html(undefined, 'y'), '')
})

test('a run that begins anew has what it begins with', () => {
  const { texts, take, html } = house()
  take(textStart('r', 'x'))
  take(textPiece('r', 'a'))
  const before = texts.now()
  take(textStart('r', 'x', 'ab'))
  take(textPiece('r', 'c'))
  assert.equal(html(), `<span id="r">abc</span>${live}`)
  assert.equal(html(before), '', 'the page gets the new beginning by its marker')
})

test('other broadcasts are no text, whatever they look like', () => {
  const { texts, take } = house()
  for (const data of [
    { a: 1 },
    'x',
    '<turbo-stream action="append" target="r"></turbo-stream>',
    '<turbo-stream data-text-stream="',
    '<turbo-stream data-text-stream="r" action="update" target="x"><template>other</template></turbo-stream>',
  ])
    take(data)
  assert.equal(texts.now(), 0)
})

test('a text that is too long is said to be missing, not shown in part', () => {
  const { take, html } = house()
  take(textStart('r', 'x'))
  for (let n = 0; n < 130; n++) take(textPiece('r', 'x'.repeat(8_192)))
  take(textPiece('r', 'the rest'))
  assert.equal(html(), '<span data-text-stream-missing></span>')
})

test('what all texts take is bounded: the oldest goes', () => {
  const { take, html } = house()
  const half = 'x'.repeat(500_000)
  for (let n = 0; n < 20; n++) {
    take(textStart(`r${n}`, `x${n}`))
    take(textPiece(`r${n}`, half))
  }
  const kept = Array.from({ length: 20 }, (_, n) => html(undefined, `x${n}`) !== '')
  assert.deepEqual(kept, [...Array(12).fill(false), ...Array(8).fill(true)])
})

test('once something was missed nothing is known of any text', () => {
  const { texts, take, html } = house()
  take(textStart('r', 'x'))
  texts.clear()
  take(textPiece('r', 'the rest'))
  assert.equal(html(), '')
})
