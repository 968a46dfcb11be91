// What a record is called in a page and in a stream: dom ids and model names, by the convention of Rails.
// Knows no ORM: a record is an instance of a named class with an `id`.

import { pluralize, underscore } from 'inflection'
import { failure } from '../errors'

/** An instance of a named class. It is saved when its `id` is neither null, undefined nor empty. */
export interface DomRecord {
  /** A string, a number, a bigint, an array of these (a composite key), or an object that prints itself. */
  readonly id?: unknown
}

/** The class of a record; `modelName` (Mongoose has it) wins over the class's own name. */
export type DomClass = (abstract new (...parameters: never[]) => object) & { readonly modelName?: unknown }

/** The names of a model, for `class Message`: see the fields. */
export interface ModelNames {
  /** `message`: what dom ids begin with; `users_profile` for `Users::Profile`. */
  readonly singular: string
  /** `messages`: the list that new records are appended to. */
  readonly plural: string
  /** `message`: the local of its partial, without a namespace. */
  readonly element: string
  /** `messages/message`: its partial; `users/profiles/profile` for `Users::Profile`. */
  readonly partial: string
}

/**
 * The id of the element that shows a record, as Rails' `dom_id`.
 *
 * ```ts
 * domId(message)              // → "message_1"
 * domId(message, 'edit')      // → "edit_message_1"
 * domId(new Message())        // → "new_message"        also domId(Message)
 * domId(new Message(), 'my')  // → "my_message"
 * domId('todo', row)          // → "todo_1"           a row of a query builder, whose name stands before it
 * domId('todo', row, 'edit')  // → "edit_todo_1"
 * ```
 *
 * Throws `TURBO_CABLE_BAD_RECORD` for what has no class of its own and no name before it: plain objects, arrays, strings, null.
 */
export function domId(record: DomRecord | DomClass, prefix?: string): string
/** The id of the element that shows a row, whose name stands before it: `domId('todo', row)` → `todo_1`. */
export function domId(name: string, row: DomRecord, prefix?: string): string
export function domId(named: DomRecord | DomClass | string, second?: DomRecord | string, third?: string): string {
  const isRow = typeof named === 'string'
  const { singular } = isRow ? namesOf(rowName(named, second)) : modelNames(named)
  const [record, prefix] = (isRow ? [second, third] : [named, second]) as [DomRecord | DomClass, string?]
  const key = recordKey(record)
  if (key === undefined) return `${prefix || 'new'}_${singular}`
  return prefix ? `${prefix}_${singular}_${key}` : `${singular}_${key}`
}

/** The names that a record or its class goes by. `modelNames(message).plural // → "messages"` */
export function modelNames(record: DomRecord | DomClass): ModelNames {
  return namesOf(className(record))
}

function rowName(name: string, row: unknown): string {
  if (!/^[A-Za-z_][\w:]*$/.test(name)) throw failure('TURBO_CABLE_BAD_RECORD', [name, 'it is not the name of a model'])
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw failure('TURBO_CABLE_BAD_RECORD', [row, `it is not a row of "${name}"`])
  }
  return name
}

function namesOf(name: string): ModelNames {
  const known = namesByClass.get(name)
  if (known) return known

  // `Users::Profile` and `UsersProfile` have the same dom ids; acronyms stay together, as in Rails: HTMLPage → html_page.
  const path = name
    .split('::')
    .map((part) => underscore(withoutDoubles(part.replace(/[A-Z]{2,}(?![a-z])/g, capitalized))))
  const element = path.at(-1) ?? ''
  const directory = [...path.slice(0, -1), pluralize(element)]
  const names = {
    singular: path.join('_'),
    plural: directory.join('_'),
    element,
    partial: `${directory.join('/')}/${element}`,
  }
  namesByClass.set(name, names)
  return names
}

/** Whether a record has the id that its dom id needs. */
export function isSaved(record: DomRecord): boolean {
  return recordKey(record) !== undefined
}

// A pure cache, so it may be the process's: a class name always gives the same names. It holds as many entries as there are
// model classes, and never data.
const namesByClass = new Map<string, ModelNames>()

function className(record: unknown): string {
  if (record === null || (typeof record !== 'object' && typeof record !== 'function')) {
    throw failure('TURBO_CABLE_BAD_RECORD', [record, 'it is not an object'])
  }
  if (Array.isArray(record)) throw failure('TURBO_CABLE_BAD_RECORD', [record, 'it is an array'])

  const type = typeof record === 'function' ? record : record.constructor
  if (typeof type !== 'function' || type === Object) {
    throw failure('TURBO_CABLE_BAD_RECORD', [record, 'a plain object has no class to name it by'])
  }
  const name: unknown = 'modelName' in type && typeof type.modelName === 'string' ? type.modelName : type.name
  if (typeof name !== 'string' || name === '') {
    throw failure('TURBO_CABLE_BAD_RECORD', [record, 'its class has no name'])
  }
  return name
}

function recordKey(record: DomRecord | DomClass): string | undefined {
  if (typeof record === 'function') return undefined
  const { id } = record
  if (!Array.isArray(id)) return keyPart(record, id)
  const parts = id.map((part: unknown) => keyPart(record, part))
  return parts.length > 0 && !parts.includes(undefined) ? parts.join('_') : undefined
}

function keyPart(record: object, id: unknown): string | undefined {
  if (id === null || id === undefined || id === '') return undefined
  if (typeof id === 'string' || typeof id === 'bigint' || (typeof id === 'number' && Number.isFinite(id)))
    return String(id)
  // A database's own id type, such as Mongo's ObjectId, prints itself.
  if (typeof id === 'object' && id.toString !== Object.prototype.toString && !Array.isArray(id)) return String(id)
  throw failure('TURBO_CABLE_BAD_RECORD', [record, `its id is not usable as one (${typeof id})`])
}

// `underscore` would put a second one before the capital of Foo_Bar, which is foo_bar in Rails.
function withoutDoubles(name: string): string {
  return name.replace(/_[A-Z]/g, (start) => start.toLowerCase())
}

function capitalized(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase()
}
