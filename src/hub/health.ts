// Whether a cable does its work, for whoever watches the process.

import { check, time } from '../options/check'
import type { EngineState, EngineWatch } from './engine-watch'
import type { HubStats } from './stats'

/** How a cable is, for health checks. */
export interface Health {
  /** Always true: a process that answers need not be started anew. */
  readonly live: true
  /** Whether clients should be sent here: false while the cable closes, and while it is too long without its engine. */
  readonly ready: boolean
  /** Why it is not ready. */
  readonly reason?: 'closing' | 'engine'
  /** Whether broadcasts can be taken: `starting` until the engine has answered, `away` while it cannot be reached. */
  readonly engine: EngineState
  /** For how long the engine has been missing, ms; 0 while it is up. */
  readonly engineMissing: number
  /** Connections now. */
  readonly connections: number
  /** Subscriptions now. */
  readonly subscriptions: number
}

/** What is too long. */
export interface HealthBounds {
  /** For how long the engine may be away before the cable is not ready, ms. @default 10000 */
  readonly engineAway?: number
}

interface Watched {
  readonly closed: boolean
  readonly watch: EngineWatch
  stats(): HubStats
}

/** The health of a hub now. One that has never had its engine is not ready, however short that is. */
export function healthOf(hub: Watched, { engineAway = 10_000 }: HealthBounds = {}): Health {
  check('engineAway', engineAway, time)
  const { closed, watch } = hub
  const { state, started, missing } = watch
  const without = !started || missing > engineAway
  const reason = closed ? ({ reason: 'closing' } as const) : without ? ({ reason: 'engine' } as const) : undefined
  const { connections, subscriptions } = hub.stats()
  const engineMissing = Math.round(missing)
  return { live: true, ready: !reason, ...reason, engine: state, engineMissing, connections, subscriptions }
}
