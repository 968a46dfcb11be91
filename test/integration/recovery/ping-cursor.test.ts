// The cursor in a ping says "you have everything up to here". It must be true, or who resumes from it loses messages.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Positioned } from '../../../src/engine/engine.ts'
import { byChance } from '../../support/chance.ts'
import type { TestClient } from '../../support/client.ts'
import { hammer, recordedBy, streams } from './publisher.ts'
import { engines, withHub } from './with-hub.ts'

// As often as the options allow: one in four of the frames below is a ping.
const options = { heartbeat: { interval: 30, timeout: 60_000 } }
const positionOf = (cursor: unknown) => Number(String(cursor).split(':').at(-1))

for (const [name, build] of Object.entries(engines)) {
  describe(`with ${name}`, () => {
    it("a ping's cursor never overtakes a message of its connection, and whoever resumes from it loses nothing", () =>
      byChance(async (chance) => {
        const engine = build(chance)
        const sent = recordedBy(engine)
        await withHub(
          engine,
          async ({ publish, connect }) => {
            let hammering = true
            const hammered = (async () => {
              // In bursts until enough pings were seen, so that pings fall between messages.
              while (hammering) await hammer(publish, chance, 20)
            })()
            try {
              await Promise.all(Array.from({ length: 5 }, () => resumeFromPings(connect, engine.cursorAt(0), sent, 4)))
            } finally {
              hammering = false
              await hammered
            }
          },
          options,
        )
      }))
  })
}

it('a connection whose replay is under way is pinged without a cursor', () =>
  byChance(async (chance) => {
    const engine = engines.MemoryEngine?.(chance) ?? assert.fail()
    const since = engine.since.bind(engine)
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    engine.since = async (stream, cursor) => {
      if (stream === 'slow') await gate
      return since(stream, cursor)
    }
    await withHub(
      engine,
      async ({ connect }) => {
        const client = await connect()
        await client.subscribe('quick', { cursor: null })
        client.send({ type: 'subscribe', stream: 'slow', cursor: null })
        await client.drain()
        // That drain may have left one ping from before behind the answer it waited for.
        await client.next()
        assert.deepEqual(await client.next(), { type: 'ping' })
        open()
        while ((await client.next()).type !== 'subscribed');
        assert.deepEqual(await client.next(), { type: 'ping', cursor: engine.cursorAt(0) })
      },
      options,
    )
  }))

/** Listens until a ping says that all is there, checks that it is, and goes on from that ping on another connection. */
async function resumeFromPings(
  connect: () => Promise<TestClient>,
  start: string,
  sent: readonly Positioned[],
  times: number,
): Promise<void> {
  const got = new Set<number>()
  // As a client does: each stream goes on from its last message, or from the ping if that says more.
  const cursors = new Map(streams.map((stream) => [stream, start]))
  const advance = (stream: string, cursor: string) => {
    if (positionOf(cursor) > positionOf(cursors.get(stream))) cursors.set(stream, cursor)
  }
  for (let time = 0; time < times; time++) {
    const client = await connect()
    for (const stream of streams) client.send({ type: 'subscribe', stream, cursor: cursors.get(stream) })
    for (let answers = 0; ; ) {
      const frame = await client.next()
      if (frame.type === 'subscribed') {
        assert.equal(frame.recovered, true)
        answers++
      } else if (frame.type === 'message') {
        const position = positionOf(frame.cursor)
        assert.ok(!got.has(position), `${position} came twice`)
        got.add(position)
        advance(String(frame.stream), String(frame.cursor))
      } else if (frame.cursor !== undefined && answers === streams.length) {
        const upTo = positionOf(frame.cursor)
        for (const { position } of sent) {
          if (position <= upTo) assert.ok(got.has(position), `the ping of ${upTo} overtook ${position}`)
        }
        for (const stream of streams) advance(stream, String(frame.cursor))
        break
      }
    }
    // What arrives after the ping is thrown away with the connection: it comes again by the cursor.
    client.ws.terminate()
  }
}
