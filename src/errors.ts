// The one error class and the one table of codes. Every message names the value received, the rule, and the way out.
// docs/errors.md has a heading for each code; a test holds the two together.

const templates = {
  TURBO_CABLE_BAD_OPTION: (option: string, rule: string, value: unknown) =>
    `Expected \`${option}\` to be ${rule}, got ${shown(value)}`,
  TURBO_CABLE_BAD_STREAM: (value: unknown, rule: string) =>
    `Expected a stream name, got ${shown(value)}: ${rule}. Name a stream with a string, a number, a saved record, or an array of these`,
  TURBO_CABLE_NO_SECRET: (stream: string) =>
    `Cannot sign the stream "${stream}": this cable has no secret. Pass turboCable({ secret }) or set TURBO_CABLE_SECRET`,
  TURBO_CABLE_BAD_RECORD: (value: unknown, rule: string) =>
    `Expected a record, got ${shown(value)}: ${rule}. Pass an instance of a named class with an \`id\`, or a string`,
  TURBO_CABLE_NO_TARGET: (action: string) =>
    `Expected \`target\` or \`targets\` for the action "${action}", got neither: name an element's id or a CSS selector`,
  TURBO_CABLE_NO_CONTENT: (action: string) =>
    `Expected one of \`html\`, \`text\`, \`partial\` or \`render: false\` for the action "${action}", got none: pass \`html: ''\` for an empty body`,
  TURBO_CABLE_BAD_ATTRIBUTE: (name: string, rule: string) => `Unexpected attribute ${shown(name)}: ${rule}`,
  TURBO_CABLE_BAD_DATA: (value: unknown, rule: string) =>
    `Expected data that JSON can hold, got ${shown(value)}: ${rule}`,
  TURBO_CABLE_NO_RENDERER: (partial: string) =>
    `Cannot render the partial "${partial}": no Express app is known in this process. Call app.use(turboCable()) first, or configureBroadcasts({ views, viewEngine })`,
  TURBO_CABLE_PARTIAL_MISSING: (partial: string, tried: readonly string[], folders: readonly string[]) =>
    `Cannot find the partial "${partial}": tried ${quoted(tried, ' and ')}${folders.length > 0 ? ` in ${quoted(folders, ', ')}` : ''}`,
  TURBO_CABLE_SENT: () =>
    'Cannot add to a stream response: the request is answered already. Build the chain in one go, before the next `await`, and neither redirect nor send beside it',
  TURBO_CABLE_UNKNOWN_STATE: (record: string, rule: string) =>
    `Cannot tell whether ${record} was created, updated or deleted: ${rule}. Pass { state: 'created' }, or call append, replace or remove`,
  TURBO_CABLE_RENDER_FAILED: (partial: string, reason: string) =>
    `The partial "${partial}" failed to render: ${reason}`,
  TURBO_CABLE_UNREACHABLE: (url: string, reason: string) => `Broadcast to ${url} was not taken: ${reason}`,
  TURBO_CABLE_NOT_INSTALLED: (what: string, name: string, command: string) =>
    `${what} needs the package \`${name}\`, which is not installed: ${command}`,
  TURBO_CABLE_CLOSED: (what: string) => `Cannot ${what}: this cable is closed`,
} as const

/** A code of an error: `'TURBO_CABLE_BAD_STREAM'` and so on. docs/errors.md says what each means and what to do. */
export type TurboCableErrorCode = keyof typeof templates

/** Every code there is, for docs and tests. */
export const errorCodes = Object.keys(templates) as TurboCableErrorCode[]

/**
 * What turbo-cable throws and reports. `code` is stable; `message` may improve between releases.
 *
 * ```ts
 * if (error instanceof TurboCableError && error.code === 'TURBO_CABLE_BAD_STREAM') response.sendStatus(404)
 * ```
 */
export class TurboCableError extends Error {
  /** Also in the first line of a stack. */
  override readonly name = 'TurboCableError'
  /** What went wrong, for programs. */
  readonly code: TurboCableErrorCode

  /** Made by this package; the message comes from the table above. */
  constructor(code: TurboCableErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** Builds the error of a code from its template: `failure('TURBO_CABLE_NO_TARGET', ['replace'])`. */
export function failure<Code extends TurboCableErrorCode>(
  code: Code,
  parameters: Parameters<(typeof templates)[Code]>,
  cause?: unknown,
): TurboCableError {
  // The lookup loses the link between a code and its template's parameters; the signature above holds it.
  const template = templates[code] as (...parameters: unknown[]) => string
  return new TurboCableError(code, template(...parameters), cause === undefined ? undefined : { cause })
}

/** The error for an option that there is not: it has the code of a bad option, and another sentence. */
export function unknownOption(option: string, meant: string | undefined, known: readonly string[]): TurboCableError {
  const all = known.length <= 12 ? `there are ${known.join(', ')}` : 'docs/errors.md says where the options are listed'
  const hint = meant ? `did you mean \`${meant}\`?` : `no option is spelt like it; ${all}`
  return new TurboCableError('TURBO_CABLE_BAD_OPTION', `Unexpected option \`${option}\`: ${hint}`)
}

function quoted(words: readonly string[], between: string): string {
  return words.map((word) => `"${word}"`).join(between)
}

/** What an error says in place of a value that may be secret. */
export class Withheld {
  readonly words: string

  constructor(words: string) {
    this.words = words
  }
}

// A short picture of any value: `-1` (number). Never throws, never prints more than 80 characters of it.
function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (value instanceof Withheld) return value.words
  const type = Array.isArray(value) ? 'array' : typeof value
  let text: string
  try {
    text = (type === 'object' || type === 'array' || type === 'string' ? JSON.stringify(value) : String(value)) ?? type
  } catch {
    text = type
  }
  return `\`${text.length > 80 ? `${text.slice(0, 79)}…` : text}\` (${type})`
}
