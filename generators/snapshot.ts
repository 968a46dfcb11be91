// Reads the files of an app that an install may look at. Follows no link, and leaves alone what tools make or own.

import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { printable } from './paths'

export interface Snapshot {
  files: Map<string, string>
  /** Files that were left unread, and why. */
  skipped: Array<{ path: string; reason: string }>
}

const maxBytes = 1024 * 1024
const maxDepth = 12
const maxFiles = 20_000
const maxLine = 5_000

const foreign = /^(?:node_modules|bower_components|dist|build|out|coverage|vendor|tmp|temp|logs?|__snapshots__|target)$/
const read =
  /\.(?:[cm]?[jt]s|[jt]sx|html?|ejs|eta|hbs|handlebars|njk|nunjucks|pug|jade|mustache|twig|liquid|marko)$|^package\.json$|^(?:yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/

/** Reads the app in this directory. Paths in the result are relative to it, with forward slashes. */
export async function readApp(directory: string): Promise<Snapshot> {
  const snapshot: Snapshot = { files: new Map(), skipped: [] }
  await readDirectory(directory, '', 0, snapshot)
  return snapshot
}

async function readDirectory(root: string, path: string, depth: number, snapshot: Snapshot): Promise<void> {
  const entries = await readdir(join(root, path), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const child = path + entry.name
    // A name is printed, and a terminal takes such characters for commands.
    if (printable(child) !== child) {
      if (entry.isDirectory() ? !isForeign(entry.name, path) : isRead(path, entry.name))
        snapshot.skipped.push({ path: printable(child), reason: 'its name has control characters' })
      continue
    }
    if (entry.isDirectory() && !isForeign(entry.name, path) && depth < maxDepth) {
      await readDirectory(root, `${child}/`, depth + 1, snapshot)
    } else if (entry.isFile() && snapshot.files.size < maxFiles && isRead(path, entry.name)) {
      const text = await readText(join(root, child))
      if (typeof text === 'string') snapshot.files.set(child, text)
      else snapshot.skipped.push({ path: child, reason: text.reason })
    }
  }
}

function isForeign(name: string, parent: string): boolean {
  return (
    name.startsWith('.') ||
    foreign.test(name) ||
    (/(?:^|\/)(?:public|static)\/$/.test(parent) && /^(?:assets|packs|lib|libs|js)$/.test(name))
  )
}

// Views, scripts but those served as they are, and scripts without an extension, such as bin/www.
function isRead(directory: string, name: string): boolean {
  if (/(?:^|\/)(?:public|static)\//.test(directory)) return /\.html?$/.test(name)
  return (read.test(name) && !/[.-]min\.\w+$/.test(name)) || (directory === 'bin/' && /^[\w-]+$/.test(name))
}

// The text of a file, or the reason why an install must not touch it.
async function readText(file: string): Promise<string | { reason: string }> {
  const { size } = await lstat(file)
  if (/(?:lock|lock\.yaml|lockb)$/.test(file)) return ''
  if (size > maxBytes) return { reason: 'it is larger than 1 MiB' }
  const bytes = await readFile(file)
  const text = bytes.toString('utf8')
  if (!Buffer.from(text, 'utf8').equals(bytes)) return { reason: 'it is not UTF-8' }
  if (/^(?:<{7}|>{7}) /m.test(text)) return { reason: 'it has merge conflicts' }
  if (text.split('\n').some((line) => line.length > maxLine)) return { reason: 'it is minified' }
  return text
}
