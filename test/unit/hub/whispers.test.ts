// Whispers: each listener is written to once a turn, hears all but its own, and who shouts at many pays for that.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { hubOf, type RecordingTransport, turn } from '../../support/hub-doubles.ts'

const stream = 's'

/** A hub with so many clients that listen, and have read the answer. */
async function room(size: number) {
  const { hub, client } = hubOf({ whispers: true })
  const clients = Array.from({ length: size }, () => client())
  for (const each of clients) each.subscribe(stream, { cursor: null })
  await turn()
  for (const each of clients) each.read()
  return { hub, clients: clients as [RecordingTransport, RecordingTransport, RecordingTransport] }
}

const whisper = (client: RecordingTransport, data: unknown) => client.says({ type: 'whisper', stream, data })
const heard = (client: RecordingTransport) => client.read().map(({ data }) => data)

it('those of one turn are one write to each listener, in order', async () => {
  const { hub, clients } = await room(3)
  const [ada, ben, cleo] = clients
  for (let n = 0; n < 400; n++) whisper(ada, n)
  await turn()
  assert.deepEqual(
    [ada, ben, cleo].map(({ writes }) => writes.length),
    [0, 1, 1],
  )
  assert.deepEqual(
    heard(ben),
    Array.from({ length: 400 }, (_, n) => n),
  )
  await hub.close(0)
})

it('of several who speak in one turn each hears the others, and not itself', async () => {
  const { hub, clients } = await room(3)
  const [ada, ben, cleo] = clients
  for (const each of [1, 2]) {
    whisper(ada, `ada ${each}`)
    whisper(ben, `ben ${each}`)
  }
  // Whoever does not keep up goes without.
  cleo.pending = 1
  await turn()
  assert.deepEqual([ada, ben, cleo].map(heard), [['ben 1', 'ben 2'], ['ada 1', 'ada 2'], []])
  await hub.close(0)
})

it('typing costs no more in a large room, and long ones to many do', async () => {
  const { hub, clients } = await room(900)
  const [ada, ben] = clients
  for (let n = 0; n < 400; n++) whisper(ada, { typing: true })
  assert.deepEqual(ada.ends, [])
  let count = 0
  for (; ben.open && count < 100; count++) whisper(ben, 'x'.repeat(16_000))
  assert.ok(count < 12, `${count} long ones`)
  assert.deepEqual(ben.ends, [1008])
  await hub.close(0)
})
