// One TCP connection to Redis, whichever client makes it: node-redis or ioredis. It never connects again by itself and never
// sends anything a second time: a script that meant one server must not reach another. What both clients' files share is here.

/** A connection that is open until it closes. */
export interface RedisConnection {
  /** Sends a command. Rejects where Redis says no, and when the connection closes. */
  call(command: readonly string[]): Promise<unknown>
  /** Hears what is published from now on, in the order in which it is. A connection that hears sends no other commands. */
  subscribe(names: RedisNames, heard: (message: Heard) => void): Promise<void>
  /** While false, the process may end although the connection is open. */
  hold(holding: boolean): void
  /** Ends it now. Whatever waits for an answer rejects. */
  destroy(): void
}

/** What a connection is to hear: channels by name, and by pattern. */
export interface RedisNames {
  readonly channels: readonly string[]
  readonly patterns: readonly string[]
}

/** One published message. */
export interface Heard {
  /** The channel or pattern that was asked for. */
  readonly name: string
  readonly channel: string
  readonly text: string
}

/** Opens a connection. `closed` is called once, when it has ended after it was open. */
export type OpenRedis = (closed: (error: Error | undefined) => void) => Promise<RedisConnection>

/** How long a connection may take to open, ms. */
export const connectTimeout = 5_000

/** A server that takes a connection and then says nothing is as good as none. */
export async function openInTime<Opened>(connecting: Promise<Opened>, destroy: () => void): Promise<Opened> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${connectTimeout} ms`)), connectTimeout)
  })
  try {
    return await Promise.race([connecting, late])
  } catch (error) {
    connecting.catch(() => {})
    try {
      destroy()
    } catch {
      // It has ended already.
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Calls `closed` the first time. */
export function once(closed: (error?: Error) => void): (error?: Error) => void {
  let done = false
  return (error) => {
    if (done) return
    done = true
    closed(error)
  }
}
