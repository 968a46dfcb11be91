// How a command sends: as the senders of an app do, by what the environment says.

import { engineFromEnv } from '../engine/from-env'
import { enginePublisher } from '../publisher/engine'
import { broadcastUrl, httpPublisher } from '../publisher/http'
import type { Publisher } from '../publisher/publisher'
import { broadcastToken } from '../publisher/token'

/** A publisher, and where it sends, for people. */
export interface Sender {
  readonly publisher: Publisher
  readonly to: string
}

/** By POST to `url` or TURBO_CABLE_BROADCAST_URL; else to the engine of TURBO_CABLE_ENGINE; else by POST to this machine. */
export function senderFrom(env: NodeJS.ProcessEnv, url = env.TURBO_CABLE_BROADCAST_URL): Sender {
  const engine = url ? undefined : engineFromEnv(env)
  if (engine) return { publisher: enginePublisher(engine), to: 'the engine' }
  const to = url || broadcastUrl(env)
  return { publisher: httpPublisher({ url: to, token: broadcastToken(env) }), to: new URL(to).origin }
}

/** Where the cable is by the same rule: `http://localhost:3000/_broadcast` → `ws://localhost:3000/cable`. */
export function cableUrlFrom(env: NodeJS.ProcessEnv, path: string): URL {
  return socketUrl(new URL(path, broadcastUrl(env)))
}

/** `http://…` → `ws://…`, `https://…` → `wss://…`; a `ws` one is as it is. */
export function socketUrl(url: URL): URL {
  return new URL(url.href.replace(/^http/, 'ws'))
}
