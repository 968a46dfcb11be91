// A folder like that of an app: this package in its node_modules as a copy, as runners treat what is linked as the app's own code,
// and the programs of a page of docs/.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { docsProgram } from './docs.ts'
import { root, run } from './run.ts'

export class AppFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'turbo-cable-app-'))

  constructor(packages: readonly string[]) {
    const own = join(this.path, 'node_modules', 'turbo-cable')
    mkdirSync(own, { recursive: true })
    cpSync(join(root, 'dist'), join(own, 'dist'), { recursive: true })
    cpSync(join(root, 'package.json'), join(own, 'package.json'))
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    for (const name of [...Object.keys(dependencies), '@hotwired/turbo', '@hotwired/stimulus', ...packages])
      this.#link(name)
    this.write('package.json', '{}')
  }

  write(file: string, text: string): void {
    const path = join(this.path, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }

  /** Writes programs of a page of docs/ as they stand there. */
  copy(page: string, ...files: string[]): void {
    for (const file of files) this.write(file, docsProgram(page, file))
  }

  /** Runs a file of an installed package, `'jest/bin/jest.js'`, or Node itself. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; output: string }> {
    // The runner that runs this test must not take the one in there for its own child.
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...clean } = process.env
    return run(process.execPath, [...args], { cwd: this.path, env: { ...clean, ...env } })
  }

  remove(): void {
    rmSync(this.path, { recursive: true })
  }

  #link(name: string): void {
    const link = join(this.path, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link, 'dir')
  }
}
