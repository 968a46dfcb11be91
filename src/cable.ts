// The composition root: the only file that wires concrete parts together. Knows no Express.

import type { Server } from 'node:http'
import { MemoryEngine } from './engine/memory'
import { failure } from './errors'
import { BroadcastEndpoint } from './http/broadcast-endpoint'
import { CableUpgrade } from './http/cable-upgrade'
import { attachUpgrade } from './http/upgrade'
import { Hub } from './hub/hub'
import type { HubStats } from './hub/stats'
import { warn } from './log'
import { type Identity, type ResolvedOptions, resolveOptions, type TurboCableOptions } from './options/options'
import { Signer } from './stream/signer'

/** The parts of one cable, behind what Express sees of it. */
export class CableCore {
  readonly options: ResolvedOptions
  readonly hub: Hub
  readonly endpoint: BroadcastEndpoint
  /** Signs the names in pages, where there is a secret. */
  readonly signer: Signer | undefined
  readonly #upgrade: CableUpgrade
  readonly #attached = new Map<Server, () => void>()

  /** `mountPaths` tells where the cable is mounted now, '' for the root. */
  constructor(options: TurboCableOptions, mountPaths: () => readonly string[]) {
    this.options = resolveOptions(options)
    this.hub = new Hub(new MemoryEngine(this.options.history), this.options)
    const paths = () => mountPaths().map((mountPath) => `${mountPath}${this.options.path}`)
    const { secret, broadcastToken: tokens, limits } = this.options
    this.endpoint = new BroadcastEndpoint(this.hub, { tokens, bodyBytes: limits.bodyBytes })
    this.signer = secret.length > 0 ? new Signer(secret) : undefined
    warnIfOpen(this.options)
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

  /** Closes every connection whose identity matches, also one that is just being opened. */
  disconnect(match: (identity: Identity) => boolean): void {
    this.#upgrade.disconnect(match)
    this.hub.disconnect(match)
  }

  stats(): HubStats {
    return this.hub.stats()
  }

  /** Lets go of the servers, then closes the hub within `timeout` ms. */
  async close(timeout: number): Promise<void> {
    for (const detach of [...this.#attached.values()]) detach()
    this.#upgrade.close()
    await this.hub.close(timeout)
  }
}

// Plain names in pages are an invitation once there are users with secrets; whoever means it says so.
function warnIfOpen({ secret, publicStreams, authorize }: ResolvedOptions): void {
  if (process.env.NODE_ENV !== 'production' || secret.length > 0 || publicStreams !== undefined || authorize) return
  warn(
    'anyone who can connect may subscribe to any stream: set TURBO_CABLE_SECRET, or say `publicStreams: true` if that is meant',
  )
}
