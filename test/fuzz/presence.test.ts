// Random tabs of random people on several hubs of one engine, against a model: hubs start late, hear late, are killed, stop, are cut
// off for a while. In the end all know who is there, and over all of them each coming and each leaving was told once.

import assert from 'node:assert/strict'
import { afterEach, beforeEach, it, mock } from 'node:test'
import type { PresenceChange } from '../../src/options/presence.ts'
import { type Chance, seededChance } from '../support/chance.ts'
import { turn } from '../support/hub-doubles.ts'
import { Cut, presentHub, sharedEngine } from '../support/present.ts'

const rounds = 25
const steps = 60
const people = ['ada', 'ben', 'cleo', 'dan', 'eve', 'frank']
const hour = 3_600_000

process.env.SEED ??= '1815'

interface Member {
  readonly hub: Awaited<ReturnType<typeof presentHub>>
  readonly cut: Cut
  readonly tabs: Set<{ readonly id: string; close(): void }>
  alive: boolean
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 }))
afterEach(() => mock.timers.reset())

class World {
  readonly engine = sharedEngine()
  readonly members: Member[] = []
  /** `+ada`, `-ada`, in the order in which any app was told. */
  readonly told: string[] = []
  readonly #below: Chance
  #killed = 0

  constructor(below: Chance) {
    this.#below = below
  }

  get alive(): Member[] {
    return this.members.filter(({ alive }) => alive)
  }

  any<Value>(values: Iterable<Value>): Value {
    const all = [...values]
    return all[this.#below(all.length)] as Value
  }

  async start(): Promise<void> {
    const cut = new Cut(this.engine)
    const member = { cut, tabs: new Set(), alive: true } as unknown as Member & { hub: Member['hub'] }
    const onPresence = ({ identity, joined }: PresenceChange) => {
      if (member.alive) this.told.push(`${joined ? '+' : '-'}${identity.id}`)
    }
    member.hub = await presentHub({ onPresence, heartbeat: { interval: hour, timeout: 2 * hour } }, cut)
    this.members.push(member)
  }

  open(): void {
    const { hub, tabs } = this.any(this.alive)
    const id = this.any(people)
    const page = hub.on({ id })
    tabs.add({ id, close: () => page.close() })
  }

  close(): void {
    const { tabs } = this.any(this.alive)
    const tab = tabs.size > 0 ? this.any(tabs) : undefined
    if (!tab) return
    tabs.delete(tab)
    tab.close()
  }

  kill(): void {
    // Whoever starts learns of a hub's people from another one, but not if that is killed with it.
    if (this.alive.length < 2 || Date.now() - this.#killed < 12_000) return
    this.#killed = Date.now()
    const member = this.any(this.alive)
    member.alive = false
    member.cut.state = 'away'
    member.tabs.clear()
  }

  /** A deploy: it says that it goes. */
  async stop(): Promise<void> {
    if (this.alive.length < 2) return
    const member = this.any(this.alive)
    const stopped = member.hub.hub.close(10)
    await this.passes(10)
    member.alive = false
    member.tabs.clear()
    await stopped
  }

  async late(): Promise<void> {
    const { cut, tabs, hub } = this.any(this.alive)
    cut.state = 'held'
    const id = this.any(people)
    const page = hub.on({ id })
    tabs.add({ id, close: () => page.close() })
    this.open()
    this.close()
    await this.passes(this.#below(1_500))
    cut.release()
  }

  async passes(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      mock.timers.tick(Math.min(1_000, left))
      await turn()
    }
  }

  /** Who should be there. */
  get people(): string[] {
    return [...new Set(this.alive.flatMap(({ tabs }) => [...tabs].map(({ id }) => id)))].toSorted()
  }
}

it('knows who is there, and tells of each coming and leaving once', async (t) => {
  const { seed, below } = seededChance()
  t.diagnostic(`SEED=${seed}`)
  for (let round = 0; round < rounds; round++) {
    const world = new World(below)
    await world.start()
    await world.start()
    for (let step = 0; step < steps; step++) {
      const what = below(100)
      if (what < 40) world.open()
      else if (what < 70) world.close()
      else if (what < 90) await world.passes(below(7_000))
      else if (what < 94) await world.late()
      else if (what < 96) world.kill()
      else if (what < 98) await world.stop()
      else await world.start()
      await turn()
    }
    await world.passes(40_000)
    const where = `SEED=${seed}, round ${round}: ${world.told.join(' ')}`
    for (const { hub } of world.alive) assert.deepEqual((await hub.ids()).toSorted(), world.people, where)
    for (const id of people) {
      const own = world.told.filter((word) => word.slice(1) === id).map(([sign]) => sign)
      const expected = own.map((_, index) => (index % 2 === 0 ? '+' : '-'))
      assert.deepEqual(own, expected, `${id}, ${where}`)
      assert.equal(own.at(-1) === '+', world.people.includes(id), `${id}, ${where}`)
    }
    for (const { hub } of world.alive) void hub.hub.close(0)
    await world.passes(1)
  }
})
