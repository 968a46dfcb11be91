// A process that has nothing else to do sends the refresh that waits before it ends.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runNode } from '../support/run.ts'
import { broadcastServer } from '../support/sending.ts'

const script = `
  const { broadcastRefreshLaterTo, configureBroadcasts } = require('./src/index.ts')
  configureBroadcasts({ url: process.argv.at(-1) })
  broadcastRefreshLaterTo('todos')
  broadcastRefreshLaterTo('todos', { requestId: 'r1' })
  broadcastRefreshLaterTo('todos', { requestId: 'r2' })
`

test('a script that ends by itself sends the last refresh of a burst', async (t) => {
  const { received, url } = await broadcastServer(t)
  const { code, output } = await runNode('--import', ['tsx', '--input-type=commonjs', '-e', script, url])
  assert.equal(code, 0, output)
  const data = '<turbo-stream action="refresh"></turbo-stream>'
  assert.deepEqual(
    received.map(({ body }) => body),
    [
      { stream: 'todos', data },
      { stream: 'todos', data },
    ],
  )
})
