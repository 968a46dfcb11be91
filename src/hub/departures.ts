// How the server ends connections: one that costs too much or may not stay, and all of them when the log has a hole.

import type { DroppedEvent } from '../diagnostics'
import { logger } from '../log'
import type { Backlog } from './backlog'
import type { Connection } from './connection'
import type { Connections } from './connections'
import type { Pulse } from './pulse'
import type { Subscribing } from './subscribing'

const debug = logger('hub')

// How long a client that is sent away may take to close, ms.
const goodbye = 2_000

/** What `Departures` works with. */
export interface DepartureParts {
  readonly connections: Connections
  readonly backlog: Backlog<Connection>
  readonly pulse: Pulse
  readonly subscribing: Subscribing
}

/** Ends the connections of one cable. */
export class Departures {
  readonly #parts: DepartureParts

  constructor(parts: DepartureParts) {
    this.#parts = parts
  }

  /** Sends a client away because of what it costs. Of one that is silent there is nothing to be told. */
  drop(connection: Connection, reason: DroppedEvent['reason']): void {
    this.#parts.connections.drop(connection, reason)
    this.forget(connection)
    if (reason === 'silent') connection.terminate()
    else connection.part({ type: 'disconnect', reason, reconnect: true }, reason === 'limit' ? 1008 : 1013, goodbye)
  }

  /** Sends a client away that is not to come back. */
  dismiss(connection: Connection): void {
    this.forget(connection)
    connection.part({ type: 'disconnect', reason: 'unauthorized', reconnect: false }, 1008, goodbye)
  }

  /** Sends a client away whose right has come to its end. It may come back with another one. */
  expire(connection: Connection): void {
    this.forget(connection)
    connection.part({ type: 'disconnect', reason: 'expired', reconnect: true }, 1008, goodbye)
  }

  /** Has every client come back, with its cursor. Returns how long they need, ms. */
  sendAway(): number {
    const { connections } = this.#parts
    debug('the log of the engine has a hole: %d sent away', connections.size)
    for (const connection of connections) this.forget(connection)
    return connections.sendAway(goodbye)
  }

  /** Ends the subscriptions of a connection and what is watched of it. */
  forget(connection: Connection): void {
    this.#parts.backlog.forget(connection)
    this.#parts.pulse.remove(connection)
    this.#parts.subscribing.forget(connection)
  }
}
