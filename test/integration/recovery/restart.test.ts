// A graceful restart with a history file is no gap: who comes back is replayed to, and nobody has to refresh.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withCable } from '../../support/with-cable.ts'

test('who was away over a graceful restart gets what was missed before and after it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'restart-'))
  const history = { file: join(folder, 'history') }
  try {
    let cursor: unknown
    await withCable({ history }, async ({ connect, cable }) => {
      const client = await connect()
      cursor = (await client.subscribe('s', { cursor: null })).cursor
      client.ws.terminate()
      await cable.broadcastJson('s', { n: 1 })
    })
    await withCable({ history }, async ({ connect, cable }) => {
      await cable.broadcastJson('s', { n: 2 })
      const client = await connect()
      assert.equal((await client.subscribe('s', { cursor })).recovered, true)
      assert.deepEqual(
        (await client.drain()).map(({ data }) => data),
        [{ n: 1 }, { n: 2 }],
      )
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
