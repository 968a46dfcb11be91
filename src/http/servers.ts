// The http servers whose upgrades a cable takes: given by hand, met with a request, or found by their first connection.

import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { failure } from '../errors'
import { logger } from '../log'
import { attachUpgrade, type UpgradeDelegate } from './upgrade'

const debug = logger('http')

// Each TCP connection is announced here before a byte of it is parsed.
const connections = channel('net.server.socket')

export class Servers {
  readonly #delegate: UpgradeDelegate
  readonly #attached = new Map<Server, () => void>()
  readonly #connected: (message: unknown) => void
  #closed = false

  /**
   * `delegate` is handed the upgrades. `serves` tells whether a server is one to attach to, in time for its very first bytes
   * to be an upgrade; one that it does not know is never touched.
   */
  constructor(delegate: UpgradeDelegate, serves: (server: Server) => boolean = () => false) {
    this.#delegate = delegate
    this.#connected = (message) => {
      const { server } = (message as { socket: Socket & { server?: Server } }).socket
      if (server && !this.has(server) && serves(server)) this.attach(server)
    }
    connections.subscribe(this.#connected)
  }

  has(server: Server): boolean {
    return this.#attached.has(server)
  }

  /** Takes the upgrades of a server; attaching twice is attaching once. Returns the undo. */
  attach(server: Server): () => void {
    if (this.#closed) throw failure('TURBO_CABLE_CLOSED', ['attach to a server'])
    const known = this.#attached.get(server)
    if (known) return known
    const undo = attachUpgrade(server, this.#delegate)
    const detach = () => {
      this.#attached.delete(server)
      undo()
    }
    this.#attached.set(server, detach)
    return detach
  }

  /** Attaches to the server that a request came to; false when it is attached already, or not to be seen. */
  meet(request: IncomingMessage): boolean {
    const { server } = request.socket as Socket & { server?: Server }
    if (!server || this.#attached.has(server)) return false
    this.attach(server)
    debug('attached at the first request')
    return true
  }

  close(): void {
    this.#closed = true
    connections.unsubscribe(this.#connected)
    for (const detach of [...this.#attached.values()]) detach()
  }
}
