// Mongoose: the middleware of a schema. Nothing of it is imported.

import { committed } from '../broadcast/macros'

/** A schema of Mongoose's. */
export interface MongooseSchema {
  /** Mongoose's own. */
  // biome-ignore lint/suspicious/noExplicitAny: its parameters depend on the schema's type, which is of no matter here
  pre(...parameters: any[]): unknown
  /** Mongoose's own. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  post(...parameters: any[]): unknown
}

/**
 * Brings the declarations of the models of a schema to life: `create`, `save` and `deleteOne` of a document, and
 * `findOneAndDelete`, call them. To be called before the model is made.
 *
 * ```ts
 * class TodoClass extends Broadcastable() {}
 * schema.loadClass(TodoClass)
 * mongooseHooks(schema)
 * const Todo = mongoose.model('Todo', schema)
 * Todo.broadcastsTo('todos')
 * ```
 *
 * Mongoose does not say when a transaction is committed: put it into `holdingBroadcasts`. Methods for many documents at once
 * (`updateMany`, `insertMany`) run none of this.
 */
export function mongooseHooks(schema: MongooseSchema): void {
  const created = new WeakSet<object>()
  schema.pre('save', function (this: { readonly isNew: boolean }) {
    if (this.isNew) created.add(this)
  })
  schema.post('save', (record: object) => committed(record, created.delete(record) ? 'create' : 'update'))
  schema.post('deleteOne', { document: true, query: false }, (record: object) => committed(record, 'destroy'))
  schema.post('findOneAndDelete', (record: object | null) => {
    if (record) committed(record, 'destroy')
  })
}
