// Packages that only some apps need. None is imported at load: it is looked for when it is needed.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { failure } from '../errors'
import { addCommand } from './add-command'

/** A package as it is installed where the process was started, else beside this package; undefined where it is not. */
export function installed<Module>(name: string): Module | undefined {
  for (const from of [join(process.cwd(), 'package.json'), __filename]) {
    const require = createRequire(from)
    try {
      return require(name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  return undefined
}

/**
 * The same for what cannot do without: `needed('prom-client', 'cable.metrics()')`.
 * @throws TurboCableError TURBO_CABLE_NOT_INSTALLED
 */
export function needed<Module>(name: string, what: string): Module {
  const module = installed<Module>(name)
  if (module !== undefined) return module
  throw notInstalled(name, what)
}

/**
 * The same for a package that is an ES module and nothing else.
 * @throws TurboCableError TURBO_CABLE_NOT_INSTALLED
 */
export async function neededModule<Module>(name: string, what: string): Promise<Module> {
  for (const from of [join(process.cwd(), 'package.json'), __filename]) {
    let path: string
    try {
      path = createRequire(from).resolve(name)
    } catch {
      continue
    }
    return (await import(pathToFileURL(path).href)) as Module
  }
  throw notInstalled(name, what)
}

function notInstalled(name: string, what: string) {
  const command = addCommand((file) => existsSync(join(process.cwd(), file)), process.env)
  return failure('TURBO_CABLE_NOT_INSTALLED', [what, name, `${command} ${name}`])
}
