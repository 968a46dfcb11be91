// Several processes with the same relay: what others publish is applied once and in order, whoever dies or is cut off, and what
// nobody heard is said aloud.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createClient } from 'redis'
import { TestClient } from '../../support/client.ts'
import { type Redis, startRedis } from '../../support/redis.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { ServerProcess } from '../faults/child.ts'

let redis: Redis
let sender: ReturnType<typeof createClient>

before(async () => {
  redis = await startRedis()
  sender = createClient({ url: redis.url })
  sender.on('error', () => {})
  await sender.connect()
})
after(async () => {
  sender.destroy()
  await redis.stop()
})

interface Member {
  readonly process: ServerProcess
  readonly port: number
  readonly proxy: TcpProxy
}

// Each hears Redis by a proxy of its own.
async function join(shared: boolean): Promise<Member> {
  const proxy = await TcpProxy.to(redis.port)
  const settings = { relay: `redis://127.0.0.1:${proxy.port}`, ...(shared && { engine: redis.url }) }
  const process = new ServerProcess('../relay/relaying-server.ts', settings)
  return { process, proxy, port: await process.hears<number>() }
}

async function joined(count: number, shared: boolean): Promise<Member[]> {
  const members = await Promise.all(Array.from({ length: count }, () => join(shared)))
  await known(members)
  return members
}

// Who was there before another said what it cannot have heard learns of that with the next broadcast.
async function known(members: readonly Member[]): Promise<void> {
  const body = JSON.stringify({ stream: 'first', data: 0 })
  const headers = { 'Content-Type': 'application/json' }
  for (const { port } of members)
    assert.equal((await fetch(`http://127.0.0.1:${port}/_broadcast`, { method: 'POST', headers, body })).status, 200)
}

const ended = (members: readonly Member[]) =>
  Promise.all(members.map(({ process, proxy }) => Promise.all([process.kill(), proxy.close()])))

const connected = ({ port }: Member) => new TestClient(`ws://127.0.0.1:${port}/cable`).opened()

async function subscribed(member: Member): Promise<{ client: TestClient; cursor: unknown }> {
  const client = await connected(member)
  const { cursor } = await client.subscribe('s', { cursor: null })
  return { client, cursor }
}

const publish = (n: number) => sender.publish('/records', JSON.stringify({ room: 's', n }))

async function numbers(client: TestClient, count: number): Promise<unknown[]> {
  const got: unknown[] = []
  while (got.length < count) got.push(((await client.next()).data as { n: number }).n)
  return got
}

// Each number twice, on purpose.
const twice = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + Math.floor(n / 2))

async function untilListening(count: number): Promise<void> {
  const listening = async () => Number((await sender.pubSubNumSub('/records'))['/records'])
  while ((await listening()) !== count) await new Promise(setImmediate)
}

describe('processes with the same relay', { timeout: 60_000 }, () => {
  let members: Member[]
  let a: Member
  let b: Member
  let c: Member

  before(async () => {
    members = await joined(3, true)
    ;[a, b, c] = members as [Member, Member, Member]
  })
  after(() => ended(members))

  it('are no gap for pages where one is cut off and another was there', async () => {
    const { client, cursor } = await subscribed(a)
    const ear = sender.duplicate()
    await ear.connect()
    a.proxy.refuse(true)
    await a.proxy.cut()
    await untilListening(2)
    for (const n of [1, 2]) await publish(n)
    const answered = new Promise((resolve) =>
      ear.subscribe('turbo-cable:relay', (text) => text.startsWith('here ') && resolve(text)),
    )
    a.proxy.refuse(false)
    await answered
    await publish(3)
    assert.deepEqual(await numbers(client, 3), [1, 2, 3])
    const back = await connected(b)
    assert.equal((await back.subscribe('s', { cursor })).recovered, true)
    assert.deepEqual(await numbers(back, 3), [1, 2, 3])
    for (const each of [client, back]) each.ws.terminate()
    ear.destroy()
  })

  it('say aloud what none of them heard', async () => {
    const pages = await Promise.all(members.map(subscribed))
    for (const { proxy } of members) {
      proxy.refuse(true)
      await proxy.cut()
    }
    await untilListening(0)
    await publish(1)
    for (const { proxy } of members) proxy.refuse(false)
    for (const { client } of pages) assert.equal((await client.next()).type, 'disconnect')
    await untilListening(3)
    const back = await connected(b)
    assert.equal((await back.subscribe('s', { cursor: pages[0]?.cursor })).recovered, false)
    back.ws.terminate()
    await known(members)
  })

  it('apply each message once and in order, the same one twice, while one is cut off and one is killed', async () => {
    const { client } = await subscribed(a)
    const all = twice(0, 600)
    const sending = (async () => {
      for (const n of all) await publish(n)
    })()
    await b.process.kill()
    await c.proxy.cut()
    await sending
    assert.deepEqual(await numbers(client, all.length), all)
    await publish(-1)
    assert.deepEqual(await numbers(client, 1), [-1])
    client.ws.terminate()
  })

  it('take what lies in a Redis stream once, also where one is killed amid it', async () => {
    const { client } = await subscribed(a)
    const all = twice(0, 400)
    for (const n of all) {
      await sender.xAdd('log', '*', { payload: JSON.stringify({ room: 's', n }) })
      if (n === 100) await c.process.kill()
    }
    assert.deepEqual(await numbers(client, all.length), all)
    while ((await sender.xLen('log')) > 0) await new Promise(setImmediate)
    client.ws.terminate()
  })
})

it('processes with a history in each memory bring everything to their own pages', { timeout: 60_000 }, async () => {
  const members = await joined(2, false)
  try {
    const pages = await Promise.all(members.map(subscribed))
    const all = twice(0, 20)
    for (const n of all) await publish(n)
    for (const { client } of pages) {
      assert.deepEqual(await numbers(client, all.length), all)
      client.ws.terminate()
    }
  } finally {
    await ended(members)
  }
})
