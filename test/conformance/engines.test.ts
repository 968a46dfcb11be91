// The suite over two processes behind one address, with each engine that they can share.

import { after, before, describe } from 'node:test'
import { serveBalanced } from '../support/balanced.ts'
import { type EngineServer, engines } from '../support/engines.ts'
import { Runtime } from '../support/runtime.ts'
import { cableTests } from './cable-tests.ts'

for (const kind of engines) {
  describe(`with ${kind.name}`, () => {
    const processes = [new Runtime([process.execPath]), new Runtime([process.execPath])]
    let server: EngineServer

    before(async () => {
      server = await kind.start()
      process.env.TURBO_CABLE_ENGINE = kind.url(server.port)
      for (const each of processes) each.start()
      delete process.env.TURBO_CABLE_ENGINE
    })
    after(async () => {
      for (const each of processes) each.stop()
      await server.end()
    })

    cableTests(`two processes with ${kind.name}`, (options) => serveBalanced(processes, options))
  })
}
