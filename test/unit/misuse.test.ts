// What is given in place of options or of work: each public function says what it wants, in the words of all the others.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redisEngine } from '../../src/engine/redis.ts'
import {
  configureBroadcasts,
  holdingBroadcasts,
  suppressingBroadcasts,
  turboRefreshesWith,
  turboStream,
  withRequestId,
} from '../../src/index.ts'

const calls: Record<string, [call: () => unknown, message: string]> = {
  'work that is no function': [
    () => holdingBroadcasts(7 as never),
    'Expected `work` to be a function, got `7` (number)',
  ],
  'work that has run already': [
    () => suppressingBroadcasts('done' as never),
    'Expected `work` to be a function, got `"done"` (string)',
  ],
  'a request id without work': [
    () => withRequestId('id', undefined as never),
    'Expected `work` to be a function, got undefined',
  ],
  'no options for a process': [
    () => configureBroadcasts(null as never),
    'Expected `options` to be an object, got null',
  ],
  'no options for an engine': [() => redisEngine(null as never), 'Expected `options` to be an object, got null'],
  'no options for a stream element': [
    () => turboStream('refresh', null as never),
    'Expected `options` to be an object, got null',
  ],
  'no options for the metas': [() => turboRefreshesWith(null as never), 'Expected `options` to be an object, got null'],
}

for (const [name, [call, message]] of Object.entries(calls)) {
  test(name, () => assert.throws(call, { code: 'TURBO_CABLE_BAD_OPTION', message }))
}
