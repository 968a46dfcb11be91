// The table of options: each one's default and the rule that its value must keep. README's table is tested against it.

import { isFunction, isObject, isText, optional, type Rule, scheduler } from './check'
import { defaultBroadcastPath, defaultPath } from './limits'

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
  holds: (value) => [value].flat().every(isText),
  shown: (value) => typeof value,
}
const renderer: Rule = { words: 'a function (partial, locals) that returns HTML', holds: isFunction }
export const engine: Rule = {
  words: 'an engine: an object with start, cursor, publish, since, signal and stop',
  holds: (value) =>
    ['start', 'cursor', 'publish', 'since', 'signal', 'stop'].every((name) =>
      isFunction((value as Record<string, unknown> | null)?.[name]),
    ),
}
const file: Rule = { words: 'the path of a file', holds: isText }
const secrets: Rule = {
  words: 'a non-empty string or bytes, or an array of these',
  holds: (value) => (isSecret(value) ? true : Array.isArray(value) && value.every(isSecret)),
  shown: (value) => typeof value,
}
const publicStreams: Rule = {
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
const origins: Rule = {
  words: 'an array such as ["https://a.example", "*.b.example"], or a function',
  holds: (value) => isTexts(value) || isFunction(value),
}
const flag: Rule = { words: 'true or false', holds: (value) => typeof value === 'boolean' }

/** Every option by its dotted name: its default and its rule. */
export const optionTable: Readonly<Record<string, { readonly default: unknown; readonly rule: Rule }>> = Object.freeze({
  path: { default: defaultPath, rule: path },
  broadcastPath: { default: defaultBroadcastPath, rule: path },
  broadcastToken: { default: [], rule: tokens },
  localBroadcasts: { default: undefined, rule: optional(flag) },
  secret: { default: [], rule: secrets },
  publicStreams: { default: undefined, rule: optional(publicStreams) },
  middleware: { default: [], rule: functions },
  authenticate: { default: undefined, rule: optional(callback) },
  authorize: { default: undefined, rule: optional(callback) },
  channels: { default: undefined, rule: optional(channels) },
  whispers: { default: false, rule: publicStreams },
  allowedOrigins: { default: [], rule: origins },
  trustProxy: { default: false, rule: flag },
  refreshSpread: { default: 2_000, rule: integer(0) },
  scheduler: { default: undefined, rule: optional(scheduler) },
  render: { default: undefined, rule: optional(renderer) },
  engine: { default: undefined, rule: optional(engine) },
  'history.size': { default: 100, rule: integer(0) },
  'history.ttl': { default: 300_000, rule: integer(0) },
  'history.streamBytes': { default: 1_048_576, rule: integer(0) },
  'history.totalBytes': { default: 67_108_864, rule: integer(0) },
  'history.file': { default: undefined, rule: optional(file) },
  'heartbeat.interval': { default: 30_000, rule: integer(30) },
  'heartbeat.timeout': { default: 60_000, rule: integer(31) },
  'limits.frameBytes': { default: 16_384, rule: integer(1) },
  'limits.bodyBytes': { default: 1_048_576, rule: integer(1) },
  'limits.pendingBytes': { default: 1_048_576, rule: integer(1) },
  'limits.totalPendingBytes': { default: 268_435_456, rule: integer(1) },
  'limits.connections': { default: 10_000, rule: integer(1) },
  'limits.connectionsPerAddress': { default: undefined, rule: optional(integer(1)) },
  'limits.streamsPerConnection': { default: 100, rule: integer(1) },
  'limits.answerTime': { default: 10_000, rule: integer(1) },
  'limits.unanswered': { default: 1_000, rule: integer(1) },
  'limits.messagesPerSecond': { default: 50, rule: integer(1) },
  'limits.refreshesPerSecond': { default: 500, rule: integer(1) },
})

function isSecret(value: unknown): boolean {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0
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
