// Is there one history behind the address, or does each process have its own?

import { cursorHeader, defaultPath } from '../../options/limits'
import { ask } from './ask'
import type { Finding, Patient } from './finding'

const times = 8

/** Asks several times, each on a connection of its own, and compares the epochs of the cursors that come with the answers. */
export async function compareHistories({ url, headers }: Patient): Promise<Finding> {
  const root = new URL(
    url.pathname.endsWith(defaultPath) ? url.pathname.slice(0, -defaultPath.length) || '/' : '/',
    url,
  )
  const answers = await Promise.all(Array.from({ length: times }, () => ask(root, { headers })))
  const cursors = answers
    .map(({ headers }) => headers[cursorHeader.toLowerCase()])
    .filter((each) => typeof each === 'string')
  const epochs = new Set(cursors.map((cursor) => cursor.slice(0, cursor.lastIndexOf(':'))))
  if (epochs.has('-')) return { kind: 'bad', text: 'the engine is away: nothing can be sent until it is back' }
  if (epochs.size > 1) {
    const text = `${epochs.size} processes behind this address have a history each: pages of one miss what is sent to another. Give them an engine that they share (TURBO_CABLE_ENGINE, docs/engines.md), or run one`
    return { kind: 'bad', text }
  }
  if (epochs.size === 0)
    return { kind: 'open', text: `${root.pathname} names no cursor, so processes cannot be told apart` }
  return { kind: 'ok', text: `one history behind this address, in ${cursors.length} of ${cursors.length} answers` }
}
