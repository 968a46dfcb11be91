// A stream of Redis that somebody else adds to. What is in it stays until it was relayed, so nothing is missed, whoever was away.

import type { OpenRedis, RedisConnection } from '../engine/redis/connection'
import { inTime } from '../in-time'
import { warn } from '../log'
import { again } from './again'
import type { HandingOn, RelayHandler } from './handing-on'

/** How long one read waits for something new, and how long Redis may say nothing, ms. */
const block = 1_000
const patience = 6_000
const most = 100

type Entry = readonly [id: string, fields: readonly string[]]

export interface LogParts {
  readonly open: OpenRedis
  readonly key: string
  readonly handler: RelayHandler
  readonly handingOn: HandingOn
  /** Called when it can be read. */
  readonly up: () => void
}

/** Reads a stream of Redis, and deletes from it what was relayed, until the returned function is called. */
export function readLog(parts: LogParts): () => Promise<void> {
  let away = false
  return again(
    (signal, up) =>
      follow(parts, signal, () => {
        if (away) warn(`the relay reads "${parts.key}" of Redis again`)
        away = false
        up()
        parts.up()
      }),
    ({ message }) => {
      if (!away) warn(`the relay does not come on with "${parts.key}" of Redis: ${message}. What is there waits`)
      away = true
    },
  )
}

async function follow(
  { open, key, handler, handingOn }: LogParts,
  signal: AbortSignal,
  up: () => void,
): Promise<never> {
  const connection = await open(() => {})
  const end = () => connection.destroy()
  signal.addEventListener('abort', end)
  try {
    signal.throwIfAborted()
    connection.hold(false)
    for (let last = '0', reads = 0; ; reads++) {
      const entries = await read(connection, key, last)
      if (reads === 0) up()
      for (const [id, fields] of entries) {
        const text = fields[fields.indexOf('payload') + 1] ?? ''
        await handingOn.takeOne({ handler, channel: key, text, id })
        last = id
      }
      if (entries.length > 0) await connection.call(['XDEL', key, ...entries.map(([id]) => id)])
    }
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

async function read(connection: RedisConnection, key: string, last: string): Promise<readonly Entry[]> {
  const command = ['XREAD', 'COUNT', String(most), 'BLOCK', String(block), 'STREAMS', key, last]
  const answer = await inTime(patience, () => connection.call(command))
  return (answer as readonly (readonly [string, readonly Entry[]])[] | null)?.[0]?.[1] ?? []
}
