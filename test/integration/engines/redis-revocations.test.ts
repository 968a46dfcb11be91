// Revocations that have an end lie in Redis until then, beside the history, whichever history it is.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Signal } from '../../../src/engine/engine.ts'
import { redisEngine } from '../../../src/engine/redis.ts'
import { whileAway, withProcesses } from '../../support/processes.ts'
import { RedisServer } from '../../support/redis-server.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { Listener } from '../../unit/engine/engine-suite.ts'

it('are handed on to who comes later, and again after a hole', async (t) => {
  const redis = await RedisServer.start()
  await withProcesses(t, redis, async (joinWith) => {
    const join = () => joinWith(redisEngine({ url: redis.url }))
    const a = await join()
    const until = Date.now() + 3_600_000
    const signal = (subject: string, more: object = {}) =>
      a.engine.signal({ type: 'revoke', stream: 's', subject, ...more })
    for (const subject of ['7', 'restored']) await signal(subject, { until })
    // Of two, the one that ends later holds.
    await signal('7', { until: until - 1_000 })
    await signal('ended', { until: Date.now() })
    await signal('without an end')
    await a.engine.signal({ type: 'restore', stream: 's', subject: 'restored' })
    const held = { type: 'revoke', stream: 's', subject: '7', until }
    const later = await join()
    assert.deepEqual(later.listener.signals, [held])
    // Another cable on the same engine is told before it lets anybody in.
    const second = new Listener()
    await later.engine.start(second)
    assert.deepEqual(second.signals, [held])
    await later.engine.stop(second)
    const { length } = later.listener.signals
    await a.engine.refreshAll()
    await later.listener.until(() => later.listener.signals.length > length)
    assert.deepEqual(later.listener.signals.at(-1), held)
    const left = Number(await redis.command('PTTL', '{turbo-cable}:revoked'))
    assert.ok(left > 3_590_000 && left <= 3_600_000, `${left} ms`)
  })
})

it('are told to a Redis that has lost them, by whoever knows of them, but for what was undone', async (t) => {
  const redis = await RedisServer.start()
  await withProcesses(t, redis, async (joinWith) => {
    const join = () => joinWith(redisEngine({ url: redis.url }))
    const processes = [await join(), await join()]
    const [a] = processes as [(typeof processes)[0]]
    const until = Date.now() + 3_600_000
    const about = (subject: string) => ({ stream: 's', subject })
    for (const subject of ['7', 'restored', '8']) await a.engine.signal({ type: 'revoke', ...about(subject), until })
    await a.engine.signal({ type: 'restore', ...about('restored') })
    for (const { listener } of processes) await listener.until(() => listener.signals.length === 4)
    await redis.command('FLUSHALL')
    // Both say both again.
    for (const { listener } of processes) await listener.until(() => listener.signals.length >= 8)
    const later = await join()
    assert.deepEqual(
      later.listener.signals.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other))),
      ['7', '8'].map((subject) => ({ type: 'revoke', ...about(subject), until })),
    )
  })
})

it('are told to it again where it has thrown out nothing but these', async (t) => {
  const redis = await RedisServer.start()
  await withProcesses(t, redis, async (joinWith) => {
    const join = () => joinWith(redisEngine({ url: redis.url }))
    const a = await join()
    const held = { type: 'revoke', stream: 's', subject: '7', until: Date.now() + 3_600_000 } as const
    await a.engine.signal(held)
    await redis.command('DEL', '{turbo-cable}:revoked')
    await a.listener.until(() => a.listener.signals.length >= 2)
    assert.deepEqual((await join()).listener.signals, [held])
  })
})

it('that were undone while a process was away for too long are not brought back by it', async (t) => {
  const redis = await RedisServer.start()
  const way = await TcpProxy.to(redis.port)
  t.after(() => way.close())
  await withProcesses(t, redis, async (joinWith) => {
    const join = (port: number) => joinWith(redisEngine({ url: `redis://127.0.0.1:${port}`, logBytes: 2 ** 20 }))
    const [a, b] = [await join(redis.port), await join(way.port)]
    const about = { stream: 's', subject: '7' } as const
    await a.engine.signal({ type: 'revoke', ...about, until: Date.now() + 3_600_000 })
    await b.listener.until(() => b.listener.signals.length === 1)
    await whileAway(way, a, b, () => a.engine.signal({ type: 'restore', ...about }))
    assert.deepEqual([b.listener.losses, b.listener.signals.at(-1)], [1, { type: 'restore', ...about }])
    assert.equal(a.listener.signals.length, 2)
    assert.deepEqual((await join(redis.port)).listener.signals, [])
  })
})

it('count at once in a process that has said them and only cannot read the log', async (t) => {
  const redis = await RedisServer.start()
  const way = await TcpProxy.to(redis.port)
  t.after(() => way.close())
  await withProcesses(t, redis, async (joinWith) => {
    const a = await joinWith(redisEngine({ url: `redis://127.0.0.1:${way.port}` }))
    const away = new Promise((resolve) => Object.assign(a.listener, { away: resolve }))
    way.refuse(true)
    await redis.command('CLIENT', 'KILL', 'ID', await reader(redis))
    await away
    const about = { stream: 's', subject: '7' } as const
    const said: Signal[] = [
      { type: 'revoke', ...about, until: Date.now() + 3_600_000 },
      { type: 'restore', ...about },
      { type: 'disconnect', subject: '7' },
    ]
    for (const each of said) await a.engine.signal(each)
    assert.deepEqual(a.listener.signals, said)
    // What is no removal is heard once, by the log.
    const whisper: Signal = { type: 'whisper', stream: 's', json: '1', from: 'p' }
    await a.engine.signal(whisper)
    way.refuse(false)
    await a.listener.until(() => a.listener.signals.at(-1)?.type === 'whisper')
    assert.deepEqual(a.listener.signals, [...said, ...said, whisper])
  })
})

/** The connection that waits for what comes in the log. */
async function reader(redis: RedisServer): Promise<string> {
  for (;;) {
    const clients = String(await redis.command('CLIENT', 'LIST'))
    const id = /^id=(\d+) .* cmd=xread/m.exec(clients)?.[1]
    if (id !== undefined) return id
    await setTimeout(10)
  }
}
