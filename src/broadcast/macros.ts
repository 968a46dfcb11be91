// What a class of models declares once: which streams hear of its records. The declarations are kept by class; `committed()` is
// what brings them to life, from the hooks of whichever ORM there is.

import { warn } from '../log'
import { check, checkNames, oneOf, type Rule } from '../options/check'
import { type DomRecord, modelNames } from '../stream/dom-id'
import type { Streamable } from '../stream/name'
import type { Target } from '../turbo/element'
import type { BroadcastMethods } from './broadcast-methods'
import type { BroadcastOptions } from './job'
import { mutingModels } from './mute'

/** What has become of a record. */
export type Change = 'create' | 'update' | 'destroy'

/** A stream, or what finds a record's: `(todo) => todo.list`. */
export type StreamOf<Of> = Streamable | ((record: Of) => Streamable)

/** The options of `broadcastsTo` and `broadcasts`: what is said here goes for what is inserted and what is replaced. */
export interface MacroOptions<Of> extends Pick<BroadcastOptions, 'partial' | 'locals' | 'attributes'> {
  /** How a new record comes into its list. @default 'append' */
  readonly insertsBy?: 'append' | 'prepend' | 'before' | 'after' | undefined
  /** Where a new record is inserted, or what finds it. @default the class's `broadcastTargetDefault`, else its plural */
  readonly target?: Target | ((record: Of) => Target) | undefined
}

/** What `Broadcastable` adds to a class itself. What they declare happens after each commit, once the ORM's hooks are installed. */
export interface BroadcastMacros {
  /** The list that new records are inserted into, where it is another than the plural of the class: `static broadcastTargetDefault = 'inbox'`. */
  readonly broadcastTargetDefault?: string
  /** Tells one stream of every record: `Todo.broadcastsTo((todo) => ['list', todo.listId], { insertsBy: 'prepend' })`. New ones are inserted and changed ones replaced, later; destroyed ones are removed at once. */
  broadcastsTo<Of>(this: ModelClass<Of>, stream: StreamOf<Of>, options?: MacroOptions<Of>): void
  /** Tells a stream of new records (the plural: `todos`), and a record's own stream of its changes and its end: `Todo.broadcasts()`. */
  broadcasts<Of>(this: ModelClass<Of>, stream?: StreamOf<Of>, options?: MacroOptions<Of>): void
  /** Refreshes one stream, later, with every change: `Todo.broadcastsRefreshesTo((todo) => todo.list)`. */
  broadcastsRefreshesTo<Of>(this: ModelClass<Of>, stream: StreamOf<Of>): void
  /** Refreshes a stream (the plural) with new records, later; and a record's own stream with its changes, later, and with its end, at once: `Todo.broadcastsRefreshes()`. */
  broadcastsRefreshes<Of>(this: ModelClass<Of>, stream?: StreamOf<Of>): void
  /** Runs `work` without broadcasts of this class's records: `await Todo.suppressingBroadcasts(() => Todo.create({ title }))`. */
  suppressingBroadcasts<Result>(work: () => Result): Result
}

/** A class that a macro can be called on. */
// biome-ignore lint/suspicious/noExplicitAny: a class with any constructor, abstract ones included
export type ModelClass<Of> = abstract new (...parameters: any[]) => Of

type Macro = Readonly<Record<Change, (record: BroadcastMethods & DomRecord) => unknown>>

const declared = new WeakMap<object, Macro[]>()

/** The macros, as methods of a class. */
export const macros: BroadcastMacros = {
  broadcastsTo(stream, options = {}) {
    const { inserts, rendering } = checked(options)
    declare(this, {
      create: (record) => record.broadcastActionLaterTo(streamOf(stream, record), inserts(record)),
      update: (record) => record.broadcastReplaceLaterTo(streamOf(stream, record), rendering),
      destroy: (record) => record.broadcastRemoveTo(streamOf(stream, record)),
    })
  },
  broadcasts(stream, options = {}) {
    const { inserts, rendering } = checked(options)
    declare(this, {
      create: (record) => record.broadcastActionLaterTo(streamOf(stream, record), inserts(record)),
      update: (record) => record.broadcastReplaceLater(rendering),
      destroy: (record) => record.broadcastRemove(),
    })
  },
  broadcastsRefreshesTo(stream) {
    const refresh: Macro['create'] = (record) => record.broadcastRefreshLaterTo(streamOf(stream, record))
    declare(this, { create: refresh, update: refresh, destroy: refresh })
  },
  broadcastsRefreshes(stream) {
    declare(this, {
      create: (record) => record.broadcastRefreshLaterTo(streamOf(stream, record)),
      update: (record) => record.broadcastRefreshLater(),
      destroy: (record) => record.broadcastRefresh(),
    })
  },
  suppressingBroadcasts(work) {
    return mutingModels(this, work)
  },
}

/**
 * Does what the class of a record has declared, in the order of the declarations. Hooks of ORMs call it once a change is
 * committed, or within `holdingBroadcasts`; an ORM without hooks has its callers say it.
 *
 * ```ts
 * Todo.broadcastsTo('todos')
 * committed(todo, 'create')
 * // → <turbo-stream action="append" target="todos"><template>…</template></turbo-stream> to "todos"
 * ```
 *
 * It never throws: the change stands, whatever becomes of its broadcast. Trouble is a logged line.
 */
export function committed(record: object, change: Change): void {
  for (const macro of macrosOf(record)) {
    try {
      void Promise.resolve(macro[check('change', change, aChange)](record as BroadcastMethods & DomRecord)).catch(
        (error) => report(change, error),
      )
    } catch (error) {
      report(change, error)
    }
  }
}

function declare(type: object, macro: Macro): void {
  declared.set(type, [...(declared.get(type) ?? []), macro])
}

// Those of the classes above come first.
function macrosOf(record: object): Macro[] {
  const found: Macro[] = []
  for (let type: object | null = record.constructor; type; type = Object.getPrototypeOf(type)) {
    found.unshift(...(declared.get(type) ?? []))
  }
  return found
}

function checked<Of>(options: MacroOptions<Of>) {
  checkNames(options, ['insertsBy', 'target', 'partial', 'locals', 'attributes'])
  const { insertsBy = 'append', target, ...rendering } = options
  check('insertsBy', insertsBy, inserting)
  const inserts = (record: object) => ({
    ...rendering,
    action: insertsBy,
    target: isFunctionOf<Of, Target>(target) ? target(record as Of) : target,
  })
  return { inserts, rendering }
}

const aChange = oneOf('create', 'update', 'destroy')

const inserting: Rule = {
  words: "'append', 'prepend', 'before' or 'after'",
  holds: (value) => ['append', 'prepend', 'before', 'after'].includes(value as string),
}

function streamOf<Of>(stream: StreamOf<Of> | undefined, record: object): Streamable {
  if (isFunctionOf<Of, Streamable>(stream)) return stream(record as Of)
  return stream ?? modelNames(record as DomRecord).plural
}

// A class is a function too; called without `new` it would throw.
function isFunctionOf<Of, Result>(value: unknown): value is (record: Of) => Result {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value))
}

function report(change: Change, error: unknown): void {
  warn(`a record's ${change} was not broadcast: ${error instanceof Error ? error.message : error}`)
}
