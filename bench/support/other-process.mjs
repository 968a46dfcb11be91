// What a process of somebody else's program has cost so far, and whether it listens: it answers no questions, so /proc is asked.

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'

// Ticks of /proc/<pid>/stat are 10 ms on every Linux.
const tick = 10_000

/** CPU time in µs since the process started, and resident memory in bytes: what `usage()` says of our own. */
export function usageOf(/** @type {number} */ pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024
  return { cpu: (Number(fields[11]) + Number(fields[12])) * tick, rss, heap: 0, external: 0 }
}

/** A port that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves once a port takes connections. Another program tells us by no event that it listens: it is asked until it answers. */
export async function listening(/** @type {number} */ port) {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const event = await new Promise((resolve) => {
      for (const name of ['connect', 'error', 'close']) socket.once(name, () => resolve(name))
    })
    socket.destroy()
    if (event === 'connect') return
    await setTimeout(50)
  }
  throw new Error(`nothing listens on ${port}`)
}
