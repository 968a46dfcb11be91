import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildClient } from '../../../scripts/build-client.mjs'

test('all of the client together weighs at most 7.5 KB, minified and gzipped', async () => {
  const outdir = await mkdtemp(join(tmpdir(), 'turbo-cable-client-'))
  try {
    await buildClient({ outdir })
    const names = (await readdir(outdir)).sort()
    assert.deepEqual(names, ['index.js', 'start.js', 'turbo_streams_controller.js'])
    let bytes = 0
    for (const name of names) bytes += gzipSync(await readFile(join(outdir, name)), { level: 9 }).length
    assert.ok(bytes <= 7_680, `${bytes} bytes`)
  } finally {
    await rm(outdir, { recursive: true })
  }
})
