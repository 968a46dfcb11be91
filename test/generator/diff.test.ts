// The diff of a dry run: exact text for small cases, and git itself as the judge of many.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { unifiedDiff } from '../../generators/diff.ts'

describe('unifiedDiff', () => {
  const rows: Array<[title: string, before: string | undefined, after: string, diff: string]> = [
    ['a changed line', 'one\n', 'two\n', '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n'],
    ['a new file', undefined, 'one\ntwo\n', '--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+one\n+two\n'],
    [
      'three lines of context',
      '1\n2\n3\n4\n5\n6\n',
      '1\n2\n3\n4\n+\n5\n6\n',
      '--- a/f\n+++ b/f\n@@ -2,5 +2,6 @@\n 2\n 3\n 4\n++\n 5\n 6\n',
    ],
    [
      'a last line without an end',
      'one',
      'one\ntwo',
      '--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-one\n\\ No newline at end of file\n+one\n+two\n\\ No newline at end of file\n',
    ],
    ['no change', 'one\n', 'one\n', '--- a/f\n+++ b/f\n'],
  ]
  for (const [title, before, after, diff] of rows)
    it(`shows ${title}`, () => assert.equal(unifiedDiff('f', before, after), diff))

  it('keeps two distant changes apart', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index}\n`)
    const after = ['first\n', ...lines, 'last\n'].join('')
    assert.equal(unifiedDiff('f', lines.join(''), after).match(/^@@/gm)?.length, 2)
  })

  it('joins two changes whose contexts touch', () => {
    const lines = ['1\n', '2\n', '3\n', '4\n', '5\n', '6\n'].join('')
    assert.equal(unifiedDiff('f', `a\n${lines}a\n`, `b\n${lines}b\n`).match(/^@@/gm)?.length, 1)
  })

  it('is what git makes the new file of', (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'turbo-cable-diff-'))
    t.after(() => rmSync(directory, { recursive: true }))
    const text = fc
      .array(fc.constantFrom('a\n', 'b\n', 'c\r\n', '\n', ' d\n'), { maxLength: 12 })
      .map((lines) => lines.join(''))
    const ending = fc.constantFrom('', 'end', 'other')
    const property = fc.property(text, text, ending, ending, (before, after, endBefore, endAfter) => {
      const [old, wanted] = [before + endBefore, after + endAfter]
      fc.pre(old !== wanted && old !== '')
      writeFileSync(join(directory, 'f'), old)
      execFileSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn'], {
        cwd: directory,
        input: unifiedDiff('f', old, wanted),
      })
      assert.equal(readFileSync(join(directory, 'f'), 'utf8'), wanted)
    })
    fc.assert(property, { numRuns: 60 })
  })
})
