// Attributes, as Rails' tag helper prints them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Attributes, attributeText, escapeHtml } from '../../../src/turbo/tag.ts'

const table: [Attributes, string][] = [
  [{}, ''],
  [{ a: null, b: undefined }, ''],
  [{ id: 'x', title: '' }, ' id="x" title=""'],
  [{ hidden: true, open: false, disabled: null }, ' hidden="hidden"'],
  [{ hidden: 'until-found' }, ' hidden="hidden"'],
  [{ foo: true, bar: false }, ' foo="true" bar="false"'],
  [{ n: 1, f: 1.5, z: 0, big: 10n }, ' n="1" f="1.5" z="0" big="10"'],
  [{ list: ['a', 1, ['b', true]] }, ' list="a 1 b true"'],
  [{ hello_world: 'foo' }, ' hello_world="foo"'],
  [{ class: ['a', null, { b: true, c: false }, ['d'], ''] }, ' class="a b d"'],
  [{ class: { a: 1, b: 0 } }, ' class="a"'],
  [{ class: [] }, ' class=""'],
  [{ class: 'a b' }, ' class="a b"'],
  [{ data: { b_c: 'x', n: 5, t: true, f: false, nil: null } }, ' data-b-c="x" data-n="5" data-t="true" data-f="false"'],
  [
    { data: { list: ['a', 1], map: { k: 'v' } } },
    ' data-list="[&quot;a&quot;,1]" data-map="{&quot;k&quot;:&quot;v&quot;}"',
  ],
  [{ data: 'x' }, ' data="x"'],
  [
    { aria: { label: 'Hi', hidden: true, labelled_by: ['a', 'b'], none: [] } },
    ' aria-label="Hi" aria-hidden="true" aria-labelled-by="a b"',
  ],
  [{ aria: { owns: { a: true, b: false } } }, ' aria-owns="a"'],
  [{ on: { click_it: 1 } }, ' on-click-it="1"'],
  [{ v: `&<>"'` }, ' v="&amp;&lt;&gt;&quot;&#39;"'],
  [
    { 'a b': '1', '1a': '2', 'x"y': '3', 'a>': '4', '@click': '5', ':x': '6' },
    ' a_b="1" _a="2" x_y="3" a_="4" @click="5" :x="6"',
  ],
  [{ 'a=b': 1, "o'n": 2, 'sl/ash': 3, 'é-1.2': 4, '😀': 5 }, ' a_b="1" o_n="2" sl_ash="3" é-1.2="4" 😀="5"'],
  [{ url: new URL('http://a.test/?a=1&b=2') }, ' url="http://a.test/?a=1&amp;b=2"'],
]

for (const [attributes, expected] of table) {
  test(`prints${expected || ' nothing'}`, () => assert.equal(attributeText(attributes), expected))
}

test('a name twice, a blank name and values without a text are refused', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const refused: Attributes[] = [
    { Method: 'a', method: 'b' },
    { data: { a: 1 }, 'data-a': 2 },
    { 'a b': 1, a_b: 2 },
    { '': 'x' },
    { ' ': 'x' },
    { a: () => 1 },
    { a: Symbol('x') as never },
    { a: [() => 1] },
    { a: [{}] },
    { a: new (class Point {})() },
    { data: { a: () => 1 } },
    { data: { a: cyclic } },
    { data: { a: 1n } },
  ]
  for (const attributes of refused) {
    assert.throws(
      () => attributeText(attributes),
      { code: 'TURBO_CABLE_BAD_ATTRIBUTE' },
      String(Object.keys(attributes)),
    )
  }
})

test('text is escaped for content and attributes alike', () => {
  assert.equal(escapeHtml(`<a href="x">'&'</a>`), '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;')
})

// Only these end a name in HTML (https://html.spec.whatwg.org/multipage/parsing.html#attribute-name-state) or are
// errors in it. Other white space, like U+1680 and U+FEFF, which XML allows in names, is a character like any.
const oneAttribute = /^ [^\t\n\f\r "'<>/=\0]+="[^"<>]*"$/

test('no name and no value gets out of its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' }), (name, value) => {
      fc.pre(name.trim() !== '')
      assert.match(attributeText({ [name]: value }), oneAttribute)
    }),
    { examples: [...'\u1680\uFEFF'].map((space) => [`${space}\0`, '']) },
  )
})
