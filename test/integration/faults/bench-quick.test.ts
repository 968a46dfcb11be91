// The reliability benches in their short form, so that they do not rot. What they measure in full is in bench/reliability.md.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../../support/run.ts'

for (const [bench, rule, ...parameters] of [
  ['jitter', 'sockets that are cut off now and then lose nothing, and double nothing'],
  [
    'jitter-fleet',
    'an engine that is killed and started anew loses nothing without a word, in two processes',
    '--only=the engine is killed',
  ],
  ['slow-clients', 'slow clients are dropped before they cost more than their bound'],
  ['soak', 'clients that come and go leave nothing behind'],
] as const) {
  test(`${rule} (bench/${bench})`, async () => {
    const { code, output } = await run(process.execPath, [
      '--import',
      'tsx',
      `bench/${bench}.mts`,
      '--quick',
      ...parameters,
    ])
    assert.equal(code, 0, output)
    assert.match(output, /every target reached/)
  })
}
