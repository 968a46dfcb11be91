// The suite in other runtimes than Node: over Express and over a bare server, in Bun and in Deno.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Runtime, runtimeBinary } from '../support/runtime.ts'
import { upgradeAnswer } from '../support/upgrade-answer.ts'
import { handshake } from '../support/websocket.mjs'
import { type Served, type Start, withServed } from '../support/with-cable.ts'
import { cableTests } from './cable-tests.ts'

const runtimes = { Bun: [runtimeBinary('bun')], Deno: [runtimeBinary('deno'), 'run', '--allow-all'] }

for (const [name, command] of Object.entries(runtimes)) {
  const runtime = new Runtime(command)
  before(() => runtime.start())
  after(() => runtime.stop())

  for (const kind of ['express', 'node:http'] as const) {
    const unseen: Start<Served & { attach(): Promise<void> }> = (options) => runtime.serve(kind, options)
    const seen: Start<Served> = async (options) => {
      const served = await unseen(options)
      await (await fetch(served.origin)).text()
      return served
    }
    cableTests(`${name}, ${kind}`, seen)

    describe(`${name}, ${kind}: a server that no request has come to`, () => {
      it('takes an upgrade at once after attach(server)', () =>
        withServed(
          {},
          async ({ attach, connect }) => {
            await attach()
            assert.equal((await (await connect()).subscribe('s')).type, 'subscribed')
          },
          unseen,
        ))

      it("leaves another path's upgrade to the app, also once it is known", () =>
        withServed(
          {},
          async ({ port, attach }) => {
            const asked = async () => {
              const { status, body } = await upgradeAnswer(port, {}, { path: '/other' })
              return `${status} ${body}`
            }
            assert.equal(await asked(), '404 the app')
            await attach()
            assert.equal(await asked(), '404 the app')
          },
          unseen,
        ))

      it('takes an upgrade on a connection that has carried the first request', () =>
        withServed({}, async ({ port }) => assert.deepEqual(await statuses(port), [404, 101]), unseen))

      const known = name === 'Deno' && kind === 'express'
      it(known ? 'takes the first upgrade' : 'answers the first upgrade with 503, and takes the next', () =>
        withServed(
          {},
          async ({ port, connect }) => {
            if (!known) assert.equal((await upgradeAnswer(port)).status, 503)
            assert.equal((await (await connect()).subscribe('s')).type, 'subscribed')
          },
          unseen,
        ),
      )
    })
  }
}

// A request and an upgrade on one connection, as a reverse proxy with keep-alive sends them.
async function statuses(port: number): Promise<number[]> {
  const socket = connect(port, '127.0.0.1')
  try {
    let answers = ''
    socket.on('data', (chunk) => {
      answers += chunk.toString('latin1')
    })
    const found = () => [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    while (!answers.includes('the app')) await once(socket, 'data')
    socket.write(handshake())
    while (found().length < 2) await once(socket, 'data')
    return found()
  } finally {
    socket.destroy()
  }
}
