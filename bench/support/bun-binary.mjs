// Where Bun is: the package `bun`, which our tests need too, brings it for this machine.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/setup.mjs'

const modules = join(root, 'node_modules')

/** The path of Bun's binary; undefined where it is not installed. It is in a package of its platform, unless bun's own script has moved it. */
export function bunBinary() {
  const scope = join(modules, '@oven')
  const platforms = existsSync(scope) ? readdirSync(scope) : []
  const places = platforms.map((platform) => join(scope, platform, 'bin', 'bun'))
  return [...places, ...['bun', 'bun.exe'].map((name) => join(modules, 'bun', 'bin', name))].find((file) =>
    existsSync(file),
  )
}
