// Every option of turboCable(): its sentence, its unit, its default. How it is checked is in table.ts.

import type { IncomingMessage } from 'node:http'
import type { Scheduler } from '../broadcast/scheduler'
import type { Engine } from '../engine/engine'
import type { RenderFunction } from '../render/renderer'
import type { Secret } from '../stream/signer'
import type { ChannelMap } from './channels'
import { check, checkNames, isObject, object } from './check'
import type { Authenticate, Authorize, Identity, UpgradeMiddleware } from './identity'
import { connectionsFor, openFilesLimit } from './open-files'
import type { OnPresence, PresenceInfo, PresenceStreams } from './presence'
import { optionTable, readInspector } from './table'

/**
 * Which plain names may be subscribed to: all or none, a list, those that match, or those it answers `true` for at once. It is told
 * who asks, as `authenticate` found.
 */
export type PublicStreams = boolean | readonly string[] | RegExp | ((stream: string, identity: Identity) => boolean)

/** `['https://a.example', '*.b.example']`, or a function that answers `true` for an origin that may connect. */
export type AllowedOrigins = readonly string[] | ((origin: string, request: IncomingMessage) => boolean)

/** Who may look at the inspector: a browser on this machine (`true`), nobody (`false`), or whoever has the token, of 16 characters or more. */
export type InspectorOption = boolean | { readonly token: string }

/**
 * The options of `turboCable()`: each has a default, and an unknown one or a bad value throws `TURBO_CABLE_BAD_OPTION`.
 *
 * ```ts
 * turboCable({ secret: process.env.SECRET, heartbeat: { interval: 15_000 } })
 * ```
 */
