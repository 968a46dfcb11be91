// What the inspector writes: everything that a stranger chose is escaped, and a rendering can do nothing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { html, Markup } from '../../../src/inspector/markup.ts'
import { policy } from '../../../src/inspector/page.ts'
import { rendering, renderingHeaders } from '../../../src/inspector/rendering.ts'
import { bytes, connectionRow, entryRow, streamRow } from '../../../src/inspector/rows.ts'
import { source } from '../../../src/inspector/source.ts'

const evil = `"><script>'&`
const escaped = '&quot;&gt;&lt;script&gt;&#39;&amp;'

describe('html', () => {
  it('escapes what it is given, and leaves pieces of HTML as they are', () => {
    assert.equal(html`<b title="${evil}">${evil}</b>`.text, `<b title="${escaped}">${escaped}</b>`)
    assert.equal(html`${[html`<i>`, '<i>', new Markup('<u>')]}${false}${undefined}${0}`.text, '<i>&lt;i&gt;<u>0')
  })
})

describe('rows', () => {
  it('escape whatever a stranger chose', () => {
    const sent = { data: evil, isHtml: true, cut: false, size: 1, recipients: 0, position: 1, cursor: evil, ms: 0 }
    const entry = { id: 1, at: 0, kind: 'broadcast', stream: evil, title: evil, why: evil, sent } as const
    const rows = [
      entryRow(entry, true),
      entryRow({ ...entry, sent: undefined } as never, false),
      connectionRow({ number: 1, wire: evil, subject: evil, address: evil, pending: 1, since: 0, streams: 1 }, 0),
      streamRow({ name: evil, subscribers: 1 }),
    ]
    for (const { text } of rows) {
      assert.ok(text.includes(escaped))
      assert.doesNotMatch(text, /<script|'/)
    }
  })

  it('put a broadcast into a frame that lets nothing run, and into no attribute', () => {
    const sent = {
      data: '<p>',
      isHtml: true,
      cut: false,
      size: 1,
      recipients: 1,
      position: 1,
      cursor: 'e:1',
      ms: 12.34,
    }
    const { text } = entryRow({ id: 9, at: 0, kind: 'broadcast', stream: 's', title: 't', sent }, true)
    assert.match(text, /<iframe sandbox tabindex="-1" [^>]* src="inspector\/rendered\/9"><\/iframe>/)
    assert.doesNotMatch(text, /srcdoc|allow-/)
    assert.match(text, /1 subscriber<.*#1<.*12\.3 ms/)
  })

  it('write sizes for people', () => {
    assert.deepEqual([0, 1_023, 1_024, 1_048_576].map(bytes), ['0 B', '1023 B', '1.0 KB', '1.0 MB'])
  })
})

describe('source', () => {
  it('is the text itself, escaped, with its tags marked', () => {
    const { text } = source('<p class="a">1 < 2</p><', true)
    assert.equal(text, '<b>&lt;p class=<u>&quot;a&quot;</u>&gt;</b>1 &lt; 2<b>&lt;/p&gt;</b>&lt;')
    assert.equal(source('{"a":"<b>"}', false).text, '{&quot;a&quot;:&quot;&lt;b&gt;&quot;}')
  })

  it('of a long one is the beginning, and says so', () => {
    assert.match(source('x'.repeat(10_000), true).text, /^x{8192}<i class="more">… 1808 more characters<\/i>$/)
  })

  it('takes a time that grows with the length alone', () => {
    const time = (text: string) => {
      const start = performance.now()
      source(text, true)
      rendering(text)
      return performance.now() - start
    }
    for (const piece of ['<', '<a "', '<turbo-stream "', '<turbo-stream a="', '<turbo-stream>', '"']) {
      time(piece.repeat(10))
      assert.ok(time(piece.repeat(32_768 / piece.length)) < 1_000, piece)
    }
  })
})

describe('rendering', () => {
  it('unfolds the templates of stream elements, and no others', () => {
    const stream =
      '<turbo-stream targets="a > b" action="append"><template><tr></tr><template></template></template></turbo-stream>'
    assert.ok(
      rendering(stream).includes('action="append"><template shadowrootmode="open"><tr></tr><template></template>'),
    )
    assert.ok(rendering('<div><template>').includes('<div><template>'))
  })

  it('has a policy that lets nothing run and nothing in, framed or not', () => {
    const { 'Content-Security-Policy': text } = renderingHeaders
    assert.match(String(text), /^sandbox; default-src 'none';/)
    assert.doesNotMatch(String(text), /allow-|script-src|https?:|'self'(?!$)/)
    assert.match(rendering('</html><html>'), /^<!doctype html>\n<html lang="en" inert>/)
  })

  it('is no part of the page, whose policy has no exception', () => {
    assert.doesNotMatch(policy('n'), /unsafe|\*|https?:/)
  })
})
