// A cable behind something that answers every request: the log says so, once, and only where it is so.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import express from 'express'
import express4 from 'express4'
import { turboCable } from '../../src/index.ts'
import { whileServing } from '../support/http-server.ts'
import { post } from '../support/post.ts'
import { listening, type Start, withCable } from '../support/with-cable.ts'

type Build = (app: express.Express, cable: ReturnType<typeof turboCable>, make: typeof express) => void

function warnings(t: TestContext): string[] {
  const lines: string[] = []
  t.mock.method(console, 'warn', (line: string) => lines.push(line))
  return lines
}

const notFound: express.RequestHandler = (_request, response) => {
  response.status(404).send('the app')
}

for (const [version, make] of [
  ['5', express],
  ['4', express4 as unknown as typeof express],
] as const) {
  const start =
    (build: Build): Start =>
    (options) => {
      const cable = turboCable(options)
      const app = make()
      build(app, cable, make)
      return listening(createServer(app), cable)
    }
  const behind = start((app, cable) => app.use(notFound).use(cable))

  describe(`a cable of Express ${version}`, () => {
    it('behind a 404 for everything is told of by the first file that is asked for, once', (t) => {
      const lines = warnings(t)
      return withCable(
        {},
        async ({ origin }) => {
          for (const name of ['start.js?x', 'turbo.js']) await (await fetch(`${origin}/cable/${name}`)).text()
          assert.deepEqual(lines, [
            '[turbo-cable] GET /cable/start.js was answered 404 and did not reach turboCable(): put app.use(turboCable()) before what answers every request, such as a page for 404',
          ])
        },
        behind,
      )
    })

    it('behind a page for everything, and mounted below a path, is told of too', (t) => {
      const lines = warnings(t)
      const page: express.RequestHandler = (_request, response) => void response.send('<html>')
      return withCable(
        {},
        async ({ origin }) => {
          await (await fetch(`${origin}/live/cable/turbo.js`)).text()
          assert.match(lines.join(), /GET \/live\/cable\/turbo\.js was answered 200/)
        },
        start((app, cable, make) => app.use(page).use('/live', make().use(cable))),
      )
    })

    it('behind it is told of by a broadcast that it would have taken, and by no other', (t) => {
      const lines = warnings(t)
      return withCable(
        {},
        async ({ port }) => {
          assert.equal((await post(port, { 'X-Forwarded-For': '203.0.113.7' })).status, 404)
          assert.deepEqual(lines, [])
          assert.equal((await post(port)).status, 404)
          assert.match(lines.join(), /POST \/_broadcast was answered 404/)
        },
        behind,
      )
    })

    it('before it is not told of, whatever is asked for', (t) => {
      const lines = warnings(t)
      return withCable(
        {},
        async ({ origin, port }) => {
          for (const path of ['/cable/none.js', '/other/cable/start.js', '/cable', '/']) {
            await (await fetch(`${origin}${path}`)).text()
          }
          await post(port, {}, { path: '/_broadcast/' })
          await post(port)
          assert.deepEqual(lines, [])
        },
        start((app, cable) => app.use(cable).use(notFound)),
      )
    })

    it('whose files another server lacks is not told of', (t) => {
      const lines = warnings(t)
      return withCable(
        {},
        async () => {
          await whileServing(createServer(make().use(notFound)), async (port) => {
            await (await fetch(`http://127.0.0.1:${port}/cable/start.js`)).text()
          })
          assert.deepEqual(lines, [])
        },
        start((app, cable) => app.use(cable)),
      )
    })
  })
}
