// Elements found in HTML, held against a whole parser of HTML.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DefaultTreeAdapterMap, parseFragment } from 'parse5'
import { elementsNamed } from '../../../src/testing/html.ts'

test('an element has its decoded attributes, and what is in it as it was written', () => {
  const html = `<p><turbo-frame id='a"b' SRC="/x?a=1&amp;b=&#60;&#x3E;&quot;&apos;" lazy disabled=no>  <b>hi</b></turbo-frame>`
  assert.deepEqual(elementsNamed('turbo-frame', html), [
    { attributes: { id: 'a"b', src: `/x?a=1&b=<>"'`, lazy: '', disabled: 'no' }, html: '  <b>hi</b>' },
  ])
})

test('nested elements are found too, in the order of their opening tags', () => {
  const html = '<a-b id="1"><a-b id="2">x</a-b>y</a-b><a-b id="3">z</a-b>'
  assert.deepEqual(
    elementsNamed('a-b', html).map(({ attributes, html }) => [attributes.id, html]),
    [
      ['1', '<a-b id="2">x</a-b>y'],
      ['2', 'x'],
      ['3', 'z'],
    ],
  )
})

test('what is in a template, a comment, a script or a text field is not an element of the page', () => {
  const hidden = '<a-b>no</a-b>'
  const html = `<template>${hidden}</template><!-- ${hidden} --><script>"${hidden}"</script><textarea>${hidden}</textarea><a-b>yes</a-b>`
  assert.deepEqual(
    elementsNamed('a-b', html).map((element) => element.html),
    ['yes'],
  )
})

test('an end tag in a template ends nothing outside it', () => {
  const html = '<a-b><template></a-b><template>x</template></template>y</a-b>'
  assert.deepEqual(
    elementsNamed('a-b', html).map((element) => element.html),
    ['<template></a-b><template>x</template></template>y'],
  )
})

const pieces = [
  '<a-b>',
  '</a-b>',
  `<a-b id="1" class='x>"y' Data-X=3>`,
  '<template>',
  '</template>',
  '<!-- <a-b> -->',
  '<script>"<a-b>"</script>',
  '<br title="</a-b>">',
  'text &amp; < more ',
]

test('a parser of HTML finds the same', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 20 }), (parts) => {
      const html = parts.join('')
      assert.deepEqual(elementsNamed('a-b', html), parsed(html))
    }),
    { numRuns: 2_000 },
  )
})

type ParsedNode = DefaultTreeAdapterMap['node']

function parsed(html: string) {
  const fragment = parseFragment(html, { sourceCodeLocationInfo: true })
  const found: { attributes: Record<string, string>; html: string }[] = []
  const walk = (node: ParsedNode) => {
    if (!('childNodes' in node)) return
    for (const child of node.childNodes) {
      if (child.nodeName === 'a-b' && 'attrs' in child) {
        const { startTag, endTag, endOffset } = child.sourceCodeLocation ?? assert.fail('no location')
        found.push({
          attributes: Object.fromEntries(child.attrs.map(({ name, value }) => [name, value])),
          html: html.slice(startTag?.endOffset, endTag?.startOffset ?? endOffset),
        })
      }
      walk(child)
    }
  }
  walk(fragment)
  return found
}
