import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildClient } from '../../../scripts/build-client.mjs'

test('what a page without a bundler loads of the client weighs at most 7.5 KB, minified and gzipped', async () => {
  const outdir = await mkdtemp(join(tmpdir(), 'turbo-cable-client-'))
  try {
    await buildClient({ outdir })
    assert.deepEqual((await readdir(outdir)).sort(), ['index.js', 'start.js', 'turbo_streams_controller.js'])
    let bytes = 0
    // The controller alone is for bundlers; the start has it within.
    for (const name of ['index.js', 'start.js']) {
      const text = await readFile(join(outdir, name), 'utf8')
      assert.doesNotMatch(text, /turbo_streams_controller/)
      bytes += gzipSync(text, { level: 9 }).length
    }
    assert.ok(bytes <= 7_680, `${bytes} bytes`)
  } finally {
    await rm(outdir, { recursive: true })
  }
})
