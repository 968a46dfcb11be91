// A process with a cable that closes it in the middle of a storm of connects, then its server, and then has nothing left to do.
// Says its port, then what it saw.

import { createServer } from 'node:http'
import { turboCable } from '../../../src/index.ts'
import { listen } from '../../support/http-server.ts'

export interface Seen {
  readonly took: number
  readonly stats: { readonly connections: number; readonly streams: number; readonly subscriptions: number }
}

type Settings = { after: number; timeout: number; asking?: 'for a moment' | 'for ever' }
const { after, timeout, asking }: Settings = JSON.parse(process.argv[2] ?? '{}')
let asked = 0
const authenticate = () => {
  asked++
  // Some are in before the close, and some are half way.
  const answer = (resolve: (identity: string) => void) =>
    asking === 'for a moment' && setTimeout(resolve, (asked % 5) * 20, 'somebody')
  return new Promise<string>(answer)
}
const cable = turboCable(asking ? { authenticate } : {})
const server = createServer((request, response) => cable(request, response))
cable.attach(server)
const port = await listen(server)

// Not the event `upgrade`: whoever listens for that has to take what nobody else takes.
let met = 0
server.on('connection', () => {
  if (++met === after) void close()
})
process.send?.(port)

async function close(): Promise<void> {
  const inside = () => (asking === 'for ever' ? asked : cable.stats().connections)
  while (inside() < 20) await new Promise(setImmediate)
  const start = performance.now()
  await cable.close({ timeout })
  const took = performance.now() - start
  server.close()
  server.closeAllConnections()
  process.send?.({ took, stats: cable.stats() } satisfies Seen)
  process.disconnect?.()
}
