// <turbo-frame> and the tags of a page's head, byte for byte as turbo-rails prints them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import hbs from 'hbs'
import { viewHelpers } from '../../../src/turbo/helpers.ts'
import type { RefreshMethod } from '../../../src/turbo/metas.ts'

const { turboFrameTag, turboRefreshesWith, turboRefreshMethodTag, turboRefreshScrollTag } = viewHelpers

class Message {
  constructor(readonly id?: unknown) {}
}
const message = new Message(1)

const table: [string, string][] = [
  [turboFrameTag('tray'), '<turbo-frame id="tray"></turbo-frame>'],
  [
    turboFrameTag('tray', { loading: 'lazy', src: '/t?a=1&b=2', target: '_top' }),
    '<turbo-frame loading="lazy" id="tray" src="/t?a=1&amp;b=2" target="_top"></turbo-frame>',
  ],
  [turboFrameTag('a', 1, 'b'), '<turbo-frame id="a_1_b"></turbo-frame>'],
  [turboFrameTag(message), '<turbo-frame id="message_1"></turbo-frame>'],
  [turboFrameTag(message, 'edit'), '<turbo-frame id="edit_message_1"></turbo-frame>'],
  [turboFrameTag(Message), '<turbo-frame id="new_message"></turbo-frame>'],
  [turboFrameTag('"><b>', {}, '<p>hi</p>'), '<turbo-frame id="&quot;&gt;&lt;b&gt;"><p>hi</p></turbo-frame>'],
  [
    turboFrameTag('tray', {
      src: undefined,
      target: null,
      disabled: true,
      data: { turbo_action: 'advance' },
      class: ['a', 'b'],
    }),
    '<turbo-frame disabled="disabled" data-turbo-action="advance" class="a b" id="tray"></turbo-frame>',
  ],
]
for (const [actual, expected] of table) test(expected, () => assert.equal(actual, expected))

test('a frame without an id, with a blank one, or with a plain object for a record is refused', () => {
  const untyped = turboFrameTag as (...given: unknown[]) => string
  for (const ids of [[], [''], [null], [message, 'a', 'b'], ['a', message]]) {
    assert.throws(() => untyped(...ids), { code: 'TURBO_CABLE_BAD_OPTION' }, JSON.stringify(ids))
  }
  assert.throws(() => untyped({ src: '/t' }), { code: 'TURBO_CABLE_BAD_RECORD' })
  assert.throws(() => untyped('todo', { id: 1, title: 'a row' }), { code: 'TURBO_CABLE_BAD_ATTRIBUTE' })
  assert.throws(() => untyped('a', {}, 7), { code: 'TURBO_CABLE_BAD_OPTION' })
})

test('in Handlebars a frame takes named attributes, and a block for its content', () => {
  const template = hbs.handlebars.compile(
    '{{{turboFrameTag "tray" src="/t" loading="lazy"}}}{{#turboFrameTag "list"}}<p>{{name}}</p>{{/turboFrameTag}}{{{turboRefreshesWith method="morph"}}}',
  )
  assert.equal(
    template({ ...viewHelpers, name: '<ada>' }).replaceAll('&quot;', '"'),
    '<turbo-frame loading="lazy" id="tray" src="/t"></turbo-frame><turbo-frame id="list"><p>&lt;ada&gt;</p></turbo-frame>' +
      '<meta name="turbo-refresh-method" content="morph"><meta name="turbo-refresh-scroll" content="reset">',
  )
})

test('refreshes are told both how and where to scroll; other values are refused', () => {
  assert.equal(
    turboRefreshesWith({ method: 'morph', scroll: 'preserve' }),
    '<meta name="turbo-refresh-method" content="morph"><meta name="turbo-refresh-scroll" content="preserve">',
  )
  assert.equal(turboRefreshesWith(), turboRefreshMethodTag('replace') + turboRefreshScrollTag('reset'))
  for (const refuse of [
    () => turboRefreshesWith({ method: 'fade' as RefreshMethod }),
    () => turboRefreshMethodTag('preserve' as RefreshMethod),
    () => turboRefreshScrollTag('keep' as 'reset'),
    () => viewHelpers.turboRootTag('app'),
    () => viewHelpers.turboPrefetchTag('false' as unknown as boolean),
  ]) {
    assert.throws(refuse, { code: 'TURBO_CABLE_BAD_OPTION' })
  }
  assert.equal(viewHelpers.cspMetaTag('"n"'), '<meta name="csp-nonce" content="&quot;n&quot;">')
})
