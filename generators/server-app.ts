// Finds where the Express app is made, in one script and among all scripts of an app.

import type { Files } from './draft'
import { directoryOf, posixJoin } from './paths'
import { statementEnd, topLevelImports } from './script'
import { maskScript } from './script-mask'

/** The statement that makes the app: `receiver` is `app` or `this.app`; `end` is just after the statement. */
export interface AppStatement {
  receiver: string
  start: number
  end: number
}

export interface ServerScript {
  path: string
  /** How many apps this script makes. */
  calls: number
  /** The one place where it does, if a line can be added after it. */
  statement: AppStatement | undefined
  /** The line of the first app, counted from 1. */
  line: number
}

const scriptName = /\.[cm]?[jt]s$/
const elsewhere =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e|cypress|fixtures?|examples?|public|static)\/|\.(?:test|spec|config|stories)\.[cm]?[jt]s$/

/** Whether a file may be code of the server: a script outside of tests, examples and public files. */
export function isServerScript(path: string): boolean {
  return (scriptName.test(path) || /^bin\/[\w-]+$/.test(path)) && !elsewhere.test(path)
}

/** What one script makes with Express, or undefined where it makes no app. */
export function serverScript(path: string, source: string): ServerScript | undefined {
  if (!/["']express["']/.test(source)) return undefined
  const masked = maskScript(source)
  const calls = appCalls(source, masked)
  const first = calls[0]
  if (!first) return undefined
  const statement = calls.length === 1 ? appStatement(masked, first.start, first.end) : undefined
  return { path, calls: calls.length, statement, line: source.slice(0, first.start).split('\n').length }
}

/**
 * The scripts that make an app, the likeliest first: those that the app's start commands reach by the fewest imports.
 * More than one at the same distance is for the author to decide; both are returned.
 */
export function serverScripts(files: Files): ServerScript[] {
  const making = [...files].flatMap(([path, source]) =>
    isServerScript(path) ? (serverScript(path, source) ?? []) : [],
  )
  if (making.length < 2) return making
  const seen = new Set<string>()
  let level = startScripts(files)
  while (level.length > 0) {
    const here = making.filter(({ path }) => level.includes(path))
    if (here.length > 0) return here
    for (const path of level) seen.add(path)
    level = [...new Set(level.flatMap((path) => importedFiles(files, path)))].filter((path) => !seen.has(path))
  }
  return making
}

// Every call that makes an app: `express()` by whatever name Express was imported, or `require('express')()`.
function appCalls(source: string, masked: string): Array<{ start: number; end: number }> {
  const calls: Array<{ start: number; end: number }> = []
  const names = new Set<string>()
  for (const match of source.matchAll(
    /\bimport\s+(?:\*\s+as\s+)?([\w$]+)\s*(?:,[^;'"]*)?(?:\bfrom\s+|=\s*require\(\s*)["']express["']/g,
  )) {
    if (masked.startsWith('import', match.index)) names.add(match[1] ?? '')
  }
  for (const match of source.matchAll(/([\w$]+)\s*=\s*require\(\s*["']express["']\s*\)(?!\s*[(.])/g)) {
    if (masked.startsWith(match[1] ?? ' ', match.index)) names.add(match[1] ?? '')
  }
  for (const match of source.matchAll(/\brequire\(\s*["']express["']\s*\)\s*\(\s*\)/g)) {
    if (masked.startsWith('require', match.index))
      calls.push({ start: match.index, end: match.index + match[0].length })
  }
  for (const name of names) {
    const call = new RegExp(`(?<![\\w$.])${name.replace(/\$/g, '\\$')}(?:\\.default)?\\s*\\(\\s*\\)`, 'g')
    for (const match of masked.matchAll(call)) calls.push({ start: match.index, end: match.index + match[0].length })
  }
  return calls.sort((a, b) => a.start - b.start)
}

// The whole statement around a call, if it is nothing but `const app = express()`, `app = …` or `this.app = …`.
function appStatement(masked: string, callStart: number, callEnd: number): AppStatement | undefined {
  const head =
    /(?<![\w$.])(?:(?:export\s+)?\b(const|let|var)\s+)?((?:this\.)?[\w$]+)\s*(?::\s*[\w$.]+(?:<[^=]*>)?)?\s*=\s*$/.exec(
      masked.slice(0, callStart),
    )
  const receiver = head?.[2]
  if (!head || !receiver) return undefined
  const end = statementEnd(masked, callEnd)
  if (!/^\s*(?:as\s+[\w$.]+)?\s*;?$/.test(masked.slice(callEnd, end))) return undefined
  const start = head[1] ? head.index : assignmentStart(masked.slice(0, head.index), receiver)
  return start === undefined ? undefined : { receiver, start, end }
}

// `app = express()` may be an assignment, or the last of several names in one declaration, which then starts there. It
// may also be a class field, the body of an `if` without braces or an arrow function's value: nothing follows those.
function assignmentStart(before: string, receiver: string): number | undefined {
  const code = before.trimEnd()
  if (code.endsWith(',')) return /\b(?:const|let|var)\s[^;]*$/.exec(code)?.index
  if (/(?:\b(?:else|do)|[)>=:?&|(])$/.test(code)) return undefined
  const declared = new RegExp(`\\b(?:const|let|var)\\s[^;]*(?<![\\w$.])${receiver.replace(/\$/g, '\\$')}(?![\\w$])`)
  return receiver.startsWith('this.') || declared.test(code) ? before.length : undefined
}

// The scripts that package.json starts: `main`, `start`, `dev`, and what lies where apps usually start.
function startScripts(files: Files): string[] {
  const named: string[] = []
  try {
    const manifest: unknown = JSON.parse(files.get('package.json') ?? '{}')
    const { main, scripts } = manifest as { main?: unknown; scripts?: Record<string, unknown> }
    if (typeof main === 'string') named.push(main)
    for (const script of [scripts?.start, scripts?.dev, scripts?.serve]) {
      if (typeof script === 'string') named.push(...script.split(/[\s"'=]+/).filter((word) => /^[\w./-]+$/.test(word)))
    }
  } catch {}
  const found = named.flatMap((name) =>
    [name, name.replace(/^(?:\.\/)?(?:dist|build|lib|out)\//, 'src/')].flatMap((file) => fileOf(files, '', file) ?? []),
  )
  if (found.length > 0) return [...new Set(found)]
  return ['app', 'server', 'index', 'src/index', 'src/server', 'src/app', 'src/main'].flatMap(
    (name) => fileOf(files, '', name) ?? [],
  )
}

/** The app's own files that a script takes in. */
export function importedFiles(files: Files, path: string): string[] {
  return topLevelImports(files.get(path) ?? '').flatMap(({ specifier }) =>
    specifier.startsWith('.') ? (fileOf(files, directoryOf(path), specifier) ?? []) : [],
  )
}

// The app's file that a name without a sure extension means, as Node, tsx and compilers resolve it.
function fileOf(files: Files, directory: string, name: string): string | undefined {
  const path = posixJoin(directory, name)
  const stem = path.replace(/\.([cm]?)[jt]s$/, '')
  const extensions = ['', '.js', '.ts', '.mjs', '.mts', '.cjs', '.cts']
  const candidates = [
    path,
    ...[stem, path, `${path}/index`].flatMap((base) => extensions.map((extension) => base + extension)),
  ]
  return candidates.find((candidate) => isServerScript(candidate) && files.has(candidate))
}
