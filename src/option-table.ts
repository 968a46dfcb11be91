// The table of options: each one's default and the rule that its value must keep. README's table is tested against it.

export interface Rule {
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
const engine: Rule = {
  words: 'an engine: an object with start, cursor, publish, since, signal and stop',
  holds: (value) =>
    value === undefined ||
    ['start', 'cursor', 'publish', 'since', 'signal', 'stop'].every(
      (name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function',
    ),
}

const file: Rule = {
  words: 'the path of a file',
  holds: (value) => value === undefined || (typeof value === 'string' && value !== ''),
}
const secrets: Rule = {
  words: 'a non-empty string or bytes, or an array of these',
  holds: (value) => (isSecret(value) ? true : Array.isArray(value) && value.every(isSecret)),
}
const publicStreams: Rule = {
  words: 'true, false, an array of names, a RegExp or a function',
  holds: (value) =>
    value === undefined ||
    typeof value === 'boolean' ||
    isStrings(value) ||
    value instanceof RegExp ||
    typeof value === 'function',
}
const functions: Rule = {
  words: 'an array of Express middleware functions',
  holds: (value) => Array.isArray(value) && value.every((each) => typeof each === 'function'),
}
const callback: Rule = {
  words: 'a function',
  holds: (value) => value === undefined || typeof value === 'function',
}
const origins: Rule = {
  words: 'an array such as ["https://a.example", "*.b.example"], or a function',
  holds: (value) => isStrings(value) || typeof value === 'function',
}
const flag: Rule = { words: 'true or false', holds: (value) => typeof value === 'boolean' }

/** Every option by its dotted name: its default and its rule. */
export const optionTable: Readonly<Record<string, { readonly default: unknown; readonly rule: Rule }>> = Object.freeze({
  path: { default: '/cable', rule: path },
  broadcastPath: { default: '/_broadcast', rule: path },
  broadcastToken: { default: [], rule: tokens },
  secret: { default: [], rule: secrets },
  publicStreams: { default: undefined, rule: publicStreams },
  middleware: { default: [], rule: functions },
  authenticate: { default: undefined, rule: callback },
  authorize: { default: undefined, rule: callback },
  allowedOrigins: { default: [], rule: origins },
  trustProxy: { default: false, rule: flag },
  refreshSpread: { default: 2_000, rule: integer(0) },
  scheduler: { default: undefined, rule: scheduler },
  render: { default: undefined, rule: renderer },
  engine: { default: undefined, rule: engine },
  'history.size': { default: 100, rule: integer(0) },
  'history.ttl': { default: 300_000, rule: integer(0) },
  'history.streamBytes': { default: 1_048_576, rule: integer(0) },
  'history.totalBytes': { default: 67_108_864, rule: integer(0) },
  'history.file': { default: undefined, rule: file },
  'heartbeat.interval': { default: 30_000, rule: integer(30) },
  'heartbeat.timeout': { default: 60_000, rule: integer(31) },
  'limits.frameBytes': { default: 131_072, rule: integer(1) },
  'limits.bodyBytes': { default: 1_048_576, rule: integer(1) },
  'limits.pendingBytes': { default: 1_048_576, rule: integer(1) },
  'limits.totalPendingBytes': { default: 268_435_456, rule: integer(1) },
  'limits.connections': { default: 10_000, rule: integer(1) },
  'limits.streamsPerConnection': { default: 100, rule: integer(1) },
  'limits.answerTime': { default: 10_000, rule: integer(1) },
  'limits.unanswered': { default: 1_000, rule: integer(1) },
  'limits.messagesPerSecond': { default: 50, rule: integer(1) },
})

function isSecret(value: unknown): boolean {
  return (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')
}
