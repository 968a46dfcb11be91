// The crash loop: workers that die soon after their start are replaced ever later, and then no more.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { root, runNode } from '../../support/run.ts'
import { folder } from '../../support/sending.ts'

// Its workers listen, as those of a server do, and die at once.
const script = `
const cluster = require('node:cluster')
if (cluster.isPrimary) {
  cluster.setupPrimary({ execArgv: [], exec: __filename })
  const { Workers } = require(${JSON.stringify(`${root}dist/src/server/workers.js`)})
  new Workers().run(1, new Promise(() => {})).then((code) => process.exit(code))
} else require('node:http').createServer().listen(0, '127.0.0.1', () => setTimeout(() => process.exit(3), 50))
`

describe('a crash loop', () => {
  it('ends with 1 after five deaths, each pause twice the one before', async (t) => {
    const place = folder(t, { 'loop.cjs': script })
    const { code, output } = await runNode(`${place}/loop.cjs`, [], { timeout: 20_000 })
    assert.equal(code, 1)
    const pauses = [...output.matchAll(/another one starts in (\d+) ms/g)].map(([, ms]) => Number(ms))
    assert.deepEqual(pauses, [100, 200, 400, 800])
    assert.match(output, /a worker died \(exit code 3\), the 5th that soon: giving up/)
  })
})
