import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildClient } from '../../../scripts/build-client.mjs'

test('what a page without a bundler loads of the client weighs at most 6 KB, minified and gzipped', async () => {
  const outdir = await mkdtemp(join(tmpdir(), 'turbo-cable-client-'))
  try {
    await buildClient({ outdir })
    assert.deepEqual((await readdir(outdir)).sort(), ['index.js', 'served', 'turbo_streams_controller.js'])
    const served = join(outdir, 'served')
    assert.deepEqual((await readdir(served)).sort(), ['inspector.js', 'seldom.js', 'start.js'])
    const weigh = async (name: string) => gzipSync(await readFile(join(served, name), 'utf8'), { level: 9 }).length
    const [start, seldom] = [await weigh('start.js'), await weigh('seldom.js')]
    assert.ok(start <= 6_144, `${start} bytes at the start`)
    assert.ok(seldom <= 1_900, `${seldom} bytes more after a gap`)
    const names = async (file: string) => {
      const [, list = ''] = /export\{(.*)\};?\s*$/.exec(await readFile(join(outdir, file), 'utf8')) ?? []
      return list.split(',').map((each) => each.replace(/.* as /, ''))
    }
    assert.deepEqual(await names('served/start.js'), ['TurboStreamsController', ...(await names('index.js'))])
    // The others are for bundlers, which share what both import.
    assert.doesNotMatch(await readFile(join(outdir, 'turbo_streams_controller.js'), 'utf8'), /MutationObserver/)
  } finally {
    await rm(outdir, { recursive: true })
  }
})
