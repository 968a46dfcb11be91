// Renders partials in processes without an Express app: a job runner, a script. Same rules, same engines.

import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { failure } from '../errors'
import { checkedHtml, type Locals, partialCandidates, partialLocals, type Renderer, renderFailure } from './render'

/** A view engine as Express knows it: `app.engine('ejs', engine)`. It may call back or return a promise. */
export type ViewEngine = (
  path: string,
  locals: Record<string, unknown>,
  callback: (error: unknown, html?: unknown) => void,
) => unknown

export interface ViewsRendererOptions {
  /** The folder of the views, or several in the order to look in. Relative ones start at the working directory. */
  readonly views: string | readonly string[]
  /** The engine's module, which is also the extension (`'ejs'`), or the engine itself. */
  readonly viewEngine: string | ViewEngine
  /** The extension of the views, where it is not the engine's name. An engine given as a function needs it. */
  readonly extension?: string | undefined
  /** What every partial sees, as `app.locals`. */
  readonly locals?: Locals | undefined
}

/**
 * Renders with a view engine of its own: `viewsRenderer({ views: 'views', viewEngine: 'ejs' })`. The engine's module is looked
 * for from the working directory, then from here.
 *
 * Throws `TURBO_CABLE_BAD_OPTION` at once where the module is missing or is no view engine.
 */
export function viewsRenderer({ views, viewEngine, extension, locals: shared = {} }: ViewsRendererOptions): Renderer {
  const folders = checkedFolders(views)
  const engine = typeof viewEngine === 'function' ? viewEngine : loadedEngine(viewEngine)
  const dotted = checkedExtension(extension ?? viewEngine)
  const base = {
    settings: { views: folders, 'view engine': dotted.slice(1) },
    cache: process.env.NODE_ENV === 'production',
  }

  return {
    async render(partial, locals) {
      const candidates = partialCandidates(partial)
      const path = candidates.map((name) => lookup(folders, name, dotted)).find((found) => found !== undefined)
      if (path === undefined) throw failure('TURBO_CABLE_PARTIAL_MISSING', [partial, candidates])
      try {
        return checkedHtml(await rendered(engine, path, { ...partialLocals(base), ...shared, ...locals }))
      } catch (error) {
        throw renderFailure(partial, error)
      }
    },
  }
}

function checkedFolders(views: unknown): string[] {
  const folders: unknown[] = Array.isArray(views) ? views : [views]
  const names = folders.filter((folder): folder is string => typeof folder === 'string' && folder !== '')
  if (names.length === 0 || names.length < folders.length) {
    throw failure('TURBO_CABLE_BAD_OPTION', ['views', 'a folder or an array of folders', views])
  }
  return names.map((folder) => resolve(folder))
}

function checkedExtension(extension: unknown): string {
  if (typeof extension !== 'string' || extension === '') {
    throw failure('TURBO_CABLE_BAD_OPTION', ['extension', 'given when `viewEngine` is a function', extension])
  }
  return extension.startsWith('.') ? extension : `.${extension}`
}

function lookup(folders: readonly string[], name: string, extension: string): string | undefined {
  const file = extname(name) === extension ? name : name + extension
  return folders.map((folder) => join(folder, file)).find((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
}

function rendered(engine: ViewEngine, path: string, options: Record<string, unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = engine(path, options, (error, html) => (error ? reject(error) : resolve(html)))
    if (returned instanceof Promise) returned.then((html) => html !== undefined && resolve(html), reject)
  })
}

function loadedEngine(viewEngine: unknown): ViewEngine {
  if (typeof viewEngine !== 'string' || viewEngine === '') {
    throw failure('TURBO_CABLE_BAD_OPTION', ['viewEngine', "a view engine's module or the engine itself", viewEngine])
  }
  const name = viewEngine.replace(/^\./, '')
  const found = [join(process.cwd(), 'package.json'), __filename].map((from) => required(from, name))
  const engine = found.map(engineOf).find((candidate) => candidate !== undefined)
  if (engine) return engine
  const rule = found.some((module) => module !== undefined) ? 'a module with a view engine' : 'an installed view engine'
  throw failure('TURBO_CABLE_BAD_OPTION', ['viewEngine', rule, viewEngine])
}

// A module that is there but fails to load says so itself.
function required(from: string, name: string): unknown {
  const require = createRequire(from)
  try {
    require.resolve(name)
  } catch {
    return undefined
  }
  return require(name)
}

function engineOf(module: unknown): ViewEngine | undefined {
  const { __express, renderFile } = Object(module) as { __express?: ViewEngine; renderFile?: ViewEngine }
  return [__express, renderFile].find((candidate) => typeof candidate === 'function')
}
