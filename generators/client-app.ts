// Finds the browser's code of an app with a bundler: its Stimulus application, its controllers, its entry.

import type { Files } from './draft'
import { directoryOf, posixJoin } from './paths'
import { topLevelImports } from './script'
import { maskScript } from './script-mask'
import { isServerScript, serverScript } from './server-app'

const clientScript = /\.(?:[jt]sx?|m[jt]s)$/
const notClient =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e|public|static|node_modules)\/|\.(?:test|spec|config|d|stories)\.\w+$/

/** Whether package.json or a configuration file names a bundler. */
export function hasBundler(files: Files, packages: ReadonlySet<string>): boolean {
  const names = ['vite', 'esbuild', 'webpack', 'rollup', 'rolldown', 'parcel', '@rspack/core', '@rsbuild/core']
  return (
    names.some((name) => packages.has(name)) ||
    [...files.keys()].some((path) => /^(?:vite|webpack|rollup|rspack)\.config\.\w+$/.test(path))
  )
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

/** The scripts that the pages or the bundler's configuration name as entries. */
export function entryScripts(files: Files): string[] {
  const named: string[] = []
  for (const [path, source] of files) {
    if (/\.html$/.test(path) && !/(?:^|\/)(?:public|static)\//.test(path)) {
      for (const [, , url = ''] of source.matchAll(
        /<script\b[^>]*\btype=(["']?)module\1[^>]*\bsrc=["']([^"']+)["']/gi,
      )) {
        named.push(url.startsWith('/') ? url : posixJoin(directoryOf(path), url))
      }
    } else if (/^[\w.-]*(?:vite|webpack|rollup|rspack|esbuild|build)[\w.-]*\.[cm]?[jt]s$/.test(path)) {
      for (const [, value = ''] of source.matchAll(
        /\b(?:entry|input|entryPoints)\s*:\s*(\{[^}]*\}|\[[^\]]*\]|["'][^"']+["'])/g,
      )) {
        for (const [, , file = ''] of value.matchAll(/(["'])([^"']+)\1\s*(?=[,\]}]|$)/g)) named.push(file)
      }
    } else if (path === 'package.json') {
      for (const [, file = ''] of source.matchAll(
        /\b(?:esbuild|rollup|parcel(?: build)?)(?: -\S+)* ([\w./-]+\.[jt]sx?)\b/g,
      ))
        named.push(file)
    }
  }
  const scripts = clientScripts(files)
  const found = named.flatMap((name) => {
    const path = posixJoin('', name)
    return scripts.find((script) => script === path || script.replace(/\.\w+$/, '') === path) ?? []
  })
  return [...new Set(found)]
}

function clientScripts(files: Files): string[] {
  return [...files.keys()].filter((path) => {
    if (!clientScript.test(path) || notClient.test(path)) return false
    return !(isServerScript(path) && serverScript(path, files.get(path) ?? ''))
  })
}
