// Adds the import of turboCable and `app.use(turboCable())` to the script that makes the Express app.

import type { Draft, Files } from './draft'
import {
  type ImportStatement,
  importLine,
  indentAt,
  isPackage,
  lineEndAfter,
  type ModuleStyle,
  styleOf,
  topLevelImports,
} from './script'
import { maskScript } from './script-mask'
import { type AppStatement, isServerScript, serverScripts } from './server-app'

/** Plans the change of the server; returns the style of the script that makes the app. */
export function planServerEntry(
  files: Files,
  draft: Draft,
  packages: ReadonlySet<string>,
  packageType: string,
): ModuleStyle {
  const fallback: ModuleStyle = {
    quote: "'",
    semicolon: '',
    newline: '\n',
    modules: packageType === 'module' ? 'import' : 'require',
  }
  const mounted = [...files].find(([path, source]) => isServerScript(path) && usesTurboCable(source))
  if (mounted) {
    draft.unchanged(mounted[0], 'turboCable() is already there')
    return serverStyle(mounted[0], mounted[1], packageType, importOf(mounted[1], /turbo-cable/)) ?? fallback
  }
  const [script, ...others] = serverScripts(files)
  const source = files.get(script?.path ?? '')
  if (!script || source === undefined) {
    draft.instruct(`No \`const app = express()\` was found. ${byHand(fallback)}`)
    return fallback
  }
  const style = serverStyle(script.path, source, packageType, importOf(source, /^express$/)) ?? fallback
  if (others.length > 0) {
    const paths = [script, ...others].map(({ path, line }) => `${path}:${line}`).join(', ')
    draft.instruct(`More than one Express app was found (${paths}). ${byHand(style)}`)
  } else if (script.calls > 1) {
    draft.skip(script.path, 'it makes more than one Express app')
    draft.instruct(`${script.path} makes more than one Express app. ${byHand(style)}`)
  } else {
    const after = script.statement && mountedServer(source, script.statement, style, packages)
    if (after !== undefined) draft.change(script.path, after, `${script.statement?.receiver}.use(turboCable())`)
    else {
      draft.skip(script.path, `no line can be added safely after line ${script.line}`)
      draft.instruct(`${script.path}:${script.line} makes the app inside of another expression. ${byHand(style)}`)
    }
  }
  return style
}

// The script with the import and the middleware in place, or undefined where the import has no safe place.
function mountedServer(
  source: string,
  statement: AppStatement,
  style: ModuleStyle,
  packages: ReadonlySet<string>,
): string | undefined {
  const masked = maskScript(source)
  const imports = topLevelImports(source, masked).filter(
    ({ start }) => style.modules === 'import' || start <= statement.start,
  )
  if (!imports.some(({ specifier }) => specifier === 'express')) return undefined
  const neighbour = imports.findLast(({ specifier }) => isPackage(specifier, packages)) as ImportStatement
  const { semicolon, newline } = style
  const line = importLine('turboCable', style, /^\s*var\b/.test(neighbour.text) ? 'var' : 'const')
  const importAt = lineEndAfter(masked, neighbour.end)
  const useAt = lineEndAfter(masked, statement.end)
  const use = `${statement.receiver}.use(turboCable())`
  const ownLine = /^(?:\r?\n|$)/.test(masked.slice(useAt))
  const useLine = ownLine ? `${newline}${indentAt(source, statement.start)}${use}${semicolon}` : ` ${use};`
  return splice(source, [
    { at: importAt, text: `${newline}${line}` },
    { at: useAt, text: useLine },
  ])
}

function byHand(style: ModuleStyle): string {
  return `Add the middleware where the Express app is made, before its routes:\n  ${importLine('turboCable', style)}\n  app.use(turboCable())${style.semicolon}`
}

// How this script takes in modules: by its extension, else by what it does, else by its package.
function serverStyle(
  path: string,
  source: string,
  packageType: string,
  statement: string | undefined,
): ModuleStyle | undefined {
  if (statement === undefined) return undefined
  const masked = maskScript(source)
  const typescript = /\.[cm]?ts$/.test(path)
  const imports = /^[ \t\uFEFF]*(?:import\b(?!\s*[(.])|export\b)/m.test(masked)
  const modules =
    path.endsWith('.mjs') || imports
      ? 'import'
      : path.endsWith('.cjs') || /\brequire\s*\(/.test(masked)
        ? 'require'
        : undefined
  return {
    ...styleOf(source, statement),
    modules: modules ?? (typescript || packageType === 'module' ? 'import' : 'require'),
  }
}

function importOf(source: string, specifier: RegExp): string | undefined {
  return topLevelImports(source).find((statement) => specifier.test(statement.specifier))?.text
}

function usesTurboCable(source: string): boolean {
  return /["']turbo-cable["']/.test(source) && /\bturboCable\b/.test(maskScript(source))
}

// Inserts texts at places of the source; of two at the same place the first comes first.
function splice(source: string, insertions: Array<{ at: number; text: string }>): string {
  let result = ''
  let done = 0
  for (const { at, text } of insertions.toSorted((a, b) => a.at - b.at)) {
    result += source.slice(done, at) + text
    done = at
  }
  return result + source.slice(done)
}
