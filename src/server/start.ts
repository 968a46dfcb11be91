// The cable without an app: a cable on an HTTP server of its own.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCable } from '../cable'
import type { CableCore } from '../core'
import { BroadcastEndpoint } from '../http/broadcast-endpoint'
import { BroadcastRight } from '../http/broadcast-right'
import { type Probe, probes } from '../operating/probes'
import { resolveOptions } from '../options/options'
import { anycableFormat, anycableKey } from './anycable'
import { cableOptions, type Values } from './cable-options'
import { loadJose } from './jose'
import { answer, pathRoutes, routes } from './routes'
import { hasKey } from './safety'

/** A server that listens. */
export interface Started {
  readonly cable: CableCore
  /** `http://127.0.0.1:28080` */
  readonly url: string
  /** Where it is watched, if that is apart. */
  readonly metricsUrl: string | undefined
  /** Ends it as a deploy does. */
  stop(): Promise<void>
}

interface Listening {
  readonly host: string
  readonly port: number
  readonly metricsPort: number | undefined
  readonly anycablePath: string
  readonly shutdownTimeout: number
}

/**
 * Starts a server, and resolves when it listens.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION, and what `listen` rejects with
 */
export async function startServer(values: Values): Promise<Started> {
  // Each has passed its rule in `settle`.
  const { host, port, metricsPort, anycablePath, shutdownTimeout: timeout } = values as unknown as Listening
  const given = cableOptions(values)
  // Better not started than up, ready, and refusing everybody.
  if (hasKey(values)) await loadJose()
  const options = resolveOptions(given)
  const { path, broadcastPath, limits } = options
  const cable = createCable(given, { knowsServer: true })
  const anycable = new BroadcastEndpoint(cable.publisher, {
    right: new BroadcastRight(options, process.env, anycableKey),
    bodyBytes: limits.bodyBytes,
    format: anycableFormat(cable),
    cable: cable.id,
  })
  let stopping = false
  const watched = probes(cable)
  const ready: Probe = (request, response) =>
    stopping ? answer(response, 503, 'Closing') : watched['/ready'](request, response)
  const apart = { ...watched, '/ready': ready }
  const right = new BroadcastRight(options)
  const metrics: Probe = (request, response) => {
    const refusal = right.refusal(request)
    if (refusal === undefined) watched['/metrics'](request, response)
    else answer(response, 403, 'Forbidden: for who may broadcast, or on a port of its own (--metrics-port)')
  }
  const more =
    metricsPort === undefined ? { ...apart, '/metrics': metrics } : { '/health': watched['/health'], '/ready': ready }
  const server = createServer(routes({ cable, anycable, path, broadcastPath, anycablePath, more }))
  const watcher = createServer(pathRoutes(apart))
  cable.attach(server)
  try {
    if (metricsPort !== undefined) await listen(watcher, metricsPort, host)
    await listen(server, port, host)
  } catch (error) {
    watcher.close()
    await cable.close({ timeout: 0 })
    throw error
  }
  return {
    cable,
    url: urlOf(server),
    metricsUrl: watcher.listening ? urlOf(watcher) : undefined,
    async stop() {
      stopping = true
      await cable.shutdown(server, { timeout })
      watcher.close()
      watcher.closeAllConnections()
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function urlOf(server: Server): string {
  const { port, address, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
