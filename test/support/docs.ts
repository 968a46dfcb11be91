// The programs in docs/: a block with a file name (```js file=server.mjs), as it is written.

import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readProjectFile } from './project-files.ts'
import { root } from './run.ts'

/** The text of a program of a page. */
export function docsProgram(page: string, file: string): string {
  const found = [...readProjectFile(page).matchAll(/^```\w+ file=(\S+)\n(.*?)^```/gms)].find(
    ([, name]) => name === file,
  )
  assert.ok(found?.[2], `${page} has no program ${file}`)
  return found[2]
}

/** The names of all programs of a page. */
export function docsPrograms(page: string): string[] {
  return [...readProjectFile(page).matchAll(/^```\w+ file=(\S+)$/gm)].map(([, name = '']) => name)
}

/** Makes `folder` one where a program finds this package and those that this project has installed. */
export function linkPackages(folder: string, names: readonly string[]): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  symlinkSync(root, join(modules, 'turbo-cable'), 'dir')
  for (const name of names) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'dir')
  }
}
