// docs/orms.md: Drizzle, on a file of SQLite's.

import { test } from 'node:test'
import { eq } from 'drizzle-orm'
import { assertTold, program, turboCable } from './orm.ts'

const database = `
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
export const client = createClient({ url: 'file:' + process.env.DATABASE })
export const db = drizzle({ client })
await db.run('CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT)')
`

test('Drizzle: rows are told by their class, after the commit; a rollback tells nothing', async (t) => {
  const packages = ['drizzle-orm', '@libsql/client']
  const { app, own, sent } = await program(t, { file: 'drizzle.mjs', packages, database })
  const { todos, tell, addTwo } = app
  const { db, client } = own
  t.after(() => client.close())
  await assertTold({
    sent,
    insert: 'append',
    create: async (title) => tell(await db.insert(todos).values({ title }).returning().get(), 'create'),
    rename: async (title) =>
      tell(await db.update(todos).set({ title }).where(eq(todos.id, 1)).returning().get(), 'update'),
    remove: async () => tell(await db.delete(todos).where(eq(todos.id, 1)).returning().get(), 'destroy'),
    addTwo,
    addInVain: () =>
      turboCable.holdingBroadcasts(() =>
        db.transaction(async (tx: typeof db) => {
          tell(await tx.insert(todos).values({ title: 'in vain' }).returning().get(), 'create')
          throw new Error('rolled back')
        }),
      ),
  })
})
