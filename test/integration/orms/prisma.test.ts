// docs/orms.md: Prisma, on a file of SQLite's. Its query engine comes with its package; the schema engine, which it would
// download, is not asked for anything here.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from '../../support/run.ts'
import { assertTold, program, turboCable } from './orm.ts'

const schema = `
generator client {
  provider = "prisma-client"
  output = "./generated"
}
datasource db {
  provider = "sqlite"
}
model Todo {
  id Int @id @default(autoincrement())
  title String
}
`
const database = `
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from './generated/client.ts'
export const client = new PrismaClient({ adapter: new PrismaLibSql({ url: 'file:' + process.env.DATABASE }) })
await client.$executeRaw\`CREATE TABLE "Todo" (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL)\`
`

async function generate(folder: string): Promise<void> {
  const path = join(folder, 'schema.prisma')
  writeFileSync(path, schema)
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  }
  const { code, output } = await run(
    process.execPath,
    ['node_modules/prisma/build/index.js', 'generate', '--schema', path],
    { env },
  )
  assert.equal(code, 0, output)
}

test('Prisma: rows are told by their class, after the commit; a rollback tells nothing', async (t) => {
  const packages = ['@prisma/client', '@prisma/adapter-libsql']
  const { app, own, sent } = await program(t, { file: 'prisma.mjs', packages, database, prepare: generate })
  const { prisma, addTwo } = app
  t.after(() => own.client.$disconnect())
  await assertTold({
    sent,
    insert: 'append',
    create: (title) => prisma.todo.create({ data: { title } }),
    rename: (title) => prisma.todo.update({ where: { id: 1 }, data: { title } }),
    remove: () => prisma.todo.delete({ where: { id: 1 } }),
    addTwo,
    addInVain: () =>
      turboCable.holdingBroadcasts(() =>
        prisma.$transaction(async (tx: typeof prisma) => {
          await tx.todo.create({ data: { title: 'in vain' } })
          throw new Error('rolled back')
        }),
      ),
  })
  await prisma.todo.createManyAndReturn({ data: [{ title: 'four' }, { title: 'five' }] })
  assert.deepEqual(
    (await sent(2)).map((each) => /(\w+)<\/li>/.exec(each)?.[1]),
    ['four', 'five'],
  )
})
