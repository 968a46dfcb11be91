// A process with a cable that broadcasts numbers to two streams in turn, without end: for tests that kill it.
// Told anything, it stops and sends -1 to both.

import { createServer } from 'node:http'
import { turboCable } from '../../../src/index.ts'
import { listen } from '../../support/http-server.ts'

const { port = 0 }: { port?: number } = JSON.parse(process.argv[2] ?? '{}')
const cable = turboCable()
const server = createServer((request, response) => cable(request, response))
cable.attach(server)
const taken = await listen(server, { port })

let over = false
process.once('message', () => {
  over = true
})
process.send?.(taken)

for (let n = 0; !over; n++) {
  // Positions 2n + 1 and 2n + 2: what a cursor leaves out can be counted from it.
  await cable.broadcastJson('a', { n })
  await cable.broadcastJson('b', { n })
  await new Promise((resolve) => setTimeout(resolve, 2))
}
await cable.broadcastJson('a', { n: -1 })
await cable.broadcastJson('b', { n: -1 })
