// Format and lint, as `npx biome ci .` says it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runNode } from '../support/run.ts'

test('every file is formatted and free of lint findings', async () => {
  const { code, output } = await runNode('node_modules/@biomejs/biome/bin/biome', ['ci', '--colors=off', '.'])
  assert.equal(code, 0, `${output}\nMost of it is repaired by: npm run format`)
})
