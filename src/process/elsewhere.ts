// Where the broadcasts of a process go that has no cable: to a hub by POST, or straight to the engine that the environment names.

import { engineFromEnv } from '../engine/from-env'
import { Amends } from '../publisher/amends'
import { enginePublisher } from '../publisher/engine'
import { broadcastUrl, type HttpPublisherOptions, httpPublisher } from '../publisher/http'
import type { Publisher } from '../publisher/publisher'
import { broadcastToken } from '../publisher/token'

type RemoteOptions = Partial<Pick<HttpPublisherOptions, 'token' | 'retryFor'>> & {
  readonly url?: string | URL | undefined
}

/** The publisher for a hub elsewhere. The environment is read at each call; the publisher is kept while it says the same. */
export function remotePublisher({ url, token, retryFor }: RemoteOptions = {}): Publisher {
  const to = { url: String(url ?? broadcastUrl()), token: token ?? broadcastToken(), retryFor }
  return kept(JSON.stringify(to), () => httpPublisher(to))
}

/**
 * The publisher that the environment names: the hub of `TURBO_CABLE_BROADCAST_URL`, else the engine of `TURBO_CABLE_ENGINE`, else
 * a hub on this machine. It is kept while the environment says the same.
 */
export function publisherFromEnv(env: NodeJS.ProcessEnv = process.env): Publisher {
  const { TURBO_CABLE_BROADCAST_URL: url, TURBO_CABLE_ENGINE: engine } = env
  if (url || !engine) return remotePublisher()
  return kept(engine, () => enginePublisher(engineFromEnv(env) as NonNullable<ReturnType<typeof engineFromEnv>>))
}

function kept(key: string, make: () => Publisher): Publisher {
  if (last?.key !== key) last = { key, publisher: new Amends(make()) }
  return last.publisher
}

let last: { key: string; publisher: Publisher } | undefined
