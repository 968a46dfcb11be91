// A log of NATS that has a hole in its middle: somebody has deleted a message, or what is on one subject, or a disk has lost it.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { natsEngine } from '../../../src/engine/nats.ts'
import { NatsServer } from '../../support/nats-server.ts'
import { one, withProcesses } from '../../support/processes.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import { noDeadline } from '../../unit/engine/engine-suite.ts'

const name = 'turbo-cable'
// Whoever comes first looks where the log is, with an entry, and says in another which history it is.
const holes: Record<string, (manager: JetStreamManager) => Promise<unknown>> = {
  'the newest': (manager) => manager.streams.deleteMessage(name, 5),
  'a message': (manager) => manager.streams.deleteMessage(name, 4),
  'all broadcasts': (manager) => manager.streams.purge(name, { filter: `${name}.log` }),
  'its mark': (manager) => manager.streams.deleteMessage(name, 2),
}

for (const [what, make] of Object.entries(holes)) {
  it(`is read by who comes later, and by who comes back, where ${what} is gone; the hole is said aloud`, {
    timeout: 20_000,
  }, async (t) => {
    const nats = await NatsServer.start()
    const proxy = await TcpProxy.to(nats.port)
    await withProcesses(t, nats, async (join) => {
      const a = await join(natsEngine({ url: `nats://127.0.0.1:${proxy.port}` }))
      const from = a.engine.cursor() as string
      for (const n of [1, 2, 3]) await a.engine.publish(one(n))
      await nats.with(async (connection) => make(await jetstreamManager(connection)))
      const late = await join(natsEngine({ url: nats.url }))
      assert.equal((await late.engine.since('s', from, noDeadline)).recovered, false)
      // Who was here comes back, and goes on with what is sent from then on.
      await proxy.cut()
      await a.listener.until(() => a.listener.losses > 0)
      while (a.engine.cursor() === undefined) await new Promise((resolve) => setTimeout(resolve, 10))
      await late.engine.publish(one(4))
      await Promise.all([a, late].map(({ listener }) => listener.until(() => listener.heard.at(-1)?.json === '4')))
      assert.equal(a.engine.cursor(), late.engine.cursor())
    })
    await proxy.close()
  })
}
