// The composition root: the only file that wires concrete parts together. Knows no Express.

import type { Server } from 'node:http'
import { MemoryEngine } from './engine/memory'
import { failure } from './errors'
import { CableUpgrade } from './http/cable-upgrade'
import { attachUpgrade } from './http/upgrade'
import { Hub } from './hub/hub'
import type { HubStats } from './hub/stats'
import { type ResolvedOptions, resolveOptions, type TurboCableOptions } from './options'

/** The parts of one cable, behind what Express sees of it. */
export class CableCore {
  readonly options: ResolvedOptions
  readonly hub: Hub
  readonly #upgrade: CableUpgrade
  readonly #attached = new Map<Server, () => void>()

  /** `mountPaths` tells where the cable is mounted now, '' for the root. */
  constructor(options: TurboCableOptions, mountPaths: () => readonly string[]) {
    this.options = resolveOptions(options)
    this.hub = new Hub(new MemoryEngine(this.options.history), this.options)
    const paths = () => mountPaths().map((mountPath) => `${mountPath}${this.options.path}`)
    this.#upgrade = new CableUpgrade(paths, this.options, this.hub)
  }

  /** Takes the upgrades of a server; attaching twice is attaching once. Returns the undo. */
  attach(server: Server): () => void {
    if (this.hub.closed) throw failure('TURBO_CABLE_CLOSED', ['attach to a server'])
    const known = this.#attached.get(server)
    if (known) return known
    const undo = attachUpgrade(server, this.#upgrade)
    const detach = () => {
      this.#attached.delete(server)
      undo()
    }
    this.#attached.set(server, detach)
    return detach
  }

  attachedTo(server: Server): boolean {
    return this.#attached.has(server)
  }

  stats(): HubStats {
    return this.hub.stats()
  }

  /** Lets go of the servers, then closes the hub within `timeout` ms. */
  async close(timeout: number): Promise<void> {
    for (const detach of [...this.#attached.values()]) detach()
    await this.hub.close(timeout)
  }
}
