// What the installer takes for code, and what for comments, strings and regular expressions.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { maskScript } from '../../generators/script-mask.ts'

const dollar = '$'

describe('maskScript', () => {
  const rows: Array<[source: string, masked: string]> = [
    ["a = 'x' // y", "a = ' '     "],
    ['a /* x\ny */ b', 'a     \n     b'],
    ['"\\"x" b', '"   " b'],
    [`\`x ${dollar}{a('}')} \` b`, '`            ` b'],
    [`\`${dollar}{{ a: { b } }} ${dollar}{\`}\`} \\\` \` b`, '`                          ` b'],
    [`\`${dollar}{\`x ${dollar}{'\`'}\`}\` b`, '`             ` b'],
    ['a = /["/]/g; b', 'a = ______g; b'],
    ['a / b / c', 'a / b / c'],
    ['return /"/.test(b)', 'return ___.test(b)'],
    ["don't\nb", "don't\nb".replace("'t", "'t")],
    ['#!/bin/node "\nb', '             \nb'],
  ]
  for (const [source, masked] of rows)
    it(`masks ${JSON.stringify(source)}`, () => assert.equal(maskScript(source), masked))

  it('keeps every place and every line break, whatever the text', () => {
    const text = fc
      .array(fc.constantFrom('/', '*', "'", '"', '`', '$', '{', '}', '\\', '\n', '\r\n', 'a', ' ', '[', ']', '='))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (source) => {
        const masked = maskScript(source)
        assert.equal(masked.length, source.length)
        assert.deepEqual(
          [...masked.matchAll(/\n/g)].map(({ index }) => index),
          [...source.matchAll(/\n/g)].map(({ index }) => index),
        )
      }),
    )
  })

  it('takes time in proportion to the text', () => {
    const started = performance.now()
    maskScript('const a = "b" / 2 // c\n'.repeat(40_000))
    maskScript(`${"'".repeat(300_000)}${'`'.repeat(300_001)}`)
    assert.ok(performance.now() - started < 5_000)
  })

  it('takes any number of templates in templates', () => {
    const deep = 200_000
    const source = `${`\`${dollar}{`.repeat(deep)}${'}`'.repeat(deep)} b`
    const masked = maskScript(source)
    assert.match(masked, /^` +` b$/)
    assert.equal(masked.length, source.length)
    assert.equal(maskScript(`\`${dollar}{`.repeat(deep)).length, 3 * deep)
  })
})
