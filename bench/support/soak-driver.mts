// One process of clients of the soak.

import { answer } from './child.mjs'
import { until } from './reliability-clock.mts'
import { journal, Wanderer } from './soak-wanderer.mts'

const wanderers: Wanderer[] = []

const calls = {
  create({ port, clients, pool }: { port: number; clients: number; pool: string[] }): void {
    for (let index = 0; index < clients; index++) {
      const home = [0, 1, 2].map((step) => pool[(index + step) % pool.length] as string)
      wanderers.push(new Wanderer(`ws://127.0.0.1:${port}/cable`, pool, home))
    }
  },

  wander(every: number): void {
    for (const wanderer of wanderers) wanderer.wander(every)
  },

  /** Calls all together: each online, and served on exactly its three streams. */
  async muster(): Promise<void> {
    for (let from = 0; from < wanderers.length; from += 50) {
      const some = wanderers.slice(from, from + 50)
      await Promise.all(some.map((wanderer) => wanderer.comeHome()))
      await until(
        () => some.filter(({ settled }) => !settled).length,
        (left) => left === 0,
        60_000,
      )
    }
  },

  depart(): void {
    for (const wanderer of wanderers) wanderer.depart()
  },

  journal: () => journal,
}

export type SoakCalls = typeof calls

answer(calls)