export interface TurboCableOptions {
  /** Path of the WebSocket endpoint, below the mount path. The client's files are served below it. @default '/cable' */
  path?: string | undefined
  /** Path that takes broadcasts by `POST`, below the mount path. @default '/_broadcast' */
  broadcastPath?: string | undefined
  /** Bearer token(s) that let a broadcast in from elsewhere than this machine; several for rotation. @default TURBO_CABLE_BROADCAST_TOKEN */
  broadcastToken?: string | readonly string[] | undefined
  /** Whether a process on this machine may broadcast without a token, which in production nobody can tell from the public behind some proxies. @default true, but false with a token, a secret or NODE_ENV=production */
  localBroadcasts?: boolean | undefined
  /** Secret(s) that stream names in pages are signed with: the first signs, all verify. Plain names are then refused. @default TURBO_CABLE_SECRET */
  secret?: Secret | readonly Secret[] | undefined
  /** Which plain, unsigned names may be subscribed to: all, a list, those that match, or those it is true for. @default all without a secret, none with one */
  publicStreams?: PublicStreams | undefined
  /** Express middleware to run on the upgrade request, such as `session(…)`. @default none */
  middleware?: readonly UpgradeMiddleware[] | undefined
  /** Who is connecting; `null` refuses the connection with 401. May be async. */
  authenticate?: Authenticate | undefined
  /** Whether that identity may subscribe to that stream. May be async. */
  authorize?: Authorize | undefined
  /** The app's own channels, which clients of Action Cable subscribe to by name: `{ RoomChannel: ({ params }) => `room:${params.id}` }`. @default none */
  channels?: ChannelMap | undefined
  /** Streams whose subscribers may send each other what is not kept (typing…): all, a list, those that match, or those it is true for. @default false */
  whispers?: PublicStreams | undefined
  /** Streams of which the cable knows who is there: all, a list, those that match, or those it is true for; or an object with these as `streams`. @default false */
  presence?:
    | PresenceStreams
    | {
        /** The streams: all, a list, those that match, or those it is true for. @default false */
        streams?: PresenceStreams | undefined
        /** How long somebody whose last page has gone is still there, so that a reload is no leaving, ms. Minimum 0. @default 5000 */
        grace?: number | undefined
        /** What others see of an identity beside its id: `(user, stream) => ({ name: user.name })`. @default nothing */
        info?: PresenceInfo | undefined
      }
    | undefined
  /** Called once for each identity that comes to a stream of `presence` or leaves it: `({ stream, identity, joined, present }) => …`. */
  onPresence?: OnPresence | undefined
  /** Origins of web pages that may connect beside the page's own: `'https://a.example'`, `'a.example'`, `'*.example'`, or a function. @default none */
  allowedOrigins?: AllowedOrigins | undefined
  /** Take `X-Forwarded-Host` for the host: only behind a proxy that sets it. @default false */
  trustProxy?: boolean | undefined
  /** Window over which pages with a gap refresh themselves, ms. Minimum 0. @default 2000 */
  refreshSpread?: number | undefined
  /** Where the `…LaterTo` verbs leave their jobs: your queue, whose worker calls `performBroadcast(job)`. @default a queue in this process */
  scheduler?: Scheduler | undefined
  /** Renders a partial, in place of the app's view engine. @default app.render */
  render?: RenderFunction | undefined
  /** The page at `<path>/inspector`: `true` for a browser on this machine, `{ token }` for whoever has that. In production with a token only; also `TURBO_CABLE_INSPECTOR`. @default as `localBroadcasts`, but never in production */
  inspector?: InspectorOption | undefined
  /** Gives broadcasts their positions and keeps the history. An engine may serve several cables. @default that of TURBO_CABLE_ENGINE, else one in the memory of this process */
  engine?: Engine | undefined
  /** What is kept for pages that come back. */
  history?:
    | {
        /** Messages kept per stream. Minimum 0. @default 100 */
        size?: number | undefined
        /** How long a message is kept, ms. Minimum 0. @default 300000 */
        ttl?: number | undefined
        /** Bytes kept per stream. Minimum 0. @default 1048576 */
        streamBytes?: number | undefined
        /** Bytes kept over all streams. Minimum 0. @default 67108864 */
        totalBytes?: number | undefined
        /** File that carries the history over a restart: written at `close()`, taken at the start. @default none */
        file?: string | undefined
      }
    | undefined
  /** How dead peers are found. */
  heartbeat?:
    | {
        /** Time between two pings to a connection, ms. Minimum 30. @default 30000 */
        interval?: number | undefined
        /** Silence after which a connection is taken for dead, ms. Longer than `heartbeat.interval`. @default 60000 */
        timeout?: number | undefined
      }
    | undefined
  /** Bounds on what others may cost this process. */
  limits?:
    | {
        /** Largest message a client may send, bytes. Minimum 1. @default 16384 */
        frameBytes?: number | undefined
        /** Largest body of a `POST` to the broadcast path, bytes. Minimum 1. @default 1048576 */
        bodyBytes?: number | undefined
        /** Bytes that may wait for a client that does not read; past it the client is dropped. Minimum 1. @default 1048576 */
        pendingBytes?: number | undefined
        /** Bytes that may wait for all clients together; past it those with the most are dropped. Minimum 1. @default 268435456 */
        totalPendingBytes?: number | undefined
        /** Connections at once; more are refused with 503. Minimum 1. @default 10000, and fewer where the process may open fewer files (`ulimit -n`) */
        connections?: number | undefined
        /** Connections at once from one address, that of the socket: a proxy's is one. Minimum 1. @default no limit */
        connectionsPerAddress?: number | undefined
        /** Streams that one connection may subscribe to; more are `rejected`. Minimum 1. @default 100 */
        streamsPerConnection?: number | undefined
        /** Identities that are known to be on one stream of `presence`; who comes when it is full is not listed. Minimum 1. @default 1000 */
        identitiesPerStream?: number | undefined
        /** How long `authenticate`, `authorize` and `middleware` may take, ms; later is a refusal. Minimum 1. @default 10000 */
        answerTime?: number | undefined
        /** Connections that `authenticate` and `middleware` may be at work for at once; more are refused with 503. Minimum 1. @default 1000 */
        unanswered?: number | undefined
        /** Messages a second that a client may send over time; it may save up ten seconds' worth. Minimum 1. @default 50 */
        messagesPerSecond?: number | undefined
        /** Pages of a stream that may refresh themselves in a second; more are told to spread. Each process counts its own. Minimum 1. @default 500 */
        refreshesPerSecond?: number | undefined
      }
    | undefined
}

