// A program of docs/orms.md beside a database of its own, run in this process; what it broadcasts is POSTed to a real server.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { docsProgram, linkPackages } from '../../support/docs.ts'
import { root } from '../../support/run.ts'
import { broadcastServer } from '../../support/sending.ts'

/** The package as the program has it. */
export const turboCable: typeof import('../../../src/index.ts') = await import(
  pathToFileURL(join(root, 'dist/src/index.mjs')).href
)

export interface OrmOptions {
  /** The page's program. */
  readonly file: string
  /** What it and its database import. */
  readonly packages: readonly string[]
  /** The text of `database.mjs`. `process.env.DATABASE` is the file that it may make. */
  readonly database: string
  /** What a view calls for a todo's id. */
  readonly id?: string
  /** Done before the program is loaded, in its folder. */
  readonly prepare?: (folder: string) => Promise<void>
}

/** Loads the program. `sent(count)` waits for so many more broadcasts; they look like `todos append todos <li…>`. */
export async function program(t: TestContext, { file, packages, database, id = 'domId(todo)', prepare }: OrmOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-orm-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const views = join(folder, 'views')
  mkdirSync(join(views, 'todos'), { recursive: true })
  writeFileSync(join(views, 'todos/_todo.ejs'), `<li id="<%= ${id} %>"><%= todo.title %></li>`)
  linkPackages(folder, packages)
  process.env.DATABASE = join(folder, 'database.db')
  writeFileSync(join(folder, 'database.mjs'), database)
  writeFileSync(join(folder, file), docsProgram('docs/orms.md', file))
  await prepare?.(folder)

  const { received, url } = await broadcastServer(t)
  const { configureBroadcasts, domId } = turboCable
  t.after(configureBroadcasts({ url, views, viewEngine: 'ejs', locals: { domId } }))

  const load = async (name: string) => import(pathToFileURL(join(folder, name)).href)
  const sent = async (count: number) => {
    while (received.length < count) await setImmediate()
    return received.splice(0).map(({ body }) => shown(body as { stream: string; data: string }))
  }
  return { app: await load(file), own: await load('database.mjs'), sent }
}

function shown({ stream, data }: { stream: string; data: string }): string {
  const [, action, target, content = ''] =
    /^<turbo-stream action="(\w+)"(?: target="([^"]+)")?>(?:<template>(.*)<\/template>)?<\/turbo-stream>$/.exec(data) ??
    []
  assert.ok(action, data)
  return [stream, action, target, content].filter(Boolean).join(' ')
}

/** What every ORM with a class and `broadcastsTo('todos')` has to do, in terms of its own. */
export interface TodoApp {
  readonly sent: (count: number) => Promise<string[]>
  readonly insert: 'append' | 'prepend'
  /** Adds two in a transaction. */
  addTwo(first: string, second: string): Promise<unknown>
  /** Adds two in a transaction that is then rolled back. */
  addInVain(): Promise<unknown>
  create(title: string): Promise<unknown>
  rename(title: string): Promise<unknown>
  remove(): Promise<unknown>
}

/** Each change is broadcast once, after its commit and in its order; what is rolled back is not. */
export async function assertTold({ sent, insert, ...app }: TodoApp): Promise<void> {
  await app.create('one')
  assert.deepEqual(await sent(1), [`todos ${insert} todos <li id="todo_1">one</li>`])
  await app.rename('uno')
  assert.deepEqual(await sent(1), ['todos replace todo_1 <li id="todo_1">uno</li>'])
  await assert.rejects(async () => app.addInVain(), /rolled back/)
  await app.addTwo('two', 'three')
  const [two = '', three = ''] = await sent(2)
  assert.match(two, new RegExp(`^todos ${insert} todos <li id="todo_\\d+">two</li>$`))
  assert.match(three, new RegExp(`^todos ${insert} todos <li id="todo_\\d+">three</li>$`))
  await app.remove()
  assert.deepEqual(await sent(1), ['todos remove todo_1'])
}
