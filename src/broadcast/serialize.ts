// What a job carries through JSON: plain values as they are, instances of classes by a serializer, and nothing that JSON would
// change without a word. What cannot travel is refused at the call, with its path.

import { failure } from '../errors'

/** How the instances of one class travel in a job. `dump` gives plain values; `load` makes, or finds, the instance again. */
export interface Serializer {
  /** The class. Its subclasses travel the same way. */
  readonly class: Class
  /** Called at the call of a Later verb: `(message) => message.id`. */
  // biome-ignore lint/suspicious/noExplicitAny: a table of serializers has another class in each row.
  readonly dump: (instance: any) => unknown
  /** Called where the job is performed: `(id) => Message.findByPk(id)`. Null where it is no longer there: nothing is sent then. */
  // biome-ignore lint/suspicious/noExplicitAny: it gets back what `dump` gave.
  readonly load: (data: any) => unknown
}

// biome-ignore lint/suspicious/noExplicitAny: constructors of apps take what they take.
type Class = abstract new (...parameters: any[]) => unknown

/** Serializers by name. The name is what a job says, in this process and in that of a worker. */
export type Serializers = Readonly<Record<string, Serializer>>

/** Dates travel as they are. */
const builtIn: Serializers = {
  Date: {
    class: Date,
    dump: (date: Date) => date.toISOString(),
    load: (text: string) => new Date(text),
  },
}

/** Marks what a serializer has dumped. No object of the app's may have it. */
const mark = '_turbo_cable'

/** In place of a serializer's name: what is undefined. */
const nothing = 'undefined'

const declaring = 'configureBroadcasts({ serialize })'

/** What a value is dumped with: the app's serializers, and whether instances without one may stay as they are. */
export interface DumpOptions {
  readonly serializers?: Serializers | undefined
  readonly keepInstances?: boolean | undefined
}

/**
 * A copy that JSON changes nothing of.
 *
 * ```ts
 * dumped({ at: new Date(0) }, 'locals') // → { at: { _turbo_cable: 'Date', data: '1970-01-01T00:00:00.000Z' } }
 * ```
 *
 * Throws `TURBO_CABLE_BAD_DATA` with the path of the value: `locals.message.tags`.
 */
export function dumped(value: unknown, path: string, options: DumpOptions = {}): unknown {
  return new Dump({ ...options, serializers: { ...options.serializers, ...builtIn } }).value(value, path)
}

/** The value that `dumped` was given. `gone` is called with the path of each instance that is no longer there. */
export async function loaded(
  value: unknown,
  path: string,
  serializers: Serializers | undefined,
  gone: (path: string) => void,
): Promise<unknown> {
  if (Array.isArray(value)) {
    return Promise.all(value.map((each, index) => loaded(each, `${path}[${index}]`, serializers, gone)))
  }
  if (!isPlain(value)) return value
  if (!Object.hasOwn(value, mark)) {
    const load = async ([key, each]: [string, unknown]) =>
      [key, await loaded(each, within(path, key), serializers, gone)] as const
    return Object.fromEntries(await Promise.all(Object.entries(value).map(load)))
  }
  const name = String(value[mark])
  if (name === nothing) return undefined
  const serializer = { ...serializers, ...builtIn }[name]
  if (!serializer)
    throw refusal(
      value,
      `\`${path}\` was dumped by a serializer \`${name}\`, which this process has not declared with ${declaring}`,
    )
  const instance = await serializer.load(await loaded(value.data, path, serializers, gone))
  if (instance === null || instance === undefined) gone(path)
  return instance
}

/** Whether anything in a value has to be loaded. */
export function isDumped(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isDumped)
  return isPlain(value) && (Object.hasOwn(value, mark) || Object.values(value).some(isDumped))
}

class Dump {
  readonly #options: DumpOptions & { readonly serializers: Serializers }
  readonly #within: unknown[] = []

  constructor(options: DumpOptions & { readonly serializers: Serializers }) {
    this.#options = options
  }

  value(value: unknown, path: string): unknown {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    // JSON has one zero.
    if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value
    // A view may ask for a local that is undefined, and not for one that is not there.
    if (value === undefined) return { [mark]: nothing }
    if (typeof value !== 'object') throw refusal(value, `\`${path}\` is ${kind(value)}, for which JSON has no word`)
    if (this.#within.includes(value)) throw refusal(value, `\`${path}\` is part of itself`)
    this.#within.push(value)
    const copy = this.#object(value, path)
    this.#within.pop()
    return copy
  }

  #object(value: object, path: string): unknown {
    if (Array.isArray(value)) return Array.from(value, (each, index) => this.value(each, `${path}[${index}]`))
    if (isPlain(value)) return this.#plain(value, path)
    for (const [name, serializer] of Object.entries(this.#options.serializers)) {
      if (value instanceof serializer.class) return this.#dump(value, path, name, serializer)
    }
    if (this.#options.keepInstances && !isBuiltIn(value)) return value
    throw refusal(
      value,
      `\`${path}\` is an instance of \`${className(value)}\`; pass plain values, or say with ${declaring} how it travels`,
    )
  }

  #plain(value: Record<string, unknown>, path: string): unknown {
    const [symbol] = Object.getOwnPropertySymbols(value)
    if (symbol) throw refusal(value, `\`${path}\` has the key ${String(symbol)}, which JSON drops`)
    if (Object.hasOwn(value, mark))
      throw refusal(value, `\`${path}\` has the key \`${mark}\`, which marks what is dumped`)
    const copies = Object.keys(value).map((key) => {
      const place = within(path, key)
      if (Object.getOwnPropertyDescriptor(value, key)?.get) {
        throw refusal(value, `\`${place}\` is a getter, of which JSON keeps only what it gives now; pass that`)
      }
      return [key, this.value(value[key], place)]
    })
    return Object.fromEntries(copies)
  }

  #dump(value: object, path: string, name: string, { dump }: Serializer): unknown {
    let data: unknown
    try {
      data = dump(value)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw refusal(value, `the serializer \`${name}\` could not dump \`${path}\`: ${reason}`, cause)
    }
    return { [mark]: name, data: this.value(data, path) }
  }
}

function refusal(value: unknown, rule: string, cause?: unknown) {
  return failure('TURBO_CABLE_BAD_DATA', [value, rule], cause)
}

// Its prototype is that of a literal, of this realm or another (a test runner's), or none.
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (
    prototype === null ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'hasOwnProperty'))
  )
}

// Map, Set, RegExp, Promise and the like: what holds their state is no property.
function isBuiltIn(value: object): boolean {
  const of: unknown = value.constructor
  return typeof of !== 'function' || /\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(of))
}

function className(value: object): string {
  return (typeof value.constructor === 'function' && value.constructor.name) || 'a class without a name'
}

function kind(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a ${typeof value}`
}

function within(path: string, key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}
