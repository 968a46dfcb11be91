// What a process of several does when the Redis between them is not the one that it was: a hole is always said aloud.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Engine } from '../../../src/engine/engine.ts'
import { redisEngine } from '../../../src/engine/redis.ts'
import { RedisServer } from '../../support/redis-server.ts'
import { Switch } from '../../support/switch.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { defaultBounds, Listener, noDeadline } from '../../unit/engine/engine-suite.ts'

interface Process {
  readonly engine: Engine
  readonly listener: Listener
}

const one = (n: number) => [{ stream: 's', json: String(n) }]
const heard = ({ listener }: Process) => listener.heard.map(({ json }) => Number(json))

async function withRedis(
  t: TestContext,
  run: (context: { redis: RedisServer; join(url?: string, logBytes?: number): Promise<Process> }) => Promise<void>,
  ...options: string[]
): Promise<void> {
  const redis = await RedisServer.start(...options)
  const processes: Process[] = []
  try {
    warnings(t)
    await run({
      redis,
      async join(url = redis.url, logBytes) {
        const made = { engine: redisEngine({ url, logBytes }), listener: new Listener() }
        processes.push(made)
        await made.engine.start(made.listener, defaultBounds)
        return made
      },
    })
  } finally {
    for (const { engine, listener } of processes) await engine.stop(listener)
    await redis.end()
  }
}

// Each process is told, its cursors are of another history, and it goes on with what is sent from then on.
async function beginsAnew(processes: readonly Process[], cursors: readonly (string | undefined)[]): Promise<void> {
  for (const { engine, listener } of processes) {
    await listener.until(() => listener.losses > 0)
    for (const cursor of cursors) {
      const { recovered, messages } = await engine.since('s', cursor as string, noDeadline)
      assert.deepEqual({ recovered, messages }, { recovered: false, messages: [] })
    }
    assert.notEqual(engine.cursor()?.split(':')[0], cursors[0]?.split(':')[0])
  }
  for (const { engine } of processes) {
    await engine.publish(one(1_000))
    await Promise.all(processes.map(({ listener }) => listener.until(() => listener.heard.at(-1)?.json === '1000')))
  }
}

