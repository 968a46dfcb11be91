// The house's order, read from the imports: one way, no cycles, no barrels, small files. The table is docs/architecture.md's.
import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import { importsOf } from '../support/imports.ts'
import { projectFiles, readProjectFile } from '../support/project-files.ts'
import { Rooms } from '../support/rooms.ts'

const LONGEST = 250
const PUBLIC_INDEXES = ['src/index.ts', 'src/index.mts', 'client/index.ts']

const sources = ['src', 'client', 'generators']
  .flatMap((folder) => projectFiles(folder))
  .filter((file) => /\.m?ts$/.test(file) && !file.startsWith('generators/templates/'))
const imports = new Map(sources.map((file) => [file, importsOf(readProjectFile(file))]))
const edges = sources.flatMap((from) =>
  (imports.get(from) ?? [])
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => ({ from, to: resolve(from, specifier), specifier })),
)
const rooms = new Rooms(readProjectFile('docs/architecture.md'))

test('every source file is in a room of docs/architecture.md', () => {
  assert.deepEqual(
    sources.filter((file) => rooms.nameOf(file) === undefined),
    [],
  )
})

test('every relative import leads to a source file', () => {
  assert.ok(edges.length > 0, 'no import was read')
  assert.deepEqual(
    edges.filter(({ to }) => to === undefined).map(({ from, specifier }) => `${from} imports ${specifier}`),
    [],
  )
})

test('imports go one way, types included', () => {
  const upward = edges.filter(({ from, to }) => to !== undefined && !rooms.allows(from, to))
  assert.deepEqual(
    upward.map(({ from, to }) => `${from} (${rooms.nameOf(from)}) may not import ${to}`),
    [],
  )
})

test('no files import each other in a circle, types included', () => {
  assert.deepEqual(findCycle(), [])
})

test('the server imports neither a view engine nor, at run time, a framework', () => {
  const foreign = /^(?:ejs|pug|hbs|handlebars)(?:\/|$)/
  const framework = /^(?:express|fastify|koa|hono|next|@(?:fastify|koa|hono|nestjs)\/.*)(?:\/|$)/
  const found = sources
    .filter((file) => file.startsWith('src/'))
    .flatMap((file) =>
      (imports.get(file) ?? [])
        .filter(({ specifier, typeOnly }) => foreign.test(specifier) || (framework.test(specifier) && !typeOnly))
        .map(() => file),
    )
  assert.deepEqual(found, [])
})

test('nothing is re-exported wholesale, and only the public entries are called index', () => {
  const barrels = sources.filter((file) => /^export\s+(?:type\s+)?\*/m.test(readProjectFile(file)))
  const indexes = sources.filter((file) => /(?:^|\/)index\.m?ts$/.test(file) && !PUBLIC_INDEXES.includes(file))
  assert.deepEqual([...barrels, ...indexes], [])
})

test(`no source file is longer than ${LONGEST} lines`, () => {
  const lines = sources.map((file) => ({ file, lines: readProjectFile(file).trimEnd().split('\n').length }))
  assert.deepEqual(
    lines.filter((source) => source.lines > LONGEST),
    [],
  )
})

function resolve(from: string, specifier: string): string | undefined {
  const path = posix.join(posix.dirname(from), specifier)
  const stem = path.replace(/\.(m?)[jt]s$/, '')
  return [path, `${stem}.ts`, `${stem}.mts`, `${path}/index.ts`].find((candidate) => imports.has(candidate))
}

/** The files of one circle in the order they import each other; empty if there is none. */
function findCycle(): string[] {
  const done = new Set<string>()
  for (const file of sources) {
    const cycle = walk(file, [])
    if (cycle.length > 0) return cycle
  }
  return []

  function walk(file: string, path: string[]): string[] {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return []
    done.add(file)
    for (const { from, to } of edges) {
      if (from !== file || to === undefined) continue
      const cycle = walk(to, [...path, file])
      if (cycle.length > 0) return cycle
    }
    return []
  }
}
