// The table of options: each one's default, the rule that its value must keep, and what the command line says of it. README's table
// and that of docs/server.md are tested against it.

import { isFunction, isObject, isText, kindOf, optional, type Rule, scheduler } from './check'
import { defaultBroadcastPath, defaultPath } from './limits'

/** A rule for what can be written as text, on a command line or in the environment. */
export interface WrittenRule extends Rule {
  /** The value that a text stands for. What it makes of nonsense breaks the rule. */
  readonly read: (text: string) => unknown
  /** What stands for the value in a help text: `--port <number>`. None for what is true or false. */
  readonly placeholder?: string
  /** Where the flag may be given several times, each time with one more value. */
  readonly repeats?: true
}

/** One option. */
export interface Option {
  readonly default: unknown
  readonly rule: Rule | WrittenRule
  /** Half a line for `--help`; none for what is no text: functions and objects of the app. */
  readonly says?: string
}

export const integer = (minimum: number): WrittenRule => ({
  words: `an integer ≥ ${minimum}`,
  holds: (value) => Number.isSafeInteger(value) && (value as number) >= minimum,
  read: (text) => (/^\d+$/.test(text) ? Number(text) : text),
  placeholder: 'number',
})
export const path: WrittenRule = {
  ...written('path'),
  words: 'a path such as "/cable", without query or trailing slash',
  holds: (value) => typeof value === 'string' && /^\/[^\s?#]*[^\s?#/]$/.test(value),
}
const tokens: WrittenRule = {
  ...written('text'),
  repeats: true,
  words: 'a non-empty string or an array of these',
  holds: (value) => [value].flat().every(isText),
  shown: kindOf,
}
const renderer: Rule = { words: 'a function (partial, locals) that returns HTML', holds: isFunction }
export const engine: WrittenRule = {
  ...written('url'),
  words: 'an engine, such as `redisEngine({ url })` of turbo-cable/redis makes of a URL',
  holds: (value) =>
    ['start', 'cursor', 'publish', 'since', 'signal', 'stop'].every((name) =>
      isFunction((value as Record<string, unknown> | null)?.[name]),
    ),
  // Its settings have a password.
  shown: kindOf,
}
export const file: WrittenRule = { ...written('file'), words: 'the path of a file', holds: isText }
const secrets: WrittenRule = {
  ...written('text'),
  repeats: true,
  words: 'a non-empty string or bytes, or an array of these',
  holds: (value) => (isSecret(value) ? true : Array.isArray(value) && value.every(isSecret)),
  shown: kindOf,
}
const publicStreams: WrittenRule = {
  read: readStreams,
  placeholder: 'streams',
  words: 'true, false, an array of names, a RegExp or a function',
  holds: (value) => typeof value === 'boolean' || isTexts(value) || value instanceof RegExp || isFunction(value),
}
const functions: Rule = {
  words: 'an array of Express middleware functions',
  holds: (value) => Array.isArray(value) && value.every(isFunction),
}
const channels: Rule = {
  words: 'an object of functions, or of { subscribe, actions } with functions',
  holds: (value) => isObject(value) && Object.values(value).every(isChannel),
}
const callback: Rule = { words: 'a function', holds: isFunction }
const origins: WrittenRule = {
  read: readList,
  placeholder: 'list',
  repeats: true,
  words: 'an array such as ["https://a.example", "*.b.example"], or a function',
  holds: (value) => isTexts(value) || isFunction(value),
}
const inspector: WrittenRule = {
  read: readInspector,
  placeholder: 'token',
  words: 'true, false or { token }, with a token of 16 characters or more',
  holds: (value) => typeof value === 'boolean' || hasToken(value),
  shown: kindOf,
}
const flag: WrittenRule = {
  words: 'true or false',
  holds: (value) => typeof value === 'boolean',
  read: (text) => ({ true: true, false: false })[text] ?? text,
}

/** Every option by its dotted name. */
export const optionTable: Readonly<Record<string, Option>> = Object.freeze({
  path: { default: defaultPath, rule: path, says: 'path of the WebSocket endpoint' },
  broadcastPath: { default: defaultBroadcastPath, rule: path, says: 'path that takes broadcasts by POST' },
  broadcastToken: { default: [], rule: tokens, says: 'bearer that lets a broadcast in; several for rotation' },
  localBroadcasts: { default: undefined, rule: optional(flag), says: 'a process on this machine needs no bearer' },
  secret: { default: [], rule: secrets, says: 'signs and verifies stream names; several for rotation' },
  publicStreams: {
    default: undefined,
    rule: optional(publicStreams),
    says: 'plain names that anybody may subscribe to',
  },
  middleware: { default: [], rule: functions },
  authenticate: { default: undefined, rule: optional(callback) },
  authorize: { default: undefined, rule: optional(callback) },
  channels: { default: undefined, rule: optional(channels) },
  whispers: { default: false, rule: publicStreams, says: 'streams whose subscribers may whisper' },
  'presence.streams': { default: false, rule: publicStreams, says: 'streams that know who is on them' },
  'presence.grace': { default: 5_000, rule: integer(0), says: 'time in which who comes back has not left, ms' },
  'presence.info': { default: undefined, rule: optional(callback) },
  onPresence: { default: undefined, rule: optional(callback) },
  allowedOrigins: { default: [], rule: origins, says: 'origins of pages that may connect, beside their own' },
  trustProxy: { default: false, rule: flag, says: 'take X-Forwarded-Host for the host' },
  refreshSpread: { default: 2_000, rule: integer(0), says: 'window over which pages with a gap refresh, ms' },
  scheduler: { default: undefined, rule: optional(scheduler) },
  render: { default: undefined, rule: optional(renderer) },
  inspector: { default: undefined, rule: optional(inspector), says: 'true, false, or the token that opens it' },
  engine: { default: undefined, rule: optional(engine), says: 'what processes share: redis://… or nats://…' },
  'history.size': { default: 100, rule: integer(0), says: 'messages kept per stream' },
  'history.ttl': { default: 300_000, rule: integer(0), says: 'how long a message is kept, ms' },
  'history.streamBytes': { default: 1_048_576, rule: integer(0), says: 'bytes kept per stream' },
  'history.totalBytes': { default: 67_108_864, rule: integer(0), says: 'bytes kept over all streams' },
  'history.file': { default: undefined, rule: optional(file), says: 'carries the history over a restart' },
  'heartbeat.interval': { default: 30_000, rule: integer(30), says: 'time between two pings, ms' },
  'heartbeat.timeout': {
    default: 60_000,
    rule: integer(31),
    says: 'silence after which a client is taken for dead, ms',
  },
  'limits.frameBytes': { default: 16_384, rule: integer(1), says: 'largest message of a client, bytes' },
  'limits.bodyBytes': { default: 1_048_576, rule: integer(1), says: 'largest body of a broadcast, bytes' },
  'limits.pendingBytes': { default: 1_048_576, rule: integer(1), says: 'bytes that may wait for one client' },
  'limits.totalPendingBytes': { default: 268_435_456, rule: integer(1), says: 'bytes that may wait for all clients' },
  'limits.connections': { default: 10_000, rule: integer(1), says: 'connections at once' },
  'limits.connectionsPerAddress': {
    default: undefined,
    rule: optional(integer(1)),
    says: 'connections at once from one address',
  },
  'limits.streamsPerConnection': { default: 100, rule: integer(1), says: 'streams of one connection' },
  'limits.identitiesPerStream': {
    default: 1_000,
    rule: integer(1),
    says: 'identities that are known to be on one stream',
  },
  'limits.answerTime': { default: 10_000, rule: integer(1), says: 'how long an answer of the app may take, ms' },
  'limits.unanswered': { default: 1_000, rule: integer(1), says: 'connections that the app is asked about at once' },
  'limits.messagesPerSecond': { default: 50, rule: integer(1), says: 'messages a second that a client may send' },
  'limits.refreshesPerSecond': {
    default: 500,
    rule: integer(1),
    says: 'pages of a stream that may refresh in a second',
  },
})

/** What a text in the environment stands for: `'true'`, `'false'`, or else the token. */
export function readInspector(text: string): unknown {
  return { true: true, false: false }[text] ?? { token: text }
}

function written(placeholder: string): Pick<WrittenRule, 'read' | 'placeholder'> {
  return { read: (text) => text, placeholder }
}

/** `a, b` → `['a', 'b']`. Neither a stream's name nor an origin has a comma. */
export function readList(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

// `true`, `false`, `/^room:/`, or names.
function readStreams(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  const [, pattern] = /^\/(.+)\/$/.exec(text) ?? []
  if (pattern === undefined) return readList(text)
  try {
    return new RegExp(pattern)
  } catch {
    return text
  }
}

function isSecret(value: unknown): boolean {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0
}

function hasToken(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).some((name) => name !== 'token')) return false
  const { token } = value as { token?: unknown }
  return typeof token === 'string' && token.length >= 16
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isChannel(value: unknown): boolean {
  if (isFunction(value)) return true
  if (!isObject(value)) return false
  const { subscribe, actions = {} } = value as { subscribe?: unknown; actions?: unknown }
  return isFunction(subscribe) && isObject(actions) && Object.values(actions as object).every(isFunction)
}