/** The options with every default filled in; what the rest of the package works with. */
export interface ResolvedOptions {
  readonly path: string
  readonly broadcastPath: string
  readonly broadcastToken: readonly string[]
  readonly localBroadcasts: boolean | undefined
  readonly secret: readonly Secret[]
  readonly publicStreams: PublicStreams | undefined
  readonly middleware: readonly UpgradeMiddleware[]
  readonly authenticate: Authenticate | undefined
  readonly authorize: Authorize | undefined
  readonly channels: ChannelMap | undefined
  readonly whispers: PublicStreams
  readonly presence: {
    readonly streams: PresenceStreams
    readonly grace: number
    readonly info: PresenceInfo | undefined
  }
  readonly onPresence: OnPresence | undefined
  readonly allowedOrigins: AllowedOrigins
  readonly trustProxy: boolean
  readonly refreshSpread: number
  readonly scheduler: Scheduler | undefined
  readonly render: RenderFunction | undefined
  readonly inspector: InspectorOption | undefined
  readonly engine: Engine | undefined
  readonly history: Filled<Omit<NonNullable<TurboCableOptions['history']>, 'file'>> & {
    readonly file: string | undefined
  }
  readonly heartbeat: Filled<NonNullable<TurboCableOptions['heartbeat']>>
  readonly limits: Filled<Omit<NonNullable<TurboCableOptions['limits']>, 'connectionsPerAddress'>> & {
    readonly connectionsPerAddress: number | undefined
  }
}

type Filled<Group> = { readonly [Name in keyof Group]-?: NonNullable<Group[Name]> }

/**
 * Options with every default filled in.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION for an unknown key, a value that breaks its rule, or two that contradict.
 */
export function resolveOptions(options: TurboCableOptions = {}, env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  const given = flatten(options)
  const environment = {
    broadcastToken: env.TURBO_CABLE_BROADCAST_TOKEN || undefined,
    inspector: env.TURBO_CABLE_INSPECTOR ? readInspector(env.TURBO_CABLE_INSPECTOR) : undefined,
    secret: env.TURBO_CABLE_SECRET || undefined,
    'limits.connections': fittingConnections(),
  }
  checkNames(Object.fromEntries(given), Object.keys(optionTable))
  const resolved: Record<string, Record<string, unknown> | unknown> = {}
  for (const [name, { default: fallback, rule }] of Object.entries(optionTable)) {
    const value = check(name, given.get(name) ?? environment[name as keyof typeof environment] ?? fallback, rule)
    place(resolved, name, listed.has(name) ? [value].flat() : value)
  }
  // The table above has exactly the keys of ResolvedOptions, and every value passed its rule.
  const complete = resolved as unknown as ResolvedOptions
  const { path, broadcastPath, heartbeat } = complete
  check('heartbeat.timeout', heartbeat.timeout, {
    words: `more than heartbeat.interval (${heartbeat.interval})`,
    holds: () => heartbeat.timeout > heartbeat.interval,
  })
  const needed = ['presence.info', 'presence.grace', 'onPresence'].find((name) => given.has(name))
  check('presence.streams', given.get('presence.streams'), {
    words: `the streams that \`${needed}\` is about`,
    holds: (streams) => streams !== undefined || needed === undefined,
  })
  check('broadcastPath', broadcastPath, { words: 'another path than `path`', holds: () => broadcastPath !== path })
  return Object.freeze(complete)
}

/** How many connections fit the files that this process may open; undefined where the default does, as in most. */
export function fittingConnections(files = openFilesLimit()): number | undefined {
  const fitting = files === undefined ? undefined : connectionsFor(files)
  return fitting !== undefined && fitting < (optionTable['limits.connections']?.default as number) ? fitting : undefined
}

const listed = new Set(['broadcastToken', 'secret'])
const groups = new Set(['history', 'heartbeat', 'limits', 'presence'])

// { history: { size: 5 } } → 'history.size' → 5; undefined means "not given".
function flatten(options: object): Map<string, unknown> {
  const flat = new Map<string, unknown>()
  for (const [name, value] of Object.entries(check('options', options, object))) {
    if (value === undefined) continue
    if (!groups.has(name)) flat.set(name, value)
    else if (name === 'presence' && !(isObject(value) && !(value instanceof RegExp)))
      flat.set('presence.streams', value)
    else
      for (const [key, inner] of Object.entries(check(name, value, object)))
        if (inner !== undefined) flat.set(`${name}.${key}`, inner)
  }
  return flat
}

function place(target: Record<string, unknown>, name: string, value: unknown): void {
  const [group, key] = name.split('.') as [string, string | undefined]
  if (key === undefined) target[group] = value
  else target[group] = { ...(target[group] as object | undefined), [key]: value }
}
