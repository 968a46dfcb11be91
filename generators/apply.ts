// Writes the edits of a plan: each file at once, and none at all where any of them changed since the plan was made.

import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { Edit } from './draft'

/** Applies all edits below a directory, after checking all of them. Throws where a file is not as the plan saw it. */
export async function applyEdits(directory: string, edits: readonly Edit[]): Promise<void> {
  const root = await realpath(directory)
  for (const edit of edits) await check(root, edit)
  for (const edit of edits) await write(join(root, edit.path), edit)
}

async function check(root: string, { path, before }: Edit): Promise<void> {
  const file = join(root, path)
  await checkInside(root, dirname(file))
  const stats = await lstat(file).catch(absent)
  if (before === undefined) {
    if (stats) throw new Error(`${path} was made in the meantime; run the command again`)
    return
  }
  if (!stats?.isFile()) throw new Error(`${path} is no longer a file; run the command again`)
  if ((await readFile(file, 'utf8')) !== before)
    throw new Error(`${path} was changed in the meantime; run the command again`)
}

// A directory that is a link would let an edit leave the app.
async function checkInside(root: string, directory: string): Promise<void> {
  const real = await realpath(directory).catch(absent)
  if (real === undefined) return checkInside(root, dirname(directory))
  if (relative(root, real).startsWith('..') || real !== directory) {
    throw new Error(`${relative(root, directory)} is a link; nothing behind it is changed`)
  }
}

async function write(file: string, { before, after }: Edit): Promise<void> {
  if (before === undefined) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, after, { flag: 'wx' })
    return
  }
  // Readers see the old file or the new one, never half of either.
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`)
  try {
    const { mode } = await lstat(file)
    await writeFile(temporary, after, { flag: 'wx', mode: mode & 0o7777 })
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  throw error
}
