// What engines make of a helper's arguments: named ones, blocks, and strings that are marked as safe.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import hbs from 'hbs'
import nunjucks from 'nunjucks'
import { turboFrameTag } from '../../../src/turbo/turbo-frame.ts'
import { turboStream } from '../../../src/turbo/turbo-stream.ts'

const { handlebars: Handlebars } = hbs
const helpers = { turboFrameTag, turboStream, name: '<hi>' }
const frame = '<turbo-frame data-x="1" id="a_b" target="_top"><b>&lt;hi&gt;</b></turbo-frame>'
const append =
  '<turbo-stream method="morph" action="update" target="list"><template>&lt;hi&gt;</template></turbo-stream>'
const block = '<turbo-stream action="append" targets=".row"><template><b>&lt;hi&gt;</b></template></turbo-stream>'
const refresh = '<turbo-stream method="morph" action="refresh"></turbo-stream>'

describe('Handlebars', () => {
  const rendered = (template: string) => Handlebars.compile(template)(helpers)
  const cases: [string, string][] = [
    ['{{#turboFrameTag "a" "b" target="_top" data-x=1}}<b>{{name}}</b>{{/turboFrameTag}}', frame],
    ['{{{turboFrameTag "a"}}}', '<turbo-frame id="a"></turbo-frame>'],
    ['{{{turboStream.update "list" text=name method="morph"}}}', append],
    ['{{#turboStream.appendAll ".row"}}<b>{{name}}</b>{{/turboStream.appendAll}}', block],
    ['{{{turboStream.remove "a"}}}', '<turbo-stream action="remove" target="a"></turbo-stream>'],
    ['{{{turboStream.refresh method="morph"}}}', refresh],
    ['{{{turboStream "update" target="list" text=name method="morph"}}}', append],
  ]
  for (const [template, expected] of cases) {
    it(`renders ${template}`, () => assert.equal(rendered(template), expected))
  }

  it('escapes what is not printed raw, so that nothing is raw by itself', () =>
    assert.equal(rendered('{{turboStream.remove "a"}}').startsWith('&lt;turbo-stream'), true))
})

describe('Nunjucks', () => {
  const env = new nunjucks.Environment(null, { autoescape: true })
  const cases: [string, string][] = [
    [
      `{{ turboFrameTag('a', 'b', {target: '_top', 'data-x': 1}, content) | safe }}`,
      '<turbo-frame data-x="1" id="a_b" target="_top"><i></turbo-frame>',
    ],
    [`{{ turboFrameTag('a', target='_top') | safe }}`, '<turbo-frame id="a" target="_top"></turbo-frame>'],
    [`{{ turboStream.update('list', text=name, method='morph') | safe }}`, append],
    [`{{ turboStream.refresh(method='morph') | safe }}`, refresh],
    [
      `{% macro row() %}{{ turboStream.appendAll('.row', html=caller()) | safe }}{% endmacro %}{% call row() %}<b>{{ name }}</b>{% endcall %}`,
      block,
    ],
  ]
  for (const [template, expected] of cases) {
    it(`renders ${template}`, () => assert.equal(env.renderString(template, { ...helpers, content: '<i>' }), expected))
  }
})

describe('a string that is marked as safe', () => {
  for (const [engine, marked] of [
    ['Handlebars', new Handlebars.SafeString('<b>')],
    ['Nunjucks', new nunjucks.runtime.SafeString('<b>')],
    // Hono's JSX makes such.
    ['String', Object('<b>')],
  ] as const) {
    it(`of ${engine} is HTML`, () => {
      const stream = turboStream.update('a', { html: marked as unknown as string })
      assert.equal(stream, '<turbo-stream action="update" target="a"><template><b></template></turbo-stream>')
      assert.equal(turboFrameTag('a', {}, marked as unknown as string), '<turbo-frame id="a"><b></turbo-frame>')
    })
  }

  it('is nothing else: objects are refused, also those that print themselves', () => {
    for (const html of [{}, ['<b>'], { toString: () => '<b>' }]) {
      assert.throws(() => turboStream.update('a', { html: html as unknown as string }), {
        code: 'TURBO_CABLE_BAD_OPTION',
      })
    }
  })
})

it('a record that has `hash` and `data` is no argument of an engine’s', () => {
  class Message {
    id = 1
    hash = 'h'
    data = {}
  }
  assert.equal(turboFrameTag(new Message()), '<turbo-frame id="message_1"></turbo-frame>')
})
