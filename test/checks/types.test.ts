// The types of every part, checked by the project's own compiler settings.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runNode } from '../support/run.ts'

for (const [part, project] of [
  ['the server and the generators', '.'],
  ['the client', 'client'],
  ['the tests', 'test'],
  ['the benches', 'bench'],
] as const) {
  test(`the types of ${part} hold`, async () => {
    const { code, output } = await runNode('node_modules/typescript/bin/tsc', ['-p', project, '--noEmit'])
    assert.equal(code, 0, output)
  })
}
