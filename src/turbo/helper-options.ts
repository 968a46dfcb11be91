// What template engines hand to a helper beside its own arguments.

/** Handlebars' last argument: the named arguments, and what renders the block. */
export interface HelperOptions {
  readonly hash: Readonly<Record<string, unknown>>
  readonly fn?: (context: unknown) => string
}

/** Whether an argument is the one that Handlebars adds. */
export function isHelperOptions(value: unknown): value is HelperOptions {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain && 'hash' in value && 'data' in value
}

/**
 * The options that a view has given, whatever engine it is of: Handlebars has named arguments in `hash` and a block as content,
 * Nunjucks marks its named arguments. `{{#turboStream.append "list"}}<li>{{/turboStream.append}}` gives `{ html: '<li>' }`.
 */
export function viewOptions<Options extends object>(given: Options, context?: unknown): Options {
  if (isHelperOptions(given)) {
    const { hash, fn } = given
    return { ...hash, ...(fn && { html: fn(context) }) } as Options
  }
  if (!('__keywords' in Object(given))) return given
  const { __keywords: _, ...options } = given as Options & { __keywords: true }
  return options as Options
}

/** A string that an engine has marked as safe, be it Handlebars', Nunjucks' or Hono's, as a string; all else as it is. */
export function plainString(value: unknown): unknown {
  const isMarked = value instanceof String || typeof (value as { toHTML?: unknown } | null)?.toHTML === 'function'
  return isMarked ? String(value) : value
}
