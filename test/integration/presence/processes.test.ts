// Who is there, over two processes that share a Redis or a NATS: clients come to either, one process is killed with -9, another is
// stopped, a third starts, and the engine's server itself goes and comes back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TestClient } from '../../support/client.ts'
import { type EngineKind, type EngineServer, engines } from '../../support/engines.ts'
import { Program } from '../../support/program.ts'

const script = new URL('room.cjs', import.meta.url).pathname
/** All that one test has, and what its processes were told, in the order in which it came here. */
interface Scene {
  readonly told: string[]
  readonly rooms: Room[]
  readonly clients: TestClient[]
}

class Room {
  readonly #program: Program
  readonly #scene: Scene
  port = 0

  constructor(url: string, scene: Scene) {
    this.#program = new Program(process.execPath, [script], { env: { ...process.env, TURBO_CABLE_ENGINE: url } })
    this.#scene = scene
    scene.rooms.push(this)
  }

  async start(): Promise<this> {
    this.port = Number((await this.#program.matching(/^port (\d+)$/))[1])
    void this.#listen()
    return this
  }

  async #listen(): Promise<void> {
    try {
      for (;;) this.#scene.told.push((await this.#program.matching(/^told (.+)$/))[1] as string)
    } catch {
      // It has ended.
    }
  }

  end(signal: NodeJS.Signals) {
    return this.#program.end(signal)
  }

  async people(): Promise<string[]> {
    return (await (await fetch(`http://127.0.0.1:${this.port}/people`)).json()) as string[]
  }

  /** A page of somebody's, which is subscribed; one that is sent away comes again. */
  async page(user: string): Promise<TestClient> {
    const client = new TestClient(`ws://127.0.0.1:${this.port}/cable`, { headers: { 'x-user': user } })
    this.#scene.clients.push(client)
    await client.opened()
    client.send({ type: 'subscribe', stream: 'room', cursor: null })
    const { type } = await client.next()
    if (type === 'disconnect') return this.page(user)
    assert.equal(type, 'subscribed')
    return client
  }
}

/** The next list of people that a page is sent; messages before it that are older are passed over. */
async function shows(page: TestClient, people: string): Promise<void> {
  for (;;) {
    const { type, data } = await page.next()
    if (type === 'message' && String(data).includes(`<template>${people}</template>`)) return
  }
}

/** Until something holds, looked at again and again. Fails after 20 s. */
async function until<Value>(look: () => Promise<Value> | Value, wanted: Value): Promise<void> {
  for (const end = performance.now() + 20_000; ; ) {
    const value = await look()
    try {
      assert.deepEqual(value, wanted)
      return
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

// It waits for seconds until a process is missed, so the two run side by side.
describe('is one list in all processes, through kill -9, a stop, a start and an engine that was gone', {
  concurrency: 2,
}, () => {
  for (const kind of engines) it(`with ${kind.name}`, { timeout: 90_000 }, () => withScene(kind))
})

async function withScene(kind: EngineKind): Promise<void> {
  const scene: Scene = { told: [], rooms: [], clients: [] }
  const server = await kind.start()
  try {
    await oneList(server, scene, () => new Room(kind.url(server.port), scene).start())
  } finally {
    for (const { ws } of scene.clients) ws.terminate()
    for (const room of scene.rooms) await room.end('SIGKILL')
    await server.end()
  }
}

async function oneList(server: EngineServer, { told }: Scene, start: () => Promise<Room>): Promise<void> {
  const [one, two] = await Promise.all([start(), start()])
  const watcher = await one.page('watcher')
  await shows(watcher, 'WATCHER')
  await two.page('ada')
  await shows(watcher, 'WATCHER,ADA')
  // Both processes at once, in one breath: whichever list is rendered last is sent last.
  await Promise.all([two.page('ben'), one.page('cleo'), two.page('dan'), one.page('ben'), one.page('ada')])
  for (const room of [one, two])
    await until(async () => (await room.people()).toSorted(), ['ada', 'ben', 'cleo', 'dan', 'watcher'])
  const list = await one.people()
  assert.deepEqual(await two.people(), list)
  await shows(watcher, list.map((id) => id.toUpperCase()).join())
  await until(() => told.toSorted(), ['+ada', '+ben', '+cleo', '+dan', '+watcher'])

  // Ada and Ben have a page in the other process. Dan has none, and Eve, who had none either, comes back there in time.
  await two.page('eve')
  await shows(watcher, [...list, 'eve'].map((id) => id.toUpperCase()).join())
  told.length = 0
  await two.end('SIGKILL')
  await one.page('eve')
  await shows(watcher, [...list.filter((id) => id !== 'dan'), 'eve'].map((id) => id.toUpperCase()).join())
  assert.deepEqual(told, ['-dan'])

  const three = await start()
  assert.deepEqual(await three.people(), await one.people())

  // A deploy: who was sent away comes back elsewhere, and who does not has left. Frank comes meanwhile.
  told.length = 0
  const kept = await one.people()
  const stopped = one.end('SIGTERM')
  const again = await Promise.all(kept.filter((id) => id !== 'cleo').map((id) => three.page(id)))
  await stopped
  const frank = await three.page('frank')
  await until(() => told.toSorted(), ['+frank', '-cleo'])
  await until(() => three.people(), [...kept.filter((id) => id !== 'cleo'), 'frank'])

  // The engine's server is gone, and another history begins. Everybody is sent away, comes back, and nobody was told of anything.
  told.length = 0
  const four = await start()
  assert.deepEqual(await four.people(), await three.people())
  await server.kill()
  await server.start()
  await Promise.all([...again, frank].map(({ closed }) => closed))
  const back = await three.people()
  for (const [index, id] of back.entries()) await (index % 2 ? three : four).page(id)
  const last = await four.page('last')
  await until(() => told, ['+last'])
  await shows(last, [...back, 'last'].map((id) => id.toUpperCase()).join())
  for (const room of [three, four]) await until(() => room.people(), [...back, 'last'])
}
