// A process that starts while the engine is away serves pages already: what is said of these before it can read the log counts there too.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type EngineKind, engines } from '../../support/engines.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { warnings } from '../../support/warnings.ts'
import { type Context, withCable } from '../../support/with-cable.ts'

for (const kind of engines)
  it(`what is said while a process cannot come to ${kind.name} after its start counts there once it can`, async (t) => {
    const lines = warnings(t)
    const server = await kind.start()
    const way = await TcpProxy.to(server.port)
    try {
      way.refuse(true)
      await withCable(options(kind, server.port), (there) =>
        withCable(options(kind, way.port), async (late) => {
          while (!(await there.cable.broadcastJson('warm', 1))) await setTimeout(10)
          while (!lines.some((line) => line.includes('is away'))) await setTimeout(10)
          const page = await late.connect()
          there.cable.revoke('s', '7')
          there.cable.disconnect('7')
          while ((await answer(there)) !== 'rejected') await setTimeout(20)
          way.refuse(false)
          await page.closed
          while ((await answer(late)) !== 'rejected') await setTimeout(20)
          assert.equal((await (await late.connect()).subscribe('other')).type, 'subscribed')
        }),
      )
    } finally {
      await way.close()
      await server.end()
    }
  })

function options(kind: EngineKind, port: number) {
  return { engine: kind.engine(port), authenticate: () => ({ id: 7 }) }
}

async function answer({ connect }: Context): Promise<string> {
  return (await (await connect()).subscribe('s')).type
}
