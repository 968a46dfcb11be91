// `npm test` itself: what makes it fail although every test that ran has passed.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTests } from '../../scripts/runner.mjs'

const passing = "test('passes', () => {})"

test('a run of passing tests is all right', async () => {
  assert.deepEqual(await outcome(passing), { failed: false, complaints: [] })
})

test('a failing test fails the run', async () => {
  assert.deepEqual(await outcome("test('fails', () => { throw new Error('no') })"), { failed: true, complaints: [] })
})

test('a file that cannot be loaded fails the run', async () => {
  assert.equal((await outcome("import './there-is-no-such-file.ts'")).failed, true)
})

test('a skipped test is a complaint, whatever the reason', async () => {
  const { complaints } = await outcome(`${passing}\ntest('needs a tool', { skip: 'no tool' }, () => {})`)
  assert.deepEqual(complaints, ['skipped: needs a tool'])
})

test('a test that is still to be written is a complaint', async () => {
  const { complaints } = await outcome(`${passing}\ntest('some day', { todo: true }, () => {})`)
  assert.deepEqual(complaints, ['skipped: some day'])
})

test('a run without a single test is a complaint', async () => {
  assert.deepEqual((await outcome('export {}')).complaints, ['no test was run'])
})

test('a file without a test is a complaint', async () => {
  const { complaints } = await outcome(passing, 'export {}')
  assert.match(complaints.join(), /^no test of this file was run: .*file-1\.test\.ts$/)
})

async function outcome(...sources: string[]): Promise<{ failed: boolean; complaints: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'turbo-cable-runner-'))
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  try {
    const files = sources.map((_source, index) => join(folder, `file-${index}.test.ts`))
    for (const [index, file] of files.entries()) {
      await writeFile(file, `import { test } from 'node:test'\n${sources[index]}\n`)
    }
    const { code, complaints } = await runTests(files, { env, stdio: 'ignore' })
    return { failed: code !== 0, complaints }
  } finally {
    await rm(folder, { recursive: true })
  }
}
