// A publisher that hammers, and the truth about what it sent.

import type { Engine, Positioned } from '../../../src/engine/engine.ts'
import type { Chance } from '../../support/chance.ts'

export const streams = ['a', 'b', 'c']

/** One turn of the event loop. */
export const turn = (): Promise<unknown> => new Promise(setImmediate)

/** What the engine hands on, in its order, as it does so. */
export function recordedBy(engine: Engine): Positioned[] {
  const sent: Positioned[] = []
  const start = engine.start.bind(engine)
  engine.start = (to) =>
    start({
      delivered(messages) {
        sent.push(...messages)
        to.delivered(messages)
      },
      lost: () => to.lost(),
      signalled: (signal) => to.signalled(signal),
    })
  return sent
}

/** Broadcasts to the streams as fast as chance says: many in one turn, or none for a few. */
export async function hammer(
  publish: (stream: string, n: number) => Promise<void>,
  chance: Chance,
  total: number,
): Promise<void> {
  const under: Promise<void>[] = []
  for (let n = 0; n < total; n++) {
    under.push(publish(streams[chance(streams.length)] as string, n))
    if (chance(4) === 0) await turn()
  }
  await Promise.all(under)
}
