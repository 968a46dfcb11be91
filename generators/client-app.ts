// Finds the browser's code of an app with a bundler: its Stimulus application, its controllers, its entry.

import type { Files } from './draft'
import { directoryOf, posixJoin } from './paths'
import { topLevelImports } from './script'
import { maskScript } from './script-mask'
import { importedFiles, isServerScript, serverScript } from './server-app'

const clientScript = /\.(?:[jt]sx?|m[jt]s)$/
const notClient =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e|public|static|node_modules)\/|\.(?:test|spec|config|d|stories)\.\w+$/

/** Whether a bundler makes the pages' scripts: one is there, and not for the server's code alone. */
export function hasBundler(files: Files, packages: ReadonlySet<string>): boolean {
  const names = ['vite', 'esbuild', 'webpack', 'rollup', 'rolldown', 'parcel', '@rspack/core', '@rsbuild/core']
  const there = [...files.keys()].some((path) => /^(?:vite|webpack|rollup|rspack)\.config\.\w+$/.test(path))
  if (!there && !names.some((name) => packages.has(name))) return false
  const entries = namedEntries(files)
  return entries.length === 0 || entries.some((path) => !isServerCode(files, path)) || stimulusScripts(files).length > 0
}

/** The scripts that start a Stimulus application. */
export function stimulusScripts(files: Files): string[] {
  return clientScripts(files).filter((path) => {
    const source = files.get(path) ?? ''
    return (
      /["'](?:@hotwired\/stimulus|stimulus)["']/.test(source) &&
      /\bApplication\s*\.\s*start\s*\(/.test(maskScript(source))
    )
  })
}

/** The scripts that register controllers one by one on an application made elsewhere. */
export function registeringScripts(files: Files): string[] {
  return clientScripts(files).filter((path) => {
    const source = files.get(path) ?? ''
    const masked = maskScript(source)
    return (
      /\b\w+\s*\.\s*register\s*\(/.test(masked) &&
      topLevelImports(source, masked).some(({ specifier }) => /application$/.test(specifier))
    )
  })
}

/** Whether the app takes in every `*_controller` file by itself. */
export function loadsControllers(files: Files): boolean {
  return clientScripts(files).some(
    (path) =>
      /(?:import\.meta\.glob\w*|require\.context|registerControllers|definitionsFromContext|(?:eager|lazy)LoadControllersFrom|from\s+["'][^"']*\*_controller)/.test(
        files.get(path) ?? '',
      ) && /controller/i.test(files.get(path) ?? ''),
  )
}

/** Whether some script takes in Turbo. */
export function importsTurbo(files: Files): boolean {
  return clientScripts(files).some((path) => /["']@hotwired\/turbo(?:-rails)?["']/.test(files.get(path) ?? ''))
}

/** The directory of the controllers that are there, with a slash at its end. */
export function controllersDirectory(files: Files): string | undefined {
  const controllers = clientScripts(files).filter((path) => /_controller\.\w+$/.test(path))
  return controllers.length > 0 ? directoryOf(controllers.sort((a, b) => a.length - b.length)[0] ?? '') : undefined
}

/** The scripts that the pages or the bundler's configuration name as entries, without the server's. */
export function entryScripts(files: Files): string[] {
  return namedEntries(files).filter((path) => !isServerCode(files, path))
}

function namedEntries(files: Files): string[] {
  const scripts = [...files.keys()].filter((path) => clientScript.test(path) && !notClient.test(path))
  const found = [...files]
    .flatMap(([path, source]) => entryNames(path, source))
    .flatMap((name) => {
      const path = posixJoin('', name)
      return scripts.find((script) => script === path || script.replace(/\.\w+$/, '') === path) ?? []
    })
  return [...new Set(found)]
}

// What one file names as entries: a page by its module scripts, a configuration or package.json by what it says.
function entryNames(path: string, source: string): string[] {
  if (/\.html$/.test(path) && !/(?:^|\/)(?:public|static)\//.test(path)) {
    return [...source.matchAll(/<script\b[^<>]*\btype=(["']?)module\1[^<>]*\bsrc=["']([^"']+)["']/gi)].flatMap(
      ([, , url = '']) => [posixJoin(directoryOf(path), url), ...(url.startsWith('/') ? [url] : [])],
    )
  }
  if (/^[\w.-]*(?:vite|webpack|rollup|rspack|esbuild|build)[\w.-]*\.[cm]?[jt]s$/.test(path)) {
    const values = source.matchAll(/\b(?:entry|input|entryPoints)\s*:\s*(\{[^}]*\}|\[[^\]]*\]|["'][^"']+["'])/g)
    return [...values].flatMap(([, value = '']) =>
      [...value.matchAll(/(["'])([^"']+)\1\s*(?=[,\]}]|$)/g)].map(([, , file = '']) => file),
    )
  }
  if (path !== 'package.json') return []
  const commands = source.matchAll(/\b(?:esbuild|rollup|parcel(?: build)?)(?: -\S+)* ([\w./-]+\.[jt]sx?)\b/g)
  return [...commands].map(([, file = '']) => file)
}

// Whether a script is the server's: it makes the app, takes in the script that does, or takes in what only Node has.
function isServerCode(files: Files, entry: string): boolean {
  const seen = new Set<string>()
  const left = [entry]
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    const source = files.get(path) ?? ''
    if (seen.has(path)) continue
    seen.add(path)
    if (serverScript(path, source)) return true
    if (topLevelImports(source).some(({ specifier }) => /^(?:node:.*|express|https?|fs|path|dotenv)$/.test(specifier)))
      return true
    left.push(...importedFiles(files, path))
  }
  return false
}

function clientScripts(files: Files): string[] {
  return [...files.keys()].filter((path) => {
    if (!clientScript.test(path) || notClient.test(path)) return false
    return !(isServerScript(path) && serverScript(path, files.get(path) ?? ''))
  })
}
