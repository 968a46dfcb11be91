// anycable-go from the PATH, with public streams and its HTTP broadcasts.

import { spawn } from 'node:child_process'
import { answer } from '../support/child.mjs'
import { freePort, listening, usageOf } from '../support/other-process.mjs'

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

answer({ ready: () => ({ port, postPort }), usage: () => usageOf(child.pid) })
