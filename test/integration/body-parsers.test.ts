// POST /_broadcast in apps that have read the body before the cable sees it.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { turboCable } from '../../src/index.ts'
import { listening, type Start, withCable } from '../support/with-cable.ts'

const versions: [string, typeof express][] = [
  ['Express 5', express],
  // Express 4 has the same types for what is used here.
  ['Express 4', express4 as unknown as typeof express],
]

for (const [version, create] of versions) {
  const parsers: [string, RequestHandler][] = [
    ['express.json()', create.json()],
    ['express.text() for JSON', create.text({ type: 'application/json' })],
    ['express.raw() for JSON', create.raw({ type: 'application/json' })],
    ['express.urlencoded(), which leaves it alone', create.urlencoded({ extended: false })],
  ]
  describe(`${version}: POST /_broadcast after`, () => {
    for (const [name, parser] of parsers) {
      const start: Start = (options) => {
        const cable = turboCable(options)
        const app = create()
        app.use(parser)
        app.use(cable)
        return listening(createServer(app), cable)
      }

      it(`${name}: takes one, takes a batch, refuses what is wrong`, () =>
        withCable(
          {},
          async ({ connect, broadcast }) => {
            const client = await connect()
            await client.subscribe('s')
            assert.equal((await broadcast({ stream: 's', data: '<p>' })).status, 200)
            assert.equal((await broadcast([{ stream: 's', data: { a: 1 } }])).status, 200)
            assert.equal((await broadcast({ data: 1 })).status, 400)
            assert.deepEqual(await client.drain(), [
              { type: 'message', stream: 's', data: '<p>' },
              { type: 'message', stream: 's', data: { a: 1 } },
            ])
          },
          start,
        ))
    }
  })
}
