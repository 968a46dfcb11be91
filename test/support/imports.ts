// What a source file imports, read from its text: enough for this project's own style, no parser needed.

export interface Import {
  specifier: string
  /** Nothing of it is left at run time. */
  typeOnly: boolean
}

// `A`, `{ A, type B }`, `A, { B }`, `* as A`, `*`
const NAMES = /(?:[\w$]+\s*,\s*)?(?:\{[^}'"]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+)/.source
const STATEMENT = new RegExp(
  `^(?:import|export)\\s+(?:(type)\\s+)?(?:(${NAMES})\\s*from\\s*)?(['"])([^'"\\n]+)\\3`,
  'gm',
)
const CALL = /(?<![\w.'"`])(?:import|require)\(\s*(['"])([^'"\n]+)\1\s*\)/g

/** `import { type A } from './b'` → [{ specifier: './b', typeOnly: true }] */
export function importsOf(source: string): Import[] {
  const code = withoutComments(source)
  const statements = [...code.matchAll(STATEMENT)].map(([, type, names = '', , specifier = '']) => ({
    specifier,
    typeOnly: type !== undefined || allTypes(names),
  }))
  const calls = [...code.matchAll(CALL)].map(([, , specifier = '']) => ({ specifier, typeOnly: false }))
  return [...statements, ...calls]
}

function allTypes(names: string): boolean {
  const inBraces = /^\{([^}]*)\}$/.exec(names.trim())?.[1]
  if (inBraces === undefined) return false
  const each = inBraces
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  return each.length > 0 && each.every((name) => name.startsWith('type '))
}

/** Comment lines blanked: examples in them import too. */
function withoutComments(source: string): string {
  return source.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
}
