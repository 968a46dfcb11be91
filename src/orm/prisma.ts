// Prisma: an extension of its client. Its rows are plain objects, so each is told under the class of the same name. Nothing of
// Prisma is imported.

import { type Change, committed } from '../broadcast/macros'

/** The classes of models by the names that they have in the schema: `{ Todo }`. */
export type PrismaModels = Readonly<Record<string, new () => object>>

/** What Prisma hands an extension for each query. */
export interface PrismaQuery {
  /** The model's name in the schema; undefined for raw queries. */
  readonly model?: string | undefined
  /** The query's arguments. */
  // biome-ignore lint/suspicious/noExplicitAny: they depend on the app's schema, and are passed on
  readonly args: any
  /** Runs the query. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly query: (args: any) => Promise<any>
}

/** What `prisma.$extends()` takes. */
export interface PrismaExtension {
  /** Its name in Prisma's errors. */
  readonly name: string
  /** What it does around queries, by the query's name. */
  readonly query: {
    readonly $allModels: Readonly<
      // biome-ignore lint/suspicious/noExplicitAny: as above
      Record<'create' | 'update' | 'delete' | 'createManyAndReturn', (query: PrismaQuery) => Promise<any>>
    >
  }
}

/**
 * Brings the declarations of classes to life for the rows of Prisma: `create`, `update`, `delete` and `createManyAndReturn`
 * call those of the class with the model's name, whose instance has the row's fields.
 *
 * ```ts
 * class Todo extends Broadcastable() {}
 * Todo.broadcastsTo('todos')
 * const prisma = new PrismaClient().$extends(prismaHooks({ Todo }))
 * ```
 *
 * Prisma does not say when a transaction is committed: put it into `holdingBroadcasts`. A query with `select` gives a row
 * without the fields that it leaves out.
 */
export function prismaHooks(models: PrismaModels): PrismaExtension {
  const after =
    (change: Change) =>
    async ({ model = '', args, query }: PrismaQuery) => {
      const result = await query(args)
      const type = models[model]
      if (type) for (const row of [result].flat()) committed(Object.assign(new type(), row), change)
      return result
    }
  const [create, update, destroy] = [after('create'), after('update'), after('destroy')]
  return {
    name: 'turbo-cable',
    query: { $allModels: { create, update, delete: destroy, createManyAndReturn: create } },
  }
}
