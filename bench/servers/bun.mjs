// Bun, which is another program than Node: this process starts it, and tells what it costs.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bunBinary } from '../support/bun-binary.mjs'
import { answer } from '../support/child.mjs'
import { freePort, listening, usageOf } from '../support/other-process.mjs'

const port = await freePort()
const script = fileURLToPath(new URL('./bun-publish.mjs', import.meta.url))
const child = spawn(bunBinary(), [script, String(port)], { stdio: ['ignore', 'inherit', 'inherit'] })
process.on('exit', () => child.kill('SIGKILL'))
child.on('exit', () => process.exit(1))
await listening(port)

answer({
  ready: () => ({ port, postPort: port }),
  async usage({ settled = false } = {}) {
    if (settled) await fetch(`http://127.0.0.1:${port}/collect`)
    return usageOf(child.pid)
  },
})
