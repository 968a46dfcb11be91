// The project's own files, without git: what a clone holds, less what is installed, built or written at run time.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.ts'

/** Paths of the files of the project below `folder`, relative to the root, with slashes. */
export function projectFiles(folder = '.'): string[] {
  const ignored = ignoredNames()
  return walk(folder === '.' ? '' : `${folder}/`)

  function walk(prefix: string): string[] {
    return readdirSync(join(root, prefix), { withFileTypes: true }).flatMap((entry) => {
      const path = prefix + entry.name
      if (ignored(entry.name, path)) return []
      return entry.isDirectory() ? walk(`${path}/`) : [path]
    })
  }
}

export function readProjectFile(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** .gitignore as this project writes it: names, paths from the root, and `*.ext`. */
function ignoredNames(): (name: string, path: string) => boolean {
  const lines = readProjectFile('.gitignore').split('\n').filter(Boolean)
  const rules = new Set(['.git', ...lines.map((line) => line.replace(/^\/|\/$/g, ''))])
  const endings = lines.filter((line) => line.startsWith('*')).map((line) => line.slice(1))
  return (name, path) => rules.has(name) || rules.has(path) || endings.some((ending) => name.endsWith(ending))
}
