// A history over a restart: one file, written whole at a graceful end and taken away at the next start, so that no two
// processes go on from the same place. Whatever is not exactly what was written is not used at all.

import { createHash, randomUUID } from 'node:crypto'
import { accessSync, constants, readFileSync, renameSync, rmSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { warn } from '../log'
import type { Revocation } from './engine'
import type { HistorySnapshot } from './history'

/** All that an engine needs to go on as if it had never stopped. */
export interface EngineSnapshot extends HistorySnapshot {
  readonly epoch: string
  readonly position: number
  /** Idempotency ids of what was applied, oldest first. */
  readonly ids: readonly string[]
  /** Revocations that have an end. An older release wrote none. */
  readonly revoked?: readonly Revocation[]
}

const kind = 'turbo-cable history 1'

/** Takes the snapshot out of its file: it can be had once. Undefined where there is none that is whole. */
export function takeSnapshot(file: string): EngineSnapshot | undefined {
  const own = `${file}.${randomUUID()}`
  try {
    // A rename succeeds for one process alone.
    renameSync(file, own)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') warnUnused(file, error)
    else warnUnlessWritable(file)
    return undefined
  }
  try {
    return parsed(readFileSync(own, 'utf8'))
  } catch (error) {
    warnUnused(file, error)
    return undefined
  } finally {
    rmSync(own, { force: true })
  }
}

/** Writes a snapshot so that it is there whole or not at all. */
export async function putSnapshot(file: string, snapshot: EngineSnapshot): Promise<void> {
  const own = `${file}.${randomUUID()}`
  const body = JSON.stringify({ written: Date.now(), ...snapshot })
  try {
    // Broadcasts may be meant for some only: no other user of the machine shall read them.
    await writeFile(own, `${kind}\n${digest(body)}\n${body}`, { mode: 0o600 })
    await rename(own, file)
  } catch (error) {
    warn(`the history could not be written to ${file}, pages will refresh after the restart: ${messageOf(error)}`)
    await rm(own, { force: true }).catch(() => {})
  }
}

/** Takes a snapshot away that lacks something: pages then refresh. Nothing happens where another process has taken it. */
export async function dropSnapshot(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    warn(`the history in ${file} lacks what was sent after it was written, and cannot be deleted: ${messageOf(error)}`)
  })
}

function parsed(text: string): EngineSnapshot {
  const [first, sum, body = ''] = text.split('\n', 3)
  if (first !== kind) throw new Error('it is no history of turbo-cable')
  if (sum !== digest(body)) throw new Error('it is not whole')
  // What carries the right sum was written by putSnapshot.
  const { written, ...snapshot }: EngineSnapshot & { written: number } = JSON.parse(body)
  const away = Math.max(0, Date.now() - written)
  return { ...snapshot, messages: snapshot.messages.map((each) => ({ ...each, left: each.left - away })) }
}

function digest(body: string): string {
  return createHash('sha256').update(body).digest('hex')
}

// Said now, while there is time to mend it, and not only at the end, when the history is lost.
function warnUnlessWritable(file: string): void {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK)
  } catch (error) {
    warn(`the history will not be kept in ${file}, whose folder has to be there and writable: ${messageOf(error)}`)
  }
}

function warnUnused(file: string, error: unknown): void {
  warn(`the history in ${file} is not used, pages will refresh: ${messageOf(error)}`)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
