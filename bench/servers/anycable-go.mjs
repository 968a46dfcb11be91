// anycable-go from the PATH, with public streams and its HTTP broadcasts. A process of its own, so its cost is read from /proc.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { answer } from '../support/child.mjs'

// Ticks of /proc/<pid>/stat are 10 ms on every Linux.
const tick = 10_000

const [port, postPort] = [await freePort(), await freePort()]
const parameters = [
  '--host=127.0.0.1',
  `--port=${port}`,
  '--public',
  '--broker=none',
  '--broadcast_adapter=http',
  `--http_broadcast_port=${postPort}`,
  '--log_level=error',
]
const child = spawn('anycable-go', parameters, { stdio: ['ignore', 'ignore', 'inherit'] })
process.on('exit', () => child.kill('SIGKILL'))
child.on('exit', () => process.exit(1))
await Promise.all([listening(port), listening(postPort)])

answer({
  ready: () => ({ port, postPort }),
  usage() {
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1_024
    return { cpu: (Number(fields[11]) + Number(fields[12])) * tick, rss, heap: 0, external: 0 }
  },
})

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

// Another program tells us by no event that it listens: it is asked until it answers.
async function listening(port) {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    const [event] = await Promise.race([
      once(socket, 'connect').then(() => ['connect']),
      once(socket, 'close').then(() => ['close']),
    ]).catch(() => ['error'])
    socket.destroy()
    if (event === 'connect') return
    await setTimeout(50)
  }
  throw new Error(`anycable-go does not listen on ${port}`)
}
