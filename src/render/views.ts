// Renders partials in processes without an Express app: a job runner, a script. Same rules, same engines.

import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { failure } from '../errors'
import { check, isText, type Rule } from '../options/check'
import { viewHelpers } from '../turbo/helpers'
import { checkedHtml, partialCandidates, partialLocals, renderFailure } from './partial'
import type { Locals, Renderer } from './renderer'

/** A view engine as Express knows it: `app.engine('ejs', engine)`. It may call back or return a promise. */
export type ViewEngine = (
  path: string,
  locals: Record<string, unknown>,
  callback: (error: unknown, html?: unknown) => void,
) => unknown

/** The options of `viewsRenderer()`. */
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
  const folders = [check('views', views, someFolders)].flat().map((folder) => resolve(folder))
  const engine = typeof viewEngine === 'function' ? viewEngine : loadedEngine(viewEngine)
  const dotted = `.${String(check('extension', extension ?? viewEngine, someExtension)).replace(/^\./, '')}`
  const base = {
    settings: { views: folders, 'view engine': dotted.slice(1) },
    cache: process.env.NODE_ENV === 'production',
  }

  return {
    async render(partial, locals) {
      const candidates = partialCandidates(partial)
      const path = candidates.map((name) => lookup(folders, name, dotted)).find((found) => found !== undefined)
      if (path === undefined) throw failure('TURBO_CABLE_PARTIAL_MISSING', [partial, candidates, folders])
      try {
        return checkedHtml(
          await rendered(engine, path, { ...viewHelpers, ...partialLocals(base), ...shared, ...locals }),
        )
      } catch (error) {
        throw renderFailure(partial, error)
      }
    },
  }
}

const someFolders: Rule = {
  words: 'a folder or an array of folders',
  holds: (views) => [views].flat().length > 0 && [views].flat().every(isText),
}
const someExtension: Rule = { words: 'given when `viewEngine` is a function', holds: isText }
const someEngine: Rule = { words: "a view engine's module or the engine itself", holds: isText }

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

function loadedEngine(viewEngine: string): ViewEngine {
  const name = check('viewEngine', viewEngine, someEngine).replace(/^\./, '')
  const found = [join(process.cwd(), 'package.json'), __filename].map((from) => required(from, name))
  const engine = found.map(engineOf).find((candidate) => candidate !== undefined)
  if (engine) return engine
  const words = found.some((module) => module !== undefined)
    ? 'a module with a view engine'
    : 'an installed view engine'
  throw failure('TURBO_CABLE_BAD_OPTION', ['viewEngine', words, viewEngine])
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
