// Thousands of broken messages and requests: the process stays up, and other clients miss nothing.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { mutations } from '../support/mutations.ts'
import { withCable } from '../support/with-cable.ts'

const count = 10_000

// Node gives the collector to those who ask for it by a flag, also while it runs.
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

describe('10,000 random mutations of valid messages', () => {
  it('on the socket: other clients get every message, and memory returns to where it was', { timeout: 120_000 }, (t) =>
    withCable({ limits: { messagesPerSecond: 1_000_000 } }, async ({ connect, cable }) => {
      const bystander = await connect()
      await bystander.subscribe('s')
      const { next, seed } = mutations(
        '{"type":"subscribe","stream":"s"}',
        '{"type":"subscribe","stream":"s","cursor":"abcdefgh:41","connection":"c"}',
        '{"type":"unsubscribe","stream":"s"}',
        '{"type":"pong"}',
      )
      t.diagnostic(`seed ${seed}`)
      const round = async (from: number, to: number) => {
        let attacker = await connect()
        for (let n = from; n < to; n++) {
          if (attacker.ws.readyState !== attacker.ws.OPEN) attacker = await connect()
          const text = next()
          // Every third goes out as binary, mangled or not; the others as whatever text the bytes make.
          attacker.ws.send(n % 3 === 0 ? text : text.toString('latin1'), { binary: n % 3 === 0 })
          if (n % 10 === 0) await cable.broadcastJson('s', { n })
        }
        await attacker.close()
      }
      await round(0, 1_000)
      const before = await heapUsed()
      await round(1_000, count)
      const after = await heapUsed()
      for (let n = 0; n < count; n += 10) assert.deepEqual((await bystander.next()).data, { n })
      assert.equal(cable.stats().connections, 1)
      assert.deepEqual(
        { ...cable.stats(), broadcasts: 0 },
        { ...cable.stats(), broadcasts: 0, streams: 1, subscriptions: 1 },
      )
      assert.ok(after - before < 8 * 1024 * 1024, `heap grew by ${after - before} bytes`)
    }),
  )

  it('on the endpoint: what is nested too deep is refused, with the whole batch', () =>
    withCable({}, async ({ connect, broadcast }) => {
      const bystander = await connect()
      await bystander.subscribe('s')
      const deep = `{"stream":"s","data":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
      const answer = await broadcast(`[{"stream":"s","data":"first"},${deep}]`)
      assert.deepEqual([answer.status, await answer.text()], [400, 'Invalid JSON'])
      await broadcast({ stream: 's', data: 'second' })
      assert.equal((await bystander.next()).data, 'second')
    }))

  it('on the endpoint: each gets an answer of the table, and subscribers what was valid', { timeout: 120_000 }, (t) =>
    withCable({ history: { size: 0 } }, async ({ connect, broadcast }) => {
      const bystander = await connect()
      await bystander.subscribe('s')
      const { next, seed } = mutations(
        '{"stream":"s","data":"<turbo-stream></turbo-stream>"}',
        '[{"stream":"s","data":{"a":[1,null]}}]',
      )
      t.diagnostic(`seed ${seed}`)
      const statuses = new Set<number>()
      const round = async (size: number) => {
        for (let n = 0; n < size; n += 20) {
          const answers = await Promise.all(Array.from({ length: 20 }, async () => broadcast(next())))
          for (const answer of answers) statuses.add(answer.status)
          await Promise.all(answers.map((answer) => answer.text()))
        }
      }
      await round(1_000)
      const before = await heapUsed()
      await round(count - 1_000)
      const after = await heapUsed()
      assert.deepEqual([...statuses].sort(), [200, 400])
      await broadcast({ stream: 's', data: 'still here' })
      const received = await bystander.drain()
      assert.equal(received.at(-1)?.data, 'still here')
      assert.ok(after - before < 8 * 1024 * 1024, `heap grew by ${after - before} bytes`)
    }),
  )
})

// The heap after everything that can go has gone.
async function heapUsed(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
  }
  return process.memoryUsage().heapUsed
}
