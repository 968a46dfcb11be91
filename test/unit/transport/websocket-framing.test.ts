// Our frames, read back by ws: the peer that has to understand them.

import assert from 'node:assert/strict'
import type { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import * as ws from 'ws'
import { pingFrame, textFrame } from '../../../src/transport/websocket-framing.ts'

describe('textFrame', () => {
  it('is two bytes of header and the text', () => assert.equal(textFrame('hi').toString('hex'), '81026869'))

  for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]) {
    it(`carries ${length} bytes`, async () => {
      const text = 'x'.repeat(length)
      assert.equal(await readBack(textFrame(text)), text)
    })
  }

  it('counts bytes and not characters', async () => {
    const text = 'é☃😀'.repeat(40)
    assert.equal(await readBack(textFrame(text)), text)
  })
})

describe('pingFrame', () => {
  it('is an empty ping', () => assert.equal(pingFrame.toString('hex'), '8900'))
})

// What @types/ws leaves out.
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable }

function readBack(frame: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false })
    receiver.on('message', (data: Buffer) => resolve(data.toString()))
    receiver.on('error', reject)
    receiver.write(frame)
  })
}
