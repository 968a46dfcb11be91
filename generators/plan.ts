// What `turbo-cable install` would do to an app: its files in, edits and instructions out. Pure, and idempotent: the
// plan of an app with its edits applied has no edits.

import { addCommand } from '../src/options/add-command'
import { hasBundler } from './client-app'
import { planClientEntry } from './client-entry'
import { Draft, type Edit, type Files, type Note } from './draft'
import { planHelmet } from './helmet'
import { planLayouts } from './layouts'
import { nextLines, nextLinesOfFramework } from './next-lines'
import { planServerEntry } from './server-entry'
import { planVite } from './vite'

export interface Plan {
  edits: Edit[]
  notes: Note[]
  /** What only the author can place, one paragraph each. */
  instructions: string[]
  /** The command that installs what the app's package.json lacks. */
  install: string | undefined
  /** The lines to write next, in the app's own template language and module style. */
  next: string
}

/** Why an install cannot start at all, or undefined where it can. */
export function obstacle(files: Files): string | undefined {
  const manifest = files.get('package.json')
  if (manifest === undefined)
    return 'There is no package.json in this directory. Run the command in the directory of an Express app.'
  if (!isObject(manifest)) return 'Its package.json is not valid JSON.'
  if (packagesOf(manifest).has('express')) return undefined
  const inside = [...files.keys()].filter(
    (path) => path.endsWith('/package.json') && packagesOf(files.get(path) ?? '').has('express'),
  )
  const hint =
    inside.length > 0 ? ` Did you mean ${inside.map((path) => path.replace(/\/package\.json$/, '')).join(' or ')}?` : ''
  return `Its package.json does not depend on express.${hint}`
}

/** Plans an install. The files must be those of an Express app: see `obstacle`. */
export function plan(files: Files): Plan {
  const manifest = files.get('package.json') ?? '{}'
  const packages = packagesOf(manifest)
  const bundler = hasBundler(files, packages)
  const draft = new Draft(files)
  const style = planServerEntry(files, draft, packages, /"type"\s*:\s*"module"/.test(manifest) ? 'module' : 'commonjs')
  const ours = bundler ? planClientEntry(files, draft) : true
  const pages = ours ? planLayouts(files, draft, !bundler) : []
  if (packages.has('helmet') && !bundler) planHelmet(files, pages, draft)
  if (packages.has('vite')) planVite(files, draft)
  return {
    edits: draft.edits(),
    notes: draft.notes(),
    instructions: draft.instructions,
    install: installCommand(files, packages, bundler),
    next: ours ? nextLines(files, pages, style) : nextLinesOfFramework(style),
  }
}

// A bundler resolves Turbo and Stimulus from the app itself; without one npm and pnpm bring them along as peers.
function installCommand(files: Files, packages: ReadonlySet<string>, bundler: boolean): string | undefined {
  const peers = bundler || files.has('yarn.lock') ? ['@hotwired/turbo', '@hotwired/stimulus'] : []
  const missing = ['turbo-cable', ...peers].filter((name) => !packages.has(name))
  if (missing.length === 0) return undefined
  return `${addCommand((file) => files.has(file))} ${missing.join(' ')}`
}

function packagesOf(manifest: string): Set<string> {
  if (!isObject(manifest)) return new Set()
  const { dependencies, devDependencies, peerDependencies } = JSON.parse(manifest.replace(/^\uFEFF/, '')) as Record<
    string,
    object | undefined
  >
  return new Set([dependencies, devDependencies, peerDependencies].flatMap((group) => Object.keys(group ?? {})))
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
