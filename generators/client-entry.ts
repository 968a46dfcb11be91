// Adds the Stimulus controller to an app with a bundler: its file, its registration, and the import of Turbo.

import { controller } from '../src/view/marker'
import {
  controllersDirectory,
  entryScripts,
  importsTurbo,
  loadsControllers,
  registeringScripts,
  stimulusScripts,
} from './client-app'
import type { Draft, Files } from './draft'
import { directoryOf, relativePath } from './paths'
import { lineEndAfter, type Style, statementEnd, styleOf, topLevelImports } from './script'
import { maskScript } from './script-mask'

const className = 'TurboStreamsController'
const framework = /^(?:react-dom|preact|vue|svelte|solid-js|@angular\/)/

/** Plans the change of the browser's code. Returns false where pages are another framework's and were left alone. */
export function planClientEntry(files: Files, draft: Draft): boolean {
  const [stimulus, ...others] = stimulusScripts(files)
  const [entry, ...entries] = entryScripts(files)
  const where = stimulus ?? entry
  const source = where === undefined ? undefined : files.get(where)
  if (others.length > 0)
    return byHand(draft, `More than one Stimulus application was found (${[stimulus, ...others].join(', ')}).`)
  if (where === undefined || source === undefined) return byHand(draft, "The client's entry was not found.")
  if (!stimulus && entries.length > 0)
    return byHand(draft, `More than one entry was found (${[entry, ...entries].join(', ')}).`)
  if (!stimulus && topLevelImports(source).some(({ specifier }) => framework.test(specifier))) {
    draft.skip(where, 'a framework renders this page')
    draft.instruct(
      `${where} hands the page to a framework, and Turbo must not change what a framework renders. Subscribe in its components instead, as below.`,
    )
    return false
  }
  if (/\bmodule\.exports\b|\bexports\.\w/.test(maskScript(source)))
    return byHand(draft, `${where} is a CommonJS module.`)
  const file = writeController(files, draft, where, styleOf(source, topLevelImports(source)[0]?.text ?? ''))
  if (!stimulus) addApplication(draft, where, file)
  else if (loadsControllers(files)) draft.unchanged(where, 'it takes in every controller of its directory')
  else register(files, draft, registeringScripts(files)[0] ?? where, file)
  if (stimulus && !importsTurbo(files))
    addLines(draft, where, () => [`import '@hotwired/turbo'`], [], 'import of Turbo')
  return true
}

function byHand(draft: Draft, reason: string): true {
  draft.instruct(`${reason} Add to the script that your pages load:
  import '@hotwired/turbo'
  import { Application } from '@hotwired/stimulus'
  import { TurboStreamsController } from 'turbo-cable/stimulus'
  Application.start().register('${controller}', TurboStreamsController)
Or, if no bundler makes your pages' scripts, put what turboCableTags() returns into <head>, unescaped.`)
  return true
}

// The file of the controller, in the app's own directory for controllers. A file of this name is never changed.
function writeController(files: Files, draft: Draft, entry: string, style: Style): string {
  const directory =
    controllersDirectory(files) ??
    (/\/controllers\/[^/]*$/.test(`/${entry}`) ? directoryOf(entry) : `${directoryOf(entry)}controllers/`)
  const extension = /\.[cm]?tsx?$/.test(entry) ? 'ts' : 'js'
  const existing = ['js', 'ts']
    .map((name) => `${directory}turbo_streams_controller.${name}`)
    .find((path) => files.has(path))
  const path = existing ?? `${directory}turbo_streams_controller.${extension}`
  const { quote, semicolon, newline } = style
  const text = `export { ${className} as default } from ${quote}turbo-cable/stimulus${quote}${semicolon}${newline}`
  if (!existing) draft.change(path, text, 'the Stimulus controller')
  else if (files.get(path)?.includes('turbo-cable/stimulus')) draft.unchanged(path, 'the Stimulus controller')
  else {
    draft.skip(path, 'your own controller of this name is kept')
    draft.instruct(`${path} is your own. For turbo-cable's controller make it:\n  ${text.trim()}`)
  }
  return path
}

