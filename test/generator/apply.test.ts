// Writing: whole files, or nothing at all.

import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { applyEdits } from '../../generators/apply.ts'
import { readApp } from '../../generators/snapshot.ts'

describe('applyEdits', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'turbo-cable-apply-'))
    writeFileSync(join(directory, 'a.js'), 'old\n')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const edit = (path: string, before: string | undefined) => ({ path, before, after: 'new\n', summary: '' })

  it('writes files, keeps their mode, makes directories and leaves nothing else behind', async () => {
    chmodSync(join(directory, 'a.js'), 0o750)
    await applyEdits(directory, [edit('a.js', 'old\n'), edit('b/c.js', undefined)])
    assert.equal(
      readFileSync(join(directory, 'a.js'), 'utf8') + readFileSync(join(directory, 'b/c.js'), 'utf8'),
      'new\nnew\n',
    )
    assert.equal(statSync(join(directory, 'a.js')).mode & 0o777, 0o750)
    assert.deepEqual(readdirSync(directory), ['a.js', 'b'])
  })

  const refused: Array<[title: string, path: string, before: string | undefined, message: RegExp]> = [
    ['changed since the plan', 'b.js', 'other\n', /b\.js was changed in the meantime/],
    ['made since the plan', 'b.js', undefined, /b\.js was made in the meantime/],
    ['gone since the plan', 'c.js', 'old\n', /c\.js is no longer a file/],
    ['behind a link', 'link/d.js', undefined, /link is a link/],
    ['a link', 'link.js', 'old\n', /link\.js is no longer a file/],
  ]
  for (const [title, path, before, message] of refused) {
    it(`writes nothing where a file is ${title}`, async (t) => {
      const outside = mkdtempSync(join(tmpdir(), 'turbo-cable-outside-'))
      t.after(() => rmSync(outside, { recursive: true }))
      writeFileSync(join(directory, 'b.js'), 'old\n')
      symlinkSync(outside, join(directory, 'link'))
      symlinkSync(join(directory, 'b.js'), join(directory, 'link.js'))
      await assert.rejects(applyEdits(directory, [edit('a.js', 'old\n'), edit(path, before)]), message)
      assert.equal(readFileSync(join(directory, 'a.js'), 'utf8'), 'old\n')
      assert.deepEqual(readdirSync(outside), [])
    })
  }
})

describe('readApp', () => {
  it('leaves what it must not touch, and says why where that may surprise', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'turbo-cable-read-'))
    t.after(() => rmSync(directory, { recursive: true }))
    for (const path of ['node_modules/a', 'dist', '.git', 'public/assets', 'src', 'bin'])
      mkdirSync(join(directory, path), { recursive: true })
    for (const path of [
      'node_modules/a/index.js',
      'dist/app.js',
      '.git/a.js',
      'public/assets/a.js',
      'public/b.js',
      'src/c.min.js',
      'src/app.js',
      'bin/www',
      'a.png',
    ]) {
      writeFileSync(join(directory, path), path)
    }
    symlinkSync(join(directory, 'node_modules'), join(directory, 'linked'))
    writeFileSync(join(directory, 'large.js'), '/'.repeat(1024 * 1024 + 1))
    writeFileSync(join(directory, 'conflict.ejs'), '<<<<<<< HEAD\n<body>\n=======\n<body class="a">\n>>>>>>> other\n')
    writeFileSync(join(directory, 'bundle.js'), 'a'.repeat(6000))
    writeFileSync(join(directory, 'latin1.html'), Buffer.from([0x3c, 0xe9, 0x3e]))
    const { files, skipped } = await readApp(directory)
    assert.deepEqual([...files.keys()], ['bin/www', 'src/app.js'])
    assert.deepEqual(Object.fromEntries(skipped.map(({ path, reason }) => [path, reason])), {
      'conflict.ejs': 'it has merge conflicts',
      'large.js': 'it is larger than 1 MiB',
      'latin1.html': 'it is not UTF-8',
      'bundle.js': 'it is minified',
    })
  })
})
