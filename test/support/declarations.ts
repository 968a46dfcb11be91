// What an editor shows of the package: the declarations of dist/, and the words that stand before each.

import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { root } from './run.ts'

export interface Declaration {
  /** `dist/src/stream/name.d.ts` */
  readonly file: string
  readonly name: string
  readonly kind: string
  readonly exported: boolean
  /** Its comment, '' where there is none. */
  readonly doc: string
  /** The members of an interface or a class, with the comment of each. */
  readonly members: readonly { readonly name: string; readonly doc: string }[]
  readonly text: string
}

interface Module {
  readonly declarations: ReadonlyMap<string, Declaration>
  /** Name → the file it comes from. */
  readonly imports: ReadonlyMap<string, string>
}

const modules = new Map<string, Module>()

/** The declarations of the names that a file exports, and of every name that these mention, and so on. */
export function reachableFrom(file: string): Declaration[] {
  const found = new Set<Declaration>()
  const left = [...moduleOf(file).imports].map(([name, from]) => declarationOf(from, name))
  for (let next = left.pop(); next; next = left.pop()) {
    if (found.has(next)) continue
    found.add(next)
    for (const [, path = '', name = ''] of next.text.matchAll(/import\("(\.[^"]+)"\)\.(\w+)/g)) {
      left.push(declarationOf(resolved(next.file, path), name))
    }
    const { declarations, imports } = moduleOf(next.file)
    for (const [name] of next.text.matchAll(/\b[A-Z]\w+/g)) {
      const from = imports.get(name)
      const mentioned = from === undefined ? declarations.get(name) : declarationOf(from, name)
      if (mentioned) left.push(mentioned)
    }
  }
  return [...found]
}

function declarationOf(file: string, name: string): Declaration {
  const declaration = moduleOf(file).declarations.get(name)
  if (!declaration) throw new Error(`${file} declares no ${name}`)
  return declaration
}

function moduleOf(file: string): Module {
  const known = modules.get(file)
  if (known) return known
  const text = readFileSync(`${root}/${file}`, 'utf8')
  const module = { declarations: declarationsIn(file, text), imports: importsIn(file, text) }
  modules.set(file, module)
  return module
}

function importsIn(file: string, text: string): Map<string, string> {
  const names = new Map<string, string>()
  for (const [, list = '', path = ''] of text.matchAll(/^(?:import|export)[^{'"]*\{([^}]*)\} from '(\.[^']+)'/gm)) {
    for (const [, name = ''] of list.matchAll(/(?:type )?([\w$]+)/g)) names.set(name, resolved(file, path))
  }
  return names
}

function declarationsIn(file: string, text: string): Map<string, Declaration> {
  const starts = /^(export )?(?:declare )?(?:abstract )?(function|const|class|interface|type) ([\w$]+)/gm
  const found = [...text.matchAll(starts)]
  return new Map(
    found.map(({ index, 1: exported, 2: kind = '', 3: name = '' }, at) => {
      const own = text.slice(index, found[at + 1]?.index)
      const members = kind === 'interface' || kind === 'class' ? membersIn(own) : []
      return [
        name,
        { file, name, kind, exported: exported !== undefined, doc: docBefore(text, index), members, text: own },
      ]
    }),
  )
}

// The compiler indents members by four spaces and what belongs to them by more. A call signature has no name.
function membersIn(text: string): { name: string; doc: string }[] {
  return [
    ...text.matchAll(/^ {4}(?! |\/\*\*|private\b|#|\}|\))(?:(?:readonly|static|get|set|override) )*([\w$]*)/gm),
  ].map(({ index, 1: name = '' }) => ({ name: name || '(…)', doc: docBefore(text, index) }))
}

function docBefore(text: string, index: number): string {
  const before = text.slice(0, index)
  return before.endsWith('*/\n') ? before.slice(before.lastIndexOf('/**')) : ''
}

function resolved(file: string, path: string): string {
  return `${posix.join(posix.dirname(file), path.replace(/\.js$/, ''))}.d.ts`
}
