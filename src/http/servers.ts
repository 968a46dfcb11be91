// The HTTP servers whose upgrades a cable takes. A server is given by hand, or found by its first connection or first request.

import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { failure } from '../errors'
import { logger } from '../log'
import { attachUpgrade, type UpgradeDelegate } from './upgrade'

const debug = logger('http')

// Node publishes each new TCP connection here, before it parses the first byte.
const connections = channel('net.server.socket')

/** The servers of one cable. */
export class Servers {
  readonly #delegate: UpgradeDelegate
  readonly #attached = new Map<Server, () => void>()
  readonly #connected: (message: unknown) => void
  #closed = false

  /**
   * `delegate` gets the upgrades. `serves` says whether to attach to a server that has just got a connection; the first request
   * of that connection may already be an upgrade. Other servers are not touched.
   */
  constructor(delegate: UpgradeDelegate, serves: (server: Server) => boolean = () => false) {
    this.#delegate = delegate
    this.#connected = (message) => {
      const { server } = (message as { socket: Socket & { server?: Server } }).socket
      if (server && !this.has(server) && serves(server)) this.attach(server)
    }
    connections.subscribe(this.#connected)
  }

  /** Whether the upgrades of a server are taken. */
  has(server: Server): boolean {
    return this.#attached.has(server)
  }

  /**
   * Takes the upgrades of a server; a second call does nothing more. Returns the undo.
   * @throws TurboCableError TURBO_CABLE_CLOSED after `close()`
   */
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

  /** Attaches to the server of a request. Returns false if that was done before, or if the request does not show its server. */
  meet(request: IncomingMessage): boolean {
    const { server } = request.socket as Socket & { server?: Server }
    if (!server || this.#attached.has(server)) return false
    this.attach(server)
    debug('attached at the first request')
    return true
  }

  /** Detaches from all servers, and attaches to no more. */
  close(): void {
    this.#closed = true
    connections.unsubscribe(this.#connected)
    for (const detach of [...this.#attached.values()]) detach()
  }
}
