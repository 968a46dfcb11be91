// What a process of several does when the Redis between them is not the one that it was: a hole is always said aloud.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Engine } from '../../../src/engine/engine.ts'
import { redisEngine } from '../../../src/engine/redis.ts'
import { beginsAnew, heard, one, type Process, withProcesses } from '../../support/processes.ts'
import { RedisServer } from '../../support/redis-server.ts'
import { Switch } from '../../support/switch.ts'
import { defaultBounds, Listener, noDeadline } from '../../unit/engine/engine-suite.ts'

type Context = { redis: RedisServer; join(url?: string): Promise<Process> }

async function withRedis(
  t: TestContext,
  run: (context: Context) => Promise<void>,
  ...options: string[]
): Promise<void> {
  const redis = await RedisServer.start(...options)
  await withProcesses(t, redis, (join) => run({ redis, join: (url = redis.url) => join(redisEngine({ url })) }))
}

// Whether a broadcast was taken.
function taken(sent: Promise<void>): Promise<boolean> {
  return sent.then(
    () => true,
    () => false,
  )
}

describe('processes whose Redis is another one', () => {
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
        const url = `redis://127.0.0.1:${address.port}`
        const [a, b] = [await join(url), await join(url)]
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

  const left: Record<string, (url: string, join: Context['join']) => Promise<Pick<Engine, 'publish'>>> = {
    'a process': async (url, join) => (await join(url)).engine,
    'a process without a hub': async (url) => redisEngine({ url }),
  }
  for (const [who, come] of Object.entries(left)) {
    it(
      `are told of what ${who} has sent on the one that was left, once it comes to the one of now`,
      { timeout: 20_000 },
      (t) =>
        withRedis(t, async ({ redis, join }) => {
          const old = await RedisServer.start()
          const address = await Switch.to(old.port)
          const behind = await come(`redis://127.0.0.1:${address.port}`, join)
          await behind.publish(one(1))
          const here = await join()
          await here.engine.publish(one(2))
          // It was confirmed, and nobody here has heard of it.
          await behind.publish(one(3))
          address.lead(redis.port)
          while (!(await taken(behind.publish(one(4))))) await setTimeout(20)
          await here.listener.until(() => here.listener.losses === 1)
          await address.close()
          await old.end()
        }),
    )
  }

  it('are told of nothing where nothing was sent there since', { timeout: 20_000 }, (t) =>
    withRedis(t, async ({ redis, join }) => {
      const old = await RedisServer.start()
      const address = await Switch.to(old.port)
      const behind = await join(`redis://127.0.0.1:${address.port}`)
      await behind.engine.publish(one(1))
      const here = await join()
      address.lead(redis.port)
      while (!(await taken(behind.engine.publish(one(2))))) await setTimeout(20)
      await here.listener.until(() => here.listener.heard.length === 1)
      assert.deepEqual([here.listener.losses, behind.listener.losses], [0, 1])
      await address.close()
      await old.end()
    }),
  )

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

  it('begin anew where what is known of silent streams was thrown out', (t) =>
    withRedis(t, async ({ redis }) => {
      const [engine, listener] = [redisEngine({ url: redis.url }), new Listener()]
      await engine.start(listener, { ...defaultBounds, ttl: 100 })
      try {
        const cursor = engine.cursor() as string
        await engine.publish(one(1))
        while ((await redis.command('EXISTS', '{turbo-cable}:silent')) === 0) await setTimeout(50)
        await redis.command('DEL', '{turbo-cable}:silent')
        assert.equal((await engine.since('s', cursor, noDeadline)).recovered, false)
      } finally {
        await engine.stop(listener)
      }
    }))
})

it('a Redis that has not answered the first question of a connection is sent nothing', { timeout: 20_000 }, (t) =>
  withRedis(t, async ({ redis, join }) => {
    // Lets nothing through from the script on, once it is told to.
    const held: (() => void)[] = []
    const sockets = new Set<Socket>()
    let holds = false
    let connections = 0
    const way = createServer((near) => {
      const far = connect(redis.port, '127.0.0.1')
      for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
      far.pipe(near)
      let isHeld = false
      near.on('data', (chunk: Buffer) => {
        if (holds && !isHeld && chunk.includes('SCRIPT')) {
          isHeld = true
          connections++
        }
        if (isHeld) held.push(() => far.write(chunk))
        else far.write(chunk)
      })
    })
    await once(way.listen(0, '127.0.0.1'), 'listening')
    const [a, b] = [await join(`redis://127.0.0.1:${(way.address() as AddressInfo).port}`), await join()]
    await a.engine.publish(one(1))
    holds = true
    for (const socket of sockets) socket.destroy()
    // A process has two.
    while (connections < 2) await setTimeout(10)
    for (let n = 0; n < 10; n++) assert.equal(await taken(a.engine.publish(one(2))), false)
    await b.engine.publish(one(3))
    holds = false
    for (const write of held) write()
    await b.engine.publish(one(4))
    for (const socket of sockets) socket.destroy()
    while (!(await taken(a.engine.publish(one(5))))) await setTimeout(20)
    await b.listener.until(() => heard(b).at(-1) === 5)
    assert.deepEqual(heard(b), [1, 3, 4, 5])
    await a.engine.stop(a.listener)
    for (const socket of sockets) socket.destroy()
    way.close()
  }),
)
