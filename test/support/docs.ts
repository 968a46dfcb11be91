// The programs in docs/: a block with a file name (```js file=server.mjs), as it is written.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Program } from './program.ts'
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

/** The programs of a page of docs/, in a folder of their own that has this package and those that they need. */
export class DocsExample {
  readonly folder = mkdtempSync(join(tmpdir(), 'turbo-cable-docs-'))
  readonly #programs: Program[] = []

  constructor(page: string, packages: readonly string[] = ['express']) {
    for (const file of docsPrograms(page)) this.write(file, docsProgram(page, file))
    linkPackages(this.folder, packages)
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true })
    writeFileSync(join(this.folder, file), text)
  }

  start(file: string, env: NodeJS.ProcessEnv = {}, parameters: readonly string[] = []): Program {
    const options = { cwd: this.folder, env: { ...process.env, ...env } }
    const program = new Program(process.execPath, [join(this.folder, file), ...parameters], options)
    this.#programs.push(program)
    return program
  }

  /** Ends what it started, and removes the folder. */
  async remove(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end()))
    rmSync(this.folder, { recursive: true })
  }
}
