// A hub over the engine of one's choice, on a real server; what `withCable` cannot give, as a cable makes its own engine.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { MemoryEngine } from '../../../src/engine/memory.ts'
import { Entrance } from '../../../src/http/entrance.ts'
import { Handshake } from '../../../src/http/handshake.ts'
import { attachUpgrade } from '../../../src/http/upgrade.ts'
import { Hub } from '../../../src/hub/hub.ts'
import { resolveOptions, type TurboCableOptions } from '../../../src/options/options.ts'
import { turboCableProtocol } from '../../../src/protocol/turbo-cable.ts'
import type { Chance } from '../../support/chance.ts'
import { TestClient } from '../../support/client.ts'
import { listen, shut } from '../../support/http-server.ts'
import { LateEngine } from './late-engine.ts'

/** Both kinds of engine: the one that answers within the turn, and one that takes its time. */
export const engines: Record<string, (chance: Chance) => MemoryEngine | LateEngine> = {
  MemoryEngine: () => new MemoryEngine({ ...resolveOptions().history, size: 100_000, streamBytes: 2 ** 30 }),
  'an engine that answers late': (chance) => new LateEngine(chance),
}

export interface HubContext {
  readonly hub: Hub
  /** A connected client. */
  connect(): Promise<TestClient>
  /** One broadcast of `{ n }`, as small as they come. */
  publish(stream: string, n: number): Promise<void>
}

export async function withHub(
  engine: MemoryEngine | LateEngine,
  run: (context: HubContext) => Promise<void>,
  options: TurboCableOptions = {},
): Promise<void> {
  const limits = { messagesPerSecond: 10_000, ...options.limits }
  const resolved = resolveOptions({ ...options, limits })
  const hub = new Hub(engine, resolved)
  const server = createServer((_request, response) => response.writeHead(404).end())
  const entrance = new Entrance(hub, resolved)
  const isPath = (path: string) => path === '/cable'
  const parts = { hub, options: resolved, entrance, protocols: [turboCableProtocol], isPath }
  const detach = attachUpgrade(server, new Handshake(parts))
  await hub.start()
  const port = await listen(server)
  const clients: TestClient[] = []
  try {
    await run({
      hub,
      connect() {
        const client = new TestClient(`ws://127.0.0.1:${port}/cable`)
        clients.push(client)
        return client.opened()
      },
      publish: (stream, n) => hub.publish([{ stream, data: { n } }]),
    })
  } finally {
    for (const client of clients) client.ws.terminate()
    detach()
    await hub.close(1_000)
    await shut(server)
  }
  const { connections, streams, subscriptions } = hub.stats()
  assert.deepEqual([connections, streams, subscriptions], [0, 0, 0], 'left behind')
}
