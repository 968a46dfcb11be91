// Behind each proxy of docs/hosting.md, started with the block that stands there: sockets pass, and the broadcast path does not.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import { turboCable } from '../../../src/index.ts'
import { TestClient } from '../../support/client.ts'
import { post } from '../../support/post.ts'
import { proxies } from '../../support/proxies.ts'
import { listening, type Start, withCable } from '../../support/with-cable.ts'

const broadcastToken = 'correct-horse-battery'
const bearer = { Authorization: `Bearer ${broadcastToken}` }

/** An app that also tells the headers which it got, below the one path that every proxy passes on. */
const telling: Start = async (options) => {
  const cable = turboCable(options)
  const app = express()
  app.get('/cable/headers', (request, response) => {
    response.json(request.headers)
  })
  app.use(cable)
  return listening(createServer(app), cable)
}

// The spellings by which a stranger might get past a proxy's rule.
const spellings = ['/_broadcast', '/_broadcast?x', '//_broadcast', '/x/../_broadcast', '/%5fbroadcast', '/_broadcast#x']

describe('the block in the docs', () => {
  for (const [name, withProxy] of Object.entries(proxies)) {
    it(`of ${name} passes a page's socket and says what was asked for, and keeps the broadcast path inside`, () =>
      withCable(
        { broadcastToken },
        async ({ port, connect }) => {
          await withProxy(port, async (proxy) => {
            // Vite's dev server answers to this machine's names only.
            const Host = `${name === 'Vite' ? 'localhost' : 'example.com'}:${proxy}`
            const headers = { Host, Origin: `http://${Host}` }
            const page = new TestClient(`ws://127.0.0.1:${proxy}/cable`, { headers })
            try {
              await page.opened()
              assert.equal((await page.subscribe('s')).type, 'subscribed')

              const seen = await get(proxy, Host)
              assert.equal(seen.host, Host)
              assert.match(seen['x-forwarded-for'] ?? '', /127\.0\.0\.1$/)
              assert.equal(seen['x-forwarded-proto'], 'http')
              assert.equal(seen['x-forwarded-host'], Host)

              const inside = await connect()
              await inside.subscribe('s')
              for (const path of [...spellings, `http://${Host}/_broadcast`]) {
                for (const stranger of [{ Host }, { Host: 'localhost' }]) {
                  const { status } = await post(proxy, { ...stranger, ...bearer }, { path })
                  assert.ok(status >= 300, `${path} is answered ${status}`)
                }
              }
              // A stranger's upgrade is not a way around either; a proxy may just hang up on it.
              // Vite leaves an upgrade that it does not know without any answer.
              if (name !== 'Vite') {
                const upgrade = { Host, ...bearer, Upgrade: 'websocket', Connection: 'Upgrade' }
                const hungUp = { status: 0 }
                assert.notEqual((await post(proxy, upgrade).catch(() => hungUp)).status, 200)
              }

              // The first thing that the page gets is what the app's own sender says.
              assert.equal((await post(port, bearer, { data: 'own' })).status, 200)
              assert.equal((await page.next()).data, 'own')
              assert.deepEqual(
                (await inside.drain()).map(({ data }) => data),
                ['own'],
              )
            } finally {
              // A proxy ends when its sockets have.
              page.ws.terminate()
            }
          })
        },
        telling,
      ))
  }
})

async function get(port: number, Host: string): Promise<Record<string, string>> {
  const answer = await post(port, { Host }, { path: '/cable/headers', method: 'GET' })
  assert.equal(answer.status, 200, answer.body)
  return JSON.parse(answer.body)
}
