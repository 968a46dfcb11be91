// The engine over NATS does what every engine does, with a URL and with a connection that the app has.

import { after, before } from 'node:test'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type OpenNats, openLike, openUrl } from '../../../src/engine/nats/connection.ts'
import { NatsEngine } from '../../../src/engine/nats/engine.ts'
import { NatsServer } from '../../support/nats-server.ts'
import { engineSuite } from './engine-suite.ts'

let nats: NatsServer
let connection: NatsConnection
let made = 0

before(async () => {
  nats = await NatsServer.start()
  connection = await connect({ servers: `127.0.0.1:${nats.port}` })
})
after(async () => {
  await connection.close()
  await nats.end()
})

const ways: Record<string, () => OpenNats> = {
  'a URL': () => openUrl(nats.url),
  'a connection': () => openLike(connection),
}

for (const [name, open] of Object.entries(ways)) {
  engineSuite(`the engine over NATS, with ${name}`, (bounds, now) => {
    made += 1
    return new NatsEngine({ open: open(), name: `suite-${made}`, storage: 'memory', replicas: 1, bounds, now })
  })
}
