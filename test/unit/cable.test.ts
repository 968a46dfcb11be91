// The one root: what it wires, and what it says to its operator.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import { createCable } from '../../src/cable.ts'
import type { HostParts } from '../../src/core.ts'
import type { TurboCableOptions } from '../../src/options/options.ts'
import { requestOf, responseTo } from '../support/http-doubles.ts'
import { ScriptedEngine } from '../support/hub-doubles.ts'
import { warnings } from '../support/warnings.ts'

function cableOf(t: TestContext, options: TurboCableOptions = {}, host: HostParts = {}) {
  const engine = new ScriptedEngine()
  const cable = createCable({ engine, ...options }, host)
  t.after(() => cable.close())
  const ask = (method: string, url: string, mount?: string) => {
    const request = requestOf({ method, url })
    return cable.handle(request, responseTo(request).response, mount)
  }
  return { cable, engine, ask }
}

describe('createCable', () => {
  it('starts the engine that it is given, and stops it when it closes', async (t) => {
    const { cable, engine } = cableOf(t)
    assert.ok(engine.to)
    await cable.close()
    assert.equal(engine.to, undefined)
  })

  it('publishes by its verbs', async (t) => {
    const { cable, engine } = cableOf(t)
    assert.equal(await cable.broadcastRefreshTo(['room', 7]), true)
    assert.deepEqual(
      engine.log.map(({ stream }) => stream),
      ['room:7'],
    )
  })

  it('gives a page the cursor of the moment that it is asked for', async (t) => {
    const { cable } = cableOf(t)
    const before = cable.page()
    await cable.broadcastRefreshTo('s')
    assert.deepEqual([before.cursor, cable.page().cursor], ['e:0', 'e:1'])
    assert.match(before.turboStreamFrom('s'), /data-cursor="e:0"/)
    assert.match(cable.turboStreamFrom('s'), /data-cursor="e:1"/)
  })

  it('has the URL of the mount, which the host knows or the first request to a server shows', (t) => {
    const known = cableOf(t, {}, { mountPaths: () => ['/a'] }).cable
    assert.match(known.turboCableTags(), /src="\/a\/cable\/start\.js"/)
    const { cable } = cableOf(t, { path: '/ws' })
    assert.match(cable.turboCableTags(), /src="\/ws\/start\.js"/)
    const request = requestOf({ url: '/' })
    const server = createServer()
    Object.assign(request.socket, { server })
    cable.handle(request, responseTo(request).response, '/shown')
    assert.match(cable.turboCableTags(), /src="\/shown\/ws\/start\.js"/)
    assert.equal(cable.attachedTo(server), true)
  })

  it('goes on answering its own paths once it is closed, so that senders come again', async (t) => {
    const { cable, ask } = cableOf(t)
    assert.equal(ask('POST', '/_broadcast'), true)
    assert.equal(ask('GET', '/'), false)
    await cable.close()
    assert.equal(ask('POST', '/_broadcast'), true)
    assert.equal(ask('GET', '/'), false)
  })

  it('signs names where there is a secret, and cannot without', (t) => {
    assert.match(cableOf(t, { secret: 'a secret for tests' }).cable.turboStreamFrom('s'), /data-streams="[^"]+--[^"]+"/)
    assert.throws(() => cableOf(t).cable.signedStream('s'), { code: 'TURBO_CABLE_NO_SECRET' })
  })

  it('refuses bad options', () => {
    assert.throws(() => createCable({ path: 'cable' }), { code: 'TURBO_CABLE_BAD_OPTION' })
  })

  it('says at the start what its options open', (t) => {
    const warned = warnings(t)
    cableOf(t, { secret: 'a secret for tests' })
    assert.deepEqual(warned, [])
    cableOf(t, { secret: 'short' })
    assert.match(warned.join(), /^\[turbo-cable\] `secret` is shorter than 16 bytes/)
  })
})