describe('processes that share a Redis', () => {
  it('are one: each hears each position once and in order, and one id is applied once', (t) =>
    withRedis(t, async ({ join }) => {
      const [a, b, c] = [await join(), await join(), await join()]
      const all = [a, b, c]
      await Promise.all(Array.from({ length: 300 }, (_, n) => (all[n % 3] as Process).engine.publish(one(n))))
      await Promise.all(all.map(({ engine }) => engine.publish(one(300), 'the same')))
      for (const { listener } of all) {
        await listener.until(() => listener.heard.length >= 301)
        assert.deepEqual(
          listener.heard.map(({ position }) => position),
          Array.from({ length: 301 }, (_, n) => n + 1),
        )
        assert.deepEqual(listener.heard, a.listener.heard)
        assert.equal(listener.losses, 0)
      }
    }))

  it('carry signals to each other', (t) =>
    withRedis(t, async ({ join }) => {
      const [a, b] = [await join(), await join()]
      await a.engine.publish(one(1))
      await a.engine.signal({ type: 'disconnect', subject: '7' })
      await b.engine.signal({ type: 'revoke', stream: 's', subject: '7' })
      for (const { listener } of [a, b]) {
        await listener.until(() => listener.signals.length === 2)
        assert.deepEqual(listener.signals, [
          { type: 'disconnect', subject: '7' },
          { type: 'revoke', stream: 's', subject: '7' },
        ])
      }
    }))

  it('of two prefixes are two', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const a = await join()
      const other = redisEngine({ url: redis.url, prefix: 'other' })
      const listener = new Listener()
      await other.start(listener, defaultBounds)
      await a.engine.publish(one(1))
      await other.publish(one(2))
      assert.deepEqual([heard(a), listener.heard.map(({ json }) => json)], [[1], ['2']])
      await other.stop(listener)
    }))

  it('go on where they were after a connection was cut', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const proxy = await TcpProxy.to(redis.port)
      const [near, far] = [await join(), await join(`redis://127.0.0.1:${proxy.port}`)]
      await near.engine.publish(one(1))
      await far.listener.until(() => far.listener.heard.length === 1)
      proxy.refuse(true)
      await proxy.cut()
      for (const n of [2, 3, 4]) await near.engine.publish(one(n))
      await assert.rejects(far.engine.publish(one(0)), { code: 'TURBO_CABLE_UNREACHABLE' })
      assert.equal(far.engine.cursor()?.split(':')[1], '1')
      proxy.refuse(false)
      await far.listener.until(() => far.listener.heard.length === 4)
      assert.deepEqual([heard(far), far.listener.losses], [[1, 2, 3, 4], 0])
      await far.engine.stop(far.listener)
      await proxy.close()
    }))

  it('apply nothing late that they have said was not sent', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const address = await Switch.to(redis.port)
      const [a, b] = [await join(address.url), await join()]
      await a.engine.publish(one(1))
      const release = address.hold()
      await assert.rejects(a.engine.publish(one(2)), { code: 'TURBO_CABLE_UNREACHABLE' })
      const again = () =>
        a.engine.publish(one(3)).then(
          () => true,
          () => false,
        )
      while (!(await again())) await new Promise(setImmediate)
      await release()
      await b.engine.publish(one(4))
      assert.deepEqual(heard(b), [1, 3, 4])
      await a.engine.stop(a.listener)
      await address.close()
    }))

  it('notice a network that swallows everything, refuse meanwhile, and go on', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const proxy = await TcpProxy.to(redis.port)
      const [near, far] = [await join(), await join(`redis://127.0.0.1:${proxy.port}`)]
      void proxy.swallow()
      await assert.rejects(far.engine.publish(one(0)), { code: 'TURBO_CABLE_UNREACHABLE' })
      await near.engine.publish(one(1))
      await far.listener.until(() => far.listener.heard.length === 1)
      assert.deepEqual([heard(far), far.listener.losses], [[1], 0])
      await far.engine.stop(far.listener)
      await proxy.close()
    }))

  it('are told when the log was trimmed past their place, and their cursors still hold', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const proxy = await TcpProxy.to(redis.port)
      const [near, far] = [await join(undefined, 1 << 20), await join(`redis://127.0.0.1:${proxy.port}`, 1 << 20)]
      await near.engine.publish(one(1))
      await far.listener.until(() => far.listener.heard.length === 1)
      const cursor = far.engine.cursor() as string
      proxy.refuse(true)
      await proxy.cut()
      for (let n = 0; n < 30; n++)
        await near.engine.publish([{ stream: 'other', json: JSON.stringify('x'.repeat(100_000)) }])
      await near.engine.publish(one(2))
      proxy.refuse(false)
      await far.listener.until(() => far.listener.losses === 1)
      const { recovered, messages } = await far.engine.since('s', cursor, noDeadline)
      assert.deepEqual([recovered, messages.map(({ json }) => json)], [true, ['2']])
      await near.engine.publish(one(3))
      await far.listener.until(() => far.listener.heard.at(-1)?.json === '3')
      assert.equal(near.listener.losses, 0)
      await far.engine.stop(far.listener)
      await proxy.close()
    }))

  it('begin anew after FLUSHALL, also where the position has overtaken the old one', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const [a, b] = [await join(), await join()]
      for (const n of [1, 2, 3]) await a.engine.publish(one(n))
      await b.listener.until(() => b.listener.heard.length === 3)
      const cursors = [a.engine.cursor(), b.engine.cursor()]
      await redis.command('FLUSHALL')
      const worker = redisEngine({ url: redis.url })
      await worker.publish(Array.from({ length: 50 }, (_, n) => ({ stream: 's', json: String(100 + n) })))
      await beginsAnew([a, b], cursors)
    }))

  it('begin anew where a replica was promoted that had not got the last writes', (t) =>
    withRedis(
      t,
      async ({ redis: primary, join }) => {
        const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(primary.port))
        // One address, behind which the server changes.
        const address = await Switch.to(primary.port)
        const [a, b] = [await join(address.url), await join(address.url)]
        await a.engine.publish(one(1))
        assert.equal(await primary.command('WAIT', '1', '10000'), 1)
        await replica.command('REPLICAOF', 'NO', 'ONE')
        await a.engine.publish(one(2))
        await a.engine.publish(one(3))
        await b.listener.until(() => b.listener.heard.length === 3)
        const cursors = [a.engine.cursor(), b.engine.cursor()]
        await primary.kill()
        // Somebody who saw nothing gives the positions 2 and 3 out a second time, and more.
        const worker = redisEngine({ url: replica.url })
        for (const n of [102, 103, 104]) await worker.publish(one(n))
        const late = await join(replica.url)
        for (const cursor of cursors) {
          assert.equal((await late.engine.since('s', cursor as string, noDeadline)).recovered, false)
        }
        address.lead(replica.port)
        await beginsAnew([a, b], cursors)
        for (const each of [a, b]) await each.engine.stop(each.listener)
        await address.close()
        await late.engine.stop(late.listener)
        await replica.end()
      },
      '--repl-diskless-sync-delay',
      '0',
    ))

  it('confirm nothing wrongly after kill -9 and a restart from the append-only file', (t) =>
    withRedis(
      t,
      async ({ redis, join }) => {
        const [a, b] = [await join(), await join()]
        for (const n of [1, 2, 3]) await a.engine.publish(one(n))
        await b.listener.until(() => b.listener.heard.length === 3)
        const cursors = [a.engine.cursor(), b.engine.cursor()]
        await redis.kill()
        await redis.start()
        await beginsAnew([a, b], cursors)
      },
      '--appendonly',
      'yes',
    ))

  it('begin anew where an older file was restored', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const [a, b] = [await join(), await join()]
      await a.engine.publish(one(1))
      await redis.command('SAVE')
      for (const n of [2, 3]) await a.engine.publish(one(n))
      await b.listener.until(() => b.listener.heard.length === 3)
      const cursors = [a.engine.cursor(), b.engine.cursor()]
      await redis.kill()
      await redis.start()
      await beginsAnew([a, b], cursors)
    }))

  it('begin anew where the very same server is given older data', (t) =>
    withRedis(t, async ({ redis, join }) => {
      const [a, b] = [await join(), await join()]
      await a.engine.publish(one(1))
      const older = await redis.command('HGETALL', '{turbo-cable}:state')
      for (const n of [2, 3]) await a.engine.publish(one(n))
      await b.listener.until(() => b.listener.heard.length === 3)
      const cursors = [a.engine.cursor(), b.engine.cursor()]
      await redis.command('HSET', '{turbo-cable}:state', ...(older as string[]))
      await beginsAnew([a, b], cursors)
    }))
})
