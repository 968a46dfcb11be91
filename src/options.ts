// Every option of turboCable(): its sentence, its unit, its default, its check. The README's table is tested against this.

import { failure } from './errors'

/** A queue for broadcasts, as the option takes it; see `Scheduler` for what it must do. */
export interface JobScheduler {
  schedule(job: object): void | Promise<void>
}

export type RenderFunction = (partial: string, locals: Record<string, unknown>) => string | Promise<string>

export interface TurboCableOptions {
  /** Path of the WebSocket endpoint, below the mount path. The client's files are served below it. @default '/cable' */
  path?: string
  /** Path that takes broadcasts by `POST`, below the mount path. @default '/_broadcast' */
  broadcastPath?: string
  /** Bearer token(s) that let a broadcast in from elsewhere than this machine; several for rotation. @default TURBO_CABLE_BROADCAST_TOKEN */
  broadcastToken?: string | readonly string[]
  /** Where the `…LaterTo` verbs leave their jobs: your queue, whose worker calls `performBroadcast(job)`. @default a queue in this process */
  scheduler?: JobScheduler
  /** Renders a partial, in place of the app's view engine. @default app.render */
  render?: RenderFunction
  /** What is kept for pages that come back. */
  history?: {
    /** Messages kept per stream. Minimum 0. @default 100 */
    size?: number
    /** How long a message is kept, ms. Minimum 0. @default 300000 */
    ttl?: number
    /** Bytes kept per stream. Minimum 0. @default 1048576 */
    streamBytes?: number
    /** Bytes kept over all streams. Minimum 0. @default 67108864 */
    totalBytes?: number
  }
  /** How dead peers are found. */
  heartbeat?: {
    /** Time between two pings to a connection, ms. Minimum 30. @default 30000 */
    interval?: number
    /** Silence after which a connection is taken for dead, ms. Longer than `heartbeat.interval`. @default 60000 */
    timeout?: number
  }
  /** Bounds on what others may cost this process. */
  limits?: {
    /** Largest frame a client may send, bytes. Minimum 1. @default 131072 */
    frameBytes?: number
    /** Largest body of a `POST` to the broadcast path, bytes. Minimum 1. @default 1048576 */
    bodyBytes?: number
    /** Bytes that may wait for a client that does not read; past it the client is dropped. Minimum 1. @default 1048576 */
    pendingBytes?: number
  }
}

export interface ResolvedOptions {
  readonly path: string
  readonly broadcastPath: string
  readonly broadcastToken: readonly string[]
  readonly scheduler: JobScheduler | undefined
  readonly render: RenderFunction | undefined
  readonly history: Readonly<Required<NonNullable<TurboCableOptions['history']>>>
  readonly heartbeat: Readonly<Required<NonNullable<TurboCableOptions['heartbeat']>>>
  readonly limits: Readonly<Required<NonNullable<TurboCableOptions['limits']>>>
}

interface Rule {
  readonly words: string
  readonly holds: (value: unknown) => boolean
}

const integer = (minimum: number): Rule => ({
  words: `an integer ≥ ${minimum}`,
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= minimum,
})
const path: Rule = {
  words: 'a path such as "/cable", without query or trailing slash',
  holds: (value) => typeof value === 'string' && /^\/[^\s?#]*[^\s?#/]$/.test(value),
}
const tokens: Rule = {
  words: 'a non-empty string or an array of these',
  holds: (value) => [value].flat().every((token) => typeof token === 'string' && token !== ''),
}

const scheduler: Rule = {
  words: 'an object with a function `schedule`',
  holds: (value) => value === undefined || typeof (value as { schedule?: unknown } | null)?.schedule === 'function',
}
const renderer: Rule = {
  words: 'a function (partial, locals) that returns HTML',
  holds: (value) => value === undefined || typeof value === 'function',
}

/** Every option by its dotted name: its default and its rule. */
export const optionTable: Readonly<Record<string, { readonly default: unknown; readonly rule: Rule }>> = Object.freeze({
  path: { default: '/cable', rule: path },
  broadcastPath: { default: '/_broadcast', rule: path },
  broadcastToken: { default: [], rule: tokens },
  scheduler: { default: undefined, rule: scheduler },
  render: { default: undefined, rule: renderer },
  'history.size': { default: 100, rule: integer(0) },
  'history.ttl': { default: 300_000, rule: integer(0) },
  'history.streamBytes': { default: 1_048_576, rule: integer(0) },
  'history.totalBytes': { default: 67_108_864, rule: integer(0) },
  'heartbeat.interval': { default: 30_000, rule: integer(30) },
  'heartbeat.timeout': { default: 60_000, rule: integer(31) },
  'limits.frameBytes': { default: 131_072, rule: integer(1) },
  'limits.bodyBytes': { default: 1_048_576, rule: integer(1) },
  'limits.pendingBytes': { default: 1_048_576, rule: integer(1) },
})

/**
 * Options with every default filled in.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION for an unknown key, a value that breaks its rule, or two that contradict.
 */
export function resolveOptions(options: TurboCableOptions = {}, env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  const given = flatten(options)
  const environment = { broadcastToken: env.TURBO_CABLE_BROADCAST_TOKEN || undefined }
  const resolved: Record<string, Record<string, unknown> | unknown> = {}
  for (const name of given.keys()) {
    if (!(name in optionTable)) {
      throw failure('TURBO_CABLE_BAD_OPTION', [
        name,
        `one of the known options (${Object.keys(optionTable).join(', ')})`,
        given.get(name),
      ])
    }
  }
  for (const [name, { default: fallback, rule }] of Object.entries(optionTable)) {
    const value = given.get(name) ?? environment[name as keyof typeof environment] ?? fallback
    if (!rule.holds(value)) throw failure('TURBO_CABLE_BAD_OPTION', [name, rule.words, value])
    place(resolved, name, name === 'broadcastToken' ? [value].flat() : value)
  }
  // The table above has exactly the keys of ResolvedOptions, and every value passed its rule.
  const complete = resolved as unknown as ResolvedOptions
  const { interval, timeout } = complete.heartbeat
  if (timeout <= interval)
    throw failure('TURBO_CABLE_BAD_OPTION', [
      'heartbeat.timeout',
      `more than heartbeat.interval (${interval})`,
      timeout,
    ])
  if (complete.path === complete.broadcastPath) {
    throw failure('TURBO_CABLE_BAD_OPTION', ['broadcastPath', 'another path than `path`', complete.broadcastPath])
  }
  return Object.freeze(complete)
}

const groups = new Set(['history', 'heartbeat', 'limits'])

// { history: { size: 5 } } → 'history.size' → 5; undefined means "not given".
function flatten(options: object): Map<string, unknown> {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw failure('TURBO_CABLE_BAD_OPTION', ['options', 'an object', options])
  }
  const flat = new Map<string, unknown>()
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!groups.has(name)) flat.set(name, value)
    else if (value === null || typeof value !== 'object' || Array.isArray(value))
      throw failure('TURBO_CABLE_BAD_OPTION', [name, 'an object', value])
    else for (const [key, inner] of Object.entries(value)) if (inner !== undefined) flat.set(`${name}.${key}`, inner)
  }
  return flat
}

function place(target: Record<string, unknown>, name: string, value: unknown): void {
  const [group, key] = name.split('.') as [string, string | undefined]
  if (key === undefined) target[group] = value
  else target[group] = { ...(target[group] as object | undefined), [key]: value }
}
