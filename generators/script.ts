// A script as text with known places: its imports, where a statement ends, how its author writes.

import { maskScript } from './script-mask'

/** An `import` or a `require` at the top level; `end` is just after its statement. */
export interface ImportStatement {
  start: number
  end: number
  specifier: string
  text: string
}

/** The habits of a file: what is added to it should look as if its author wrote it. */
export interface Style {
  quote: string
  semicolon: string
  newline: string
}

/** How the server's code takes in modules; what is printed for the author to write uses the same form. */
export interface ModuleStyle extends Style {
  modules: 'import' | 'require'
}

/**
 * The line that takes a name of this package in.
 *
 * @example importLine('turboCable', style) // "import { turboCable } from 'turbo-cable'"
 */
export function importLine(name: string, { modules, quote, semicolon }: ModuleStyle, keyword = 'const'): string {
  const module = `${quote}turbo-cable${quote}`
  const line =
    modules === 'import' ? `import { ${name} } from ${module}` : `${keyword} { ${name} } = require(${module})`
  return line + semicolon
}

/** The line breaks of a file, as most of its lines have them. */
export function newlineOf(source: string): string {
  const crlf = source.split('\r\n').length - 1
  return crlf > (source.split('\n').length - 1) / 2 ? '\r\n' : '\n'
}

/** The habits that a statement with a string in it shows. */
export function styleOf(source: string, statement: string): Style {
  return {
    quote: /["']/.exec(statement)?.[0] ?? "'",
    semicolon: statement.trimEnd().endsWith(';') ? ';' : '',
    newline: newlineOf(source),
  }
}

/** The place after the statement that holds `from`: behind its semicolon, or at the line break that ends it. */
export function statementEnd(masked: string, from: number): number {
  let depth = 0
  for (let at = from; at < masked.length; at++) {
    const char = masked[at] ?? ''
    if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && --depth < 0) return at
    else if (char === ';' && depth === 0) return at + 1
    else if (char === '\n' && depth === 0 && !goesOn(masked, from, at)) return masked[at - 1] === '\r' ? at - 1 : at
  }
  return masked.length
}

/** The end of the line that holds `at`, where only blanks and comments follow; otherwise `at` itself. */
export function lineEndAfter(masked: string, at: number): number {
  const rest = /^[ \t]*(?=\r?\n|$)/.exec(masked.slice(at))
  return rest ? at + rest[0].length : at
}

/** The blanks that the line of this place starts with. */
export function indentAt(source: string, at: number): string {
  const start = source.lastIndexOf('\n', at - 1) + 1
  return /^[ \t]*/.exec(source.slice(start))?.[0] ?? ''
}

/** Every import of the top level, in order; `import()` and requires inside of functions are none. */
export function topLevelImports(source: string, masked = maskScript(source)): ImportStatement[] {
  const found: ImportStatement[] = []
  let depth = 0
  let counted = 0
  let end = 0
  for (const match of masked.matchAll(/^[ \t\uFEFF]*(?:import\b(?!\s*[(.])|(?:const|let|var)\b|require\s*\()/gm)) {
    for (; counted < match.index; counted++) {
      if ('([{'.includes(masked[counted] ?? '')) depth++
      else if (')]}'.includes(masked[counted] ?? '')) depth--
    }
    if (depth !== 0 || match.index < end) continue
    end = statementEnd(masked, match.index)
    const code = masked.slice(match.index, end)
    const text = source.slice(match.index, end)
    if (!/^\s*\uFEFF?import/.test(code) && !/\brequire\s*\(/.test(code)) continue
    const specifier = /(?:\bfrom|\bimport|\brequire\s*\()\s*(["'])(.*?)\1/.exec(text)?.[2]
    if (specifier !== undefined) found.push({ start: match.index, end, specifier, text })
  }
  return found
}

/**
 * Whether a module comes from a package, not from the app's own files. A scope may also be an alias of the app's: it
 * counts where package.json knows it.
 */
export function isPackage(specifier: string, packages: ReadonlySet<string>): boolean {
  if (!specifier.startsWith('@')) return !/^[./~#]/.test(specifier)
  return packages.has(specifier.split('/').slice(0, 2).join('/'))
}

// Whether the statement goes on over this line break, by what stands before and after it.
function goesOn(masked: string, from: number, at: number): boolean {
  const before = masked.slice(from, at).trimEnd().slice(-10)
  const after = masked.slice(at).trimStart()
  if (after === '') return false
  return (
    /(?:[,=+\-*/%&|([{?:.<!~^]|=>|\b(?:import|from|const|let|var|return|new))$/.test(before) ||
    /^[.,?:+*/%=&|([`^<>)-]/.test(after)
  )
}
