// One connection to NATS. It never connects again by itself and never sends anything a second time: what meant one server must
// not reach another.

import { failure } from '../../errors'
import { check, kindOf, notShown, type Rule } from '../../options/check'
import { needed } from '../../options/installed'
import type { Connection, NatsClient, NatsModules } from './client'
import { withSockets } from './sockets'

/** A connection that is open until it closes, and what speaks over it. */
export interface OpenedNats {
  readonly connection: Connection
  readonly modules: NatsModules
  /** Ends it, whether the server listens or not. */
  destroy(): void
}

/** Opens a connection. */
export type OpenNats = () => Promise<OpenedNats>

/** How long NATS may say nothing while something is asked of it, ms. */
export const patience = 5_000

/** How often it is asked within that time whether it is still there. */
const pings = 5

/** Connections like one that the app has. */
export function openLike(client: NatsClient): OpenNats {
  // What it was made with: its servers, and who it is.
  return opening((client as unknown as { options: object }).options)
}

/** Connections to a URL, or to one of several with commas between. */
export function openUrl(text: string): OpenNats {
  const urls = text.split(',').map((each) => new URL(each.trim()))
  const [{ username, password } = { username: '', password: '' }] = urls
  const user = decodeURIComponent(username)
  return opening({
    servers: urls.map(({ host }) => host),
    ...(password ? { user, pass: decodeURIComponent(password) } : user && { token: user }),
    ...(urls.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
  })
}

// A package that is missing is said at once, as nobody waits for it as for a NATS that is away.
function opening(options: object): OpenNats {
  const modules = natsModules()
  return async () => {
    const connect = () =>
      modules.connect({
        ...options,
        reconnect: false,
        waitOnFirstConnect: false,
        timeout: patience,
        // A server that says nothing for that long is as good as none.
        pingInterval: patience / pings,
        maxPingOut: pings - 1,
        noAsyncTraces: true,
      })
    const [connection, destroy] = await withSockets(connect)
    return { connection, modules, destroy }
  }
}

function natsModules(): NatsModules {
  return {
    ...needed<Pick<NatsModules, 'connect'>>('@nats-io/transport-node', 'An engine of NATS'),
    ...needed<Pick<NatsModules, 'jetstream' | 'jetstreamManager'>>('@nats-io/jetstream', 'An engine of NATS'),
  }
}

/** What a URL of NATS must be. It may hold a password, so it is not shown. */
export const natsUrl: Rule = {
  words: 'a URL that begins with nats:// or tls://, or several with commas between',
  holds: (value) =>
    typeof value === 'string' &&
    value.split(',').every((each) => /^(nats|tls):\/\/./.test(each.trim()) && URL.canParse(each.trim())),
  shown: notShown,
}

/** What a handed-in connection must be. */
const natsClient: Rule = {
  words: 'a connection of @nats-io/transport-node',
  holds: (value) => {
    const { publish, closed, options } = Object(value) as Record<string, unknown>
    return typeof publish === 'function' && typeof closed === 'function' && typeof options === 'object'
  },
  shown: kindOf,
}

/** The connection itself, once it is one. */
export function checkClient(client: NatsClient): NatsClient {
  return check('connection', client, natsClient)
}

/** The error of what NATS did not take. */
export function unreachable(reason: Error | undefined): Error {
  if (reason && 'code' in reason && reason.code === 'TURBO_CABLE_UNREACHABLE') return reason
  return failure('TURBO_CABLE_UNREACHABLE', ['NATS', reason ? wordsOf(reason) : 'it cannot be reached'], reason)
}

/** What an error says. The client takes nobody who answers for a server that has no JetStream. */
export function wordsOf({ message }: Error): string {
  if (!/jetstream is not enabled/i.test(message)) return message
  return 'JetStream does not answer: it is not enabled (-js), or its cluster has no leader now'
}

/** The error of what NATS can never take; the status is what a sender over HTTP is answered. */
export function tooLarge(reason: string): Error {
  return failure('TURBO_CABLE_UNREACHABLE', ['NATS', reason], { status: 413 })
}
