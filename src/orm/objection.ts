// Objection: the hooks of an instance, and the promise of Knex's transactions. Nothing of them is imported.

import { type Change, committed } from '../broadcast/macros'

/** A model of Objection's, as far as the hooks need to know it. */
export interface ObjectionModel {
  /** Objection's own. */
  // biome-ignore lint/suspicious/noExplicitAny: its parameters are Objection's
  $afterInsert(...parameters: any[]): unknown
  /** Objection's own. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  $afterUpdate(...parameters: any[]): unknown
  /** Objection's own. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  $afterDelete(...parameters: any[]): unknown
}

// biome-ignore lint/suspicious/noExplicitAny: TypeScript takes a constructor for a mixin's only if its parameters are `any[]`
type ObjectionClass = new (...parameters: any[]) => ObjectionModel

interface KnexTransaction {
  readonly isTransaction?: boolean
  readonly executionPromise: Promise<unknown>
  readonly parentTransaction?: KnexTransaction
}

interface QueryContext {
  readonly transaction?: KnexTransaction
}

/** The record before an update, of which Objection gives the hook only what has changed. */
interface UpdateOptions {
  readonly old?: ObjectionModel & { $clone(): { $set(changes: object): object } }
}

/**
 * Brings the declarations of a model to life: `insert`, and `$query().patch`, `update` and `delete` of an instance call them,
 * after the commit where there is a transaction, and never where it is rolled back.
 *
 * ```ts
 * class Todo extends objectionHooks(Broadcastable(Model)) {
 *   static tableName = 'todos'
 * }
 * Todo.broadcastsTo('todos')
 * ```
 *
 * `Todo.query().patch(…)` and `.delete()` change rows that nobody has read, so there is no record to broadcast.
 */
export function objectionHooks<Base extends ObjectionClass>(base: Base): Base {
  return class extends base {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    constructor(...parameters: any[]) {
      super(...parameters)
    }

    override async $afterInsert(context: QueryContext): Promise<void> {
      await super.$afterInsert(context)
      tell(context, this, 'create')
    }
    override async $afterUpdate(options: UpdateOptions, context: QueryContext): Promise<void> {
      await super.$afterUpdate(options, context)
      if (options.old) tell(context, options.old.$clone().$set(this), 'update')
    }
    override async $afterDelete(context: QueryContext): Promise<void> {
      await super.$afterDelete(context)
      tell(context, this, 'destroy')
    }
  }
}

function tell({ transaction }: QueryContext, record: object, change: Change): void {
  void commit(transaction).then(
    () => committed(record, change),
    () => {},
  )
}

// What is committed to a savepoint may still be rolled back with the transaction around it.
async function commit(transaction: KnexTransaction | undefined): Promise<void> {
  if (!transaction?.isTransaction) return
  await transaction.executionPromise
  await commit(transaction.parentTransaction)
}
