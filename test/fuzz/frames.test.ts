// Random WebSocket frames, from the header's bits to the JSON within: none takes the server down, hangs it, or gets it to
// tell what it must not.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Signer } from '../../src/stream/signer.ts'
import { Bystander, confidential } from '../support/bystander.ts'
import { seededChance } from '../support/chance.ts'
import { mutations } from '../support/mutations.ts'
import { exchange } from '../support/raw.ts'
import { frame, handshake } from '../support/websocket.mjs'
import { withCable } from '../support/with-cable.ts'

const secret = 's3Krit'
const token = new Signer([secret]).sign('private')
// No damage by chance makes this one good.
const forged = new Signer(['another']).sign('private')

const commands = mutations(
  '{"type":"subscribe","stream":"private"}',
  '{"type":"subscribe","stream":"private","cursor":null,"connection":"c"}',
  '{"type":"subscribe","stream":"private","cursor":"abcdefgh:0"}',
  `{"type":"subscribe","stream":"${forged}"}`,
  '{"type":"unsubscribe","stream":"private"}',
  '{"type":"pong"}',
)

describe('random frames', () => {
  it('end each with its own connection, and no one else', { timeout: 60_000 }, (t) =>
    withCable({ secret, publicStreams: ['open'] }, async (context) => {
      const { seed, below } = seededChance()
      t.diagnostic(`seed ${seed}, and ${commands.seed} for the commands`)
      const bystander = await Bystander.to(token, context)
      const one = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item

      const anyFrame = (): Buffer => {
        const payload = one([
          () => commands.next(),
          () => Buffer.from(Array.from({ length: below(200) }, () => below(256))),
          () => Buffer.alloc(below(300), one(['é', '\0', 'x', '{"a":'])),
        ])()
        const kind = below(10)
        // Mostly whole text frames, so that what is in them gets anywhere.
        if (kind < 5) return frame(payload)
        if (kind < 7) return frame(payload, { first: below(256), masked: below(4) > 0 })
        // A length that lies: short, long, or more than there is in the world.
        const length = one([0, 125, 126, 127, 65_535, 65_536, 16_384, 16_385, 2 ** 31, 2 ** 63 - 1, payload.length + 1])
        const bytes = frame(payload, { first: one([0x81, 0x82, 0x01, 0x80, 0x89, 0x8a]), length: BigInt(length) })
        return kind < 9 ? bytes : bytes.subarray(0, below(bytes.length + 1))
      }

      const close = frame(Buffer.from([3, 232]), { first: 0x88 })
      for (let round = 0; round < 60; round++) {
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => {
            const frames = Array.from({ length: 1 + below(12) }, anyFrame)
            return exchange(context.port, Buffer.concat([handshake(), ...frames, ...(below(2) ? [close] : [])]))
          }),
        )
        for (const answer of answers) {
          assert.match(answer.toString('latin1'), /^HTTP\/1\.1 101 /)
          assert.ok(!answer.includes(confidential))
        }
        await bystander.check()
      }
      assert.equal(context.cable.stats().subscriptions, 1)
    }),
  )

  it('in thousands of fragments of one message cost no more than the message may', { timeout: 60_000 }, () =>
    withCable({ secret }, async (context) => {
      const bystander = await Bystander.to(token, context)
      const fragments = Array.from({ length: 40_000 }, (_, n) => frame('x', { first: n === 0 ? 0x01 : 0x00 }))
      const answer = await exchange(context.port, Buffer.concat([handshake(), ...fragments]))
      assert.match(answer.toString('latin1'), /^HTTP\/1\.1 101 /)
      await bystander.check()
      assert.equal(context.cable.stats().subscriptions, 1)
    }),
  )
})
