// A cable with a subscriber to the stream `s` beside the test, who says what was let through.

import assert from 'node:assert/strict'
import type { TurboCableOptions } from '../../src/index.ts'
import { type Context, type Start, withCable } from './with-cable.ts'

/** Runs a test that returns how many of its broadcasts (see `post`) were taken: the subscriber must have received so many. */
export async function withSubscriber(
  run: (context: Context) => Promise<number>,
  options: TurboCableOptions = {},
  start?: Start,
): Promise<void> {
  await withCable(
    options,
    async (context) => {
      const client = await context.connect()
      await client.subscribe('s')
      const count = await run(context)
      const received = await client.drain()
      assert.deepEqual(
        received.map(({ data }) => data),
        Array(count).fill('from outside'),
      )
    },
    start,
  )
}
