// One run of the jitter bench: its processes of clients, the cutting, the broadcasts, and what all clients got together.

import type { Cast, DriverCalls, Tally } from './jitter-driver.mts'
import type { Sent, ServerCalls } from './reliability-server.mts'
import { start } from './start.mts'
import { merged } from './statistics.mjs'

/** What a run is made of. */
export interface Play extends Pick<Cast, 'wire' | 'cut' | 'ports'> {
  readonly clients: number
  readonly count: number
  /** Time between two broadcasts, between two cuts of a client, and that a client is offline, ms. */
  readonly pace: { readonly every: number; readonly cutEvery: number; readonly offline: number }
  /** Whose broadcasts they are. */
  readonly sender: { ask(name: 'publish', plan: Parameters<ServerCalls['publish']>[0]): Promise<Sent[]> }
  /** What else goes wrong meanwhile. Resolves when all is well again. */
  readonly trouble?: () => Promise<void>
}

const perDriver = 250
const stream = 'jitter'

/** Resolves to what all clients got. */
export async function play({ wire, cut, ports, clients, count, pace, sender, trouble }: Play): Promise<Tally> {
  const drivers = Array.from({ length: Math.ceil(clients / perDriver) }, () => start<DriverCalls>('jitter-driver'))
  try {
    const share = (index: number) => Math.floor((clients + index) / drivers.length)
    const cast = { wire, cut, ports, stream, count }
    await Promise.all(drivers.map((driver, index) => driver.ask('connect', { ...cast, clients: share(index) })))
    for (const driver of drivers) await driver.ask('jitter', { every: pace.cutEvery, offline: pace.offline })
    const [sent] = await Promise.all([
      sender.ask('publish', { streams: [stream], count, every: pace.every }),
      trouble?.(),
    ])
    await Promise.all(drivers.map((driver) => driver.ask('settle')))
    await sender.ask('publish', { streams: [stream], count: 1, every: 0, first: count })
    return added(await Promise.all(drivers.map((driver) => driver.ask('collect', sent))))
  } finally {
    await Promise.all(drivers.map((child) => child.end()))
  }
}

function added(tallies: readonly Tally[]): Tally {
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0)
  return {
    delays: merged(tallies.map(({ delays }) => delays)),
    beyond: merged(tallies.map(({ beyond }) => beyond)),
    duplicates: sum(({ duplicates }) => duplicates),
    disorder: sum(({ disorder }) => disorder),
    gaps: sum(({ gaps }) => gaps),
    cuts: sum(({ cuts }) => cuts),
    lost: sum(({ lost }) => lost),
    givenUp: sum(({ givenUp }) => givenUp),
    silent: sum(({ silent }) => silent),
  }
}
