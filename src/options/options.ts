// Every option of turboCable(): its sentence, its unit, its default. How it is checked is in table.ts.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Scheduler } from '../broadcast/scheduler'
import type { Engine } from '../engine/engine'
import type { RenderFunction } from '../render/renderer'
import type { Secret } from '../stream/signer'
import type { ChannelMap } from './channels'
import { check, checkNames, object } from './check'
import type { Identity, UpgradeRequest } from './identity'
import { optionTable } from './table'

/** Which plain names anybody may subscribe to: all or none, a list, those that match, or those it answers `true` for at once. */
export type PublicStreams = boolean | readonly string[] | RegExp | ((stream: string) => boolean)

/**
 * An Express middleware, run on the upgrade request. The response takes headers and is never sent.
 * Made of a method, whose parameters may be narrower than these: Express' own `RequestHandler` asks for its Request and Response.
 */
export type UpgradeMiddleware = {
  run(request: UpgradeRequest, response: ServerResponse, next: (error?: unknown) => void): unknown
}['run']

/** Finds who is connecting: `(request) => findUser(request.session.userId)`. `null`, a throw and a rejection refuse with 401. */
export type Authenticate = (
  request: UpgradeRequest,
  more: {
    /** Aborted when the client has gone, or when the answer is too late. */
    signal: AbortSignal
  },
) => Identity | Promise<Identity>
/** `({ identity, stream }) => stream === `user:${identity.id}``: exactly `true` lets the subscription be, all else rejects it. */
export type Authorize = (question: {
  identity: Identity
  stream: string
  request: UpgradeRequest
  /** Aborted when the client has gone, or when the answer is too late. */
  signal: AbortSignal
}) => boolean | Promise<boolean>
/** `['https://a.example', '*.b.example']`, or a function that answers `true` for an origin that may connect. */
export type AllowedOrigins = readonly string[] | ((origin: string, request: IncomingMessage) => boolean)

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
        /** Connections at once; more are refused with 503. Minimum 1. @default 10000 */
        connections?: number | undefined
        /** Connections at once from one address, that of the socket: a proxy's is one. Minimum 1. @default no limit */
        connectionsPerAddress?: number | undefined
        /** Streams that one connection may subscribe to; more are `rejected`. Minimum 1. @default 100 */
        streamsPerConnection?: number | undefined
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
  readonly allowedOrigins: AllowedOrigins
  readonly trustProxy: boolean
  readonly refreshSpread: number
  readonly scheduler: Scheduler | undefined
  readonly render: RenderFunction | undefined
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
    secret: env.TURBO_CABLE_SECRET || undefined,
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
  check('broadcastPath', broadcastPath, { words: 'another path than `path`', holds: () => broadcastPath !== path })
  return Object.freeze(complete)
}

const listed = new Set(['broadcastToken', 'secret'])
const groups = new Set(['history', 'heartbeat', 'limits'])

// { history: { size: 5 } } → 'history.size' → 5; undefined means "not given".
function flatten(options: object): Map<string, unknown> {
  const flat = new Map<string, unknown>()
  for (const [name, value] of Object.entries(check('options', options, object))) {
    if (value === undefined) continue
    if (!groups.has(name)) flat.set(name, value)
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
