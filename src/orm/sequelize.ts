// Sequelize: its hooks, and its own word on when a transaction is committed. Nothing of it is imported.

import { committed } from '../broadcast/macros'

/** A transaction, as far as the hooks need to know it. */
export interface SequelizeTransaction {
  /** Calls back once it is committed. */
  afterCommit(work: () => void): void
  /** The transaction in which it is a savepoint. */
  readonly parent?: SequelizeTransaction | null | undefined
}

/** A model of Sequelize's: `class Todo extends Broadcastable(Model)`. */
export interface SequelizeModel {
  /** Sequelize's own. */
  // biome-ignore lint/suspicious/noExplicitAny: its parameters depend on the model's type, which is of no matter here
  addHook(...parameters: any[]): unknown
}

interface HookOptions {
  readonly transaction?: SequelizeTransaction | null
}

/**
 * Brings the declarations of a model to life: `create`, `save`, `update` and `destroy` of an instance call them, after the commit
 * where there is a transaction, and never where it is rolled back.
 *
 * ```ts
 * Todo.broadcastsTo('todos')
 * sequelizeHooks(Todo)
 * ```
 *
 * Methods for many rows at once (`bulkCreate`, `Todo.update`) run hooks only with Sequelize's `individualHooks: true`.
 */
export function sequelizeHooks(model: SequelizeModel): void {
  for (const [hook, change] of hooks) {
    model.addHook(hook, (record: object, { transaction }: HookOptions) => {
      if (transaction) afterCommit(transaction, () => committed(record, change))
      else committed(record, change)
    })
  }
}

const hooks = [
  ['afterCreate', 'create'],
  ['afterUpdate', 'update'],
  ['afterDestroy', 'destroy'],
] as const

// What is committed to a savepoint may still be rolled back with the transaction around it.
function afterCommit(transaction: SequelizeTransaction, work: () => void): void {
  const { parent } = transaction
  transaction.afterCommit(parent ? () => afterCommit(parent, work) : work)
}
