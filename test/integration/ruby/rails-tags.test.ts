// Our tags and ids beside those of Rails itself: ActionView's tag builder and dom_id, in Ruby, over random attributes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { domId } from '../../../src/stream/dom-id.ts'
import type { Attributes } from '../../../src/turbo/tag.ts'
import { turboFrameTag } from '../../../src/turbo/turbo-frame.ts'
import { turboStream } from '../../../src/turbo/turbo-stream.ts'
import { byChance, type Chance } from '../../support/chance.ts'

const script = fileURLToPath(new URL('rails-tags.rb', import.meta.url))

/** What Rails writes for each case. */
function byRails(cases: readonly object[]): string[] {
  const { status, stdout, stderr } = spawnSync('ruby', [script], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 2 ** 26,
  })
  assert.equal(status, 0, stderr)
  return JSON.parse(stdout)
}

const texts = ['', 'a', 'hello world', `<&>"'`, 'é 漢字', 'a_b-c', '"><script>', '&amp;', '0']
const names = ['id_x', 'title', 'hidden', 'checked', 'aria-label', 'foo', 'hello_world', 'request-id', 'scroll', 'x:y']
const actions = ['append', 'prepend', 'replace', 'update', 'before', 'after', 'highlight']

function one<Of>(chance: Chance, of: readonly Of[]): Of {
  return of[chance(of.length)] as Of
}

function attributes(chance: Chance): Attributes {
  const text = () => one(chance, texts)
  const values = [text, () => chance(1_000), () => true, () => false, () => null, () => [text() || 'x', 'b', 7]]
  const found: Record<string, Attributes[string]> = {}
  for (let count = chance(4); count-- > 0; ) found[one(chance, names)] = one(chance, values)()
  if (chance(3) === 0) found.class = { on: true, off: false, [one(chance, ['a', 'b_c'])]: chance(2) === 0 }
  if (chance(3) === 0) found.data = { frame_id: chance(9), tags: [text()], some_text: text(), yes: true }
  return found
}

it('writes streams as Rails does', () =>
  byChance(async (chance) => {
    const cases = Array.from({ length: 1_000 }, () => {
      const place =
        chance(2) === 0 ? { target: one(chance, texts) || 'x' } : { targets: `.a > .${one(chance, ['b', 'c'])}` }
      const html = one(chance, ['', '<p>hi</p>', '&', `<b title="a">é</b>`])
      return { kind: 'stream', action: one(chance, actions), ...place, html, attributes: attributes(chance) }
    })
    const rails = byRails(cases)
    cases.forEach(({ kind, action, ...options }, index) => {
      assert.equal(turboStream(action, options), rails[index], JSON.stringify(cases[index]))
    })
  }))

it('writes frames as Rails does', () =>
  byChance(async (chance) => {
    const cases = Array.from({ length: 300 }, () => ({
      kind: 'frame',
      id: one(chance, ['tray', 'edit_message_1', 'a"b']),
      src: one(chance, [null, '/t?a=1&b=2', '/"']),
      target: one(chance, [null, '_top']),
      html: one(chance, ['', '<p>hi</p>']),
      attributes: attributes(chance),
    }))
    const rails = byRails(cases)
    cases.forEach(({ id, src, target, html, attributes }, index) => {
      assert.equal(turboFrameTag(id, { ...attributes, src, target }, html), rails[index], JSON.stringify(cases[index]))
    })
  }))

it('names elements as Rails does', () => {
  const models = ['Message', 'TodoList', 'Users::Profile', 'Person', 'HTMLPage', 'Admin::BigBox']
  const keys = [1, 'abc', null]
  const prefixes = [undefined, 'edit', 'special_one']
  const cases = models.flatMap((model) =>
    keys.flatMap((id) => prefixes.map((prefix) => ({ kind: 'id', model, id, prefix }))),
  )
  const rails = byRails(cases)
  cases.forEach(({ model, id, prefix }, index) => {
    class Named {
      static modelName = model
      id = id
    }
    assert.equal(domId(new Named(), prefix), rails[index], JSON.stringify(cases[index]))
  })
})
