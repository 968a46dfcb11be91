// A frame is the same however it is put together.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventStreamFraming } from '../../../src/transport/event-stream.ts'
import { websocketFraming } from '../../../src/transport/websocket-framing.ts'

for (const framing of [websocketFraming, eventStreamFraming]) {
  test(`${framing.name}: bytes in the middle of a text give the frame of the whole text`, () => {
    for (const length of [0, 1, 119, 120, 121, 65_529, 65_530, 65_531, 100_000]) {
      const payload = 'x'.repeat(length)
      assert.deepEqual(framing.around('hé{', Buffer.from(payload), '☃}').equals(framing.frame(`hé{${payload}☃}`)), true)
    }
  })
}
