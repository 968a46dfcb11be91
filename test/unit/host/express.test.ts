// What Express sees, without Express: the parts of a mounted app that it calls and reads.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { type HostApp, turboCable } from '../../../src/host/express.ts'
import { requestOf, responseTo } from '../../support/http-doubles.ts'
import { whileServing } from '../../support/http-server.ts'

function cableOf(t: TestContext) {
  const cable = turboCable()
  t.after(() => cable.close())
  return cable
}

// As Express makes them: a function, so that it can be the listener of a server.
function appOf(path = '', parent?: HostApp): HostApp {
  return Object.assign(() => {}, {
    locals: {},
    path: () => path,
    render() {},
    ...(parent && { parent }),
  }) as unknown as HostApp
}

describe('turboCable', () => {
  it('is taken by Express for a mounted app', (t) => {
    const cable = cableOf(t)
    for (const name of ['handle', 'set', 'emit'] as const) assert.equal(typeof cable[name], 'function')
  })

  it('gives the app its helpers when it is mounted, and leaves those that the app has', (t) => {
    const cable = cableOf(t)
    const own = () => 'own'
    const app = appOf()
    app.locals.turboStreamFrom = own
    cable.emit('other', app)
    assert.equal(app.locals.turboCableTags, undefined)
    cable.emit('mount', app)
    assert.equal(app.locals.turboStreamFrom, own)
    assert.match(String((app.locals as { turboCableTags?: () => string }).turboCableTags?.()), /importmap/)
  })

  it('knows where it is mounted, below where the app is mounted by now', (t) => {
    const cable = cableOf(t)
    cable.mountpath = ['/live', '/']
    cable.emit('mount', appOf('/admin'))
    assert.match(cable.turboCableTags(), /src="\/admin\/live\/cable\/start\.js"/)
  })

  it('takes the upgrades of the server of its app, also below another one, and of no other', async (t) => {
    const cable = cableOf(t)
    const root = appOf()
    cable.emit('mount', appOf('/admin', root))
    const [ours, other] = [createServer(root as never), createServer(() => {})]
    for (const server of [ours, other]) {
      await whileServing(server, async (port) => {
        const socket = connect(port, '127.0.0.1')
        await once(server, 'connection')
        socket.destroy()
      })
    }
    assert.deepEqual([cable.attachedTo(ours), cable.attachedTo(other)], [true, false])
  })

  it('learns of its app from a request where nobody says where it is mounted', (t) => {
    const cable = cableOf(t)
    const app = appOf()
    const request = Object.assign(requestOf({ url: '/' }), { app, baseUrl: '/inside' })
    cable(request, responseTo(request).response, () => {})
    assert.ok(app.locals.turboStreamFrom)
  })
})