// A page without Stimulus: the entry starts an application of its own.
function addApplication(draft: Draft, path: string, file: string): void {
  const source = draft.read(path) ?? ''
  if (source.includes('turbo-cable/stimulus') || new RegExp(`\\b${className}\\b`).test(source)) {
    draft.unchanged(path, 'it registers the controller')
    return
  }
  const name = /\bapplication\b/.test(maskScript(source)) ? 'stimulus' : 'application'
  addLines(
    draft,
    path,
    (importPath) => [
      "import '@hotwired/turbo'",
      "import { Application } from '@hotwired/stimulus'",
      `import ${className} from '${importPath(file)}'`,
    ],
    [`const ${name} = Application.start()`, `${name}.register('${controller}', ${className})`],
    'Stimulus with the controller, Turbo',
  )
}

// A page with Stimulus: one more import and one more registration, behind the last one of either.
function register(files: Files, draft: Draft, path: string, file: string): void {
  const source = files.get(path) ?? ''
  const masked = maskScript(source)
  if (new RegExp(`["']${controller}["']`).test(source)) {
    draft.unchanged(path, 'it registers the controller')
    return
  }
  const registered = [...masked.matchAll(/(?<![\w$.])((?:window\.)?[\w$]+)\s*\.\s*register\s*\(/g)].at(-1)
  const started = /(?:((?:window\.)?[\w$]+)\s*(?::\s*\w+\s*)?=\s*)Application\s*\.\s*start\s*\(/.exec(masked)
  const place = registered ?? started
  const name = place?.[1]
  if (!place || !name) {
    byHand(draft, `${path} keeps its Stimulus application to itself.`)
    return
  }
  const at = lineEndAfter(masked, statementEnd(masked, place.index))
  const style = styleOf(source, topLevelImports(source)[0]?.text ?? '')
  const indent = /[ \t]*$/.exec(source.slice(0, place.index))?.[0] ?? ''
  const line = `${name}.register(${style.quote}${controller}${style.quote}, ${className})${style.semicolon}`
  const text = `${source.slice(0, at)}${style.newline}${indent}${line}${source.slice(at)}`
  draft.change(path, text, 'the controller registered')
  addLines(draft, path, (importPath) => [`import ${className} from '${importPath(file)}'`], [], '')
}

type ImportPath = (file: string) => string

// Adds imports behind the last import and statements behind those, as the file writes its own.
function addLines(
  draft: Draft,
  path: string,
  imports: (importPath: ImportPath) => string[],
  statements: string[],
  summary: string,
): void {
  const source = draft.read(path) ?? ''
  const masked = maskScript(source)
  const existing = topLevelImports(source, masked).filter(({ text }) => text.trimStart().startsWith('import'))
  const last = existing.at(-1)
  const style = styleOf(source, last?.text ?? '')
  const written = (line: string) => line.replace(/'/g, style.quote) + style.semicolon
  const importLines = imports((file) =>
    specifierOf(
      path,
      file,
      existing.map(({ specifier }) => specifier),
    ),
  ).map(written)
  const lines = [...importLines, ...(statements.length > 0 ? ['', ...statements.map(written)] : [])].join(style.newline)
  const at = last ? lineEndAfter(masked, last.end) : 0
  const gap = statements.length > 0 && /^\r?\n[ \t]*\S/.test(source.slice(at)) ? style.newline : ''
  const text = last
    ? `${source.slice(0, at)}${style.newline}${lines}${gap}${source.slice(at)}`
    : `${lines}${style.newline}${source === '' ? '' : style.newline}${source}`
  draft.change(path, text, summary)
}

// With or without its extension, as the file's other relative imports have it. Without any: as Node has it for
// JavaScript, as bundlers have it for TypeScript.
function specifierOf(from: string, file: string, specifiers: readonly string[]): string {
  const path = relativePath(directoryOf(from), file)
  const bare = path.replace(/\.\w+$/, '')
  const style = /\.(?:css|scss|sass|less|svg|png|json)$/
  const own = specifiers.filter((specifier) => /^\.\.?\//.test(specifier) && !style.test(specifier))
  if (own.some((specifier) => !/\.[cm]?[jt]sx?$/.test(specifier))) return bare
  if (file.endsWith('.js') || own.some((specifier) => specifier.endsWith('.ts'))) return path
  return own.length > 0 ? `${bare}.js` : bare
}
