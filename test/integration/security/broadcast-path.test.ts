// The broadcast path of a mounted cable is the one that the app wrote, letter by letter: what a proxy's block for it does not match
// does not reach the endpoint either.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import express4 from 'express4'
import { turboCable } from '../../../src/index.ts'
import { post } from '../../support/post.ts'
import { listening, type Start, withCable } from '../../support/with-cable.ts'

const variants = [
  '/APP/_broadcast',
  '/app/_Broadcast',
  '/app/_broadcast/',
  '//app/_broadcast',
  '/app//_broadcast',
  '/app/%5Fbroadcast',
  '/%61pp/_broadcast',
  '/app/./_broadcast',
  '/x/../app/_broadcast',
  '/app\\_broadcast',
  '/app/_broadcast;x',
  '/app/_broadcast#x',
  'http://example.com/app/_broadcast',
]

type Mount = (app: express.Express, cable: ReturnType<typeof turboCable>, make: typeof express) => void

const mounts: readonly [how: string, mount: Mount, taken?: readonly string[]][] = [
  ['at a path', (app, cable) => app.use('/app', cable)],
  ['at a path with a slash at its end', (app, cable) => app.use('/app/', cable)],
  ['at several paths', (app, cable) => app.use(['/other', '/app'], cable)],
  ['at several paths, the root among them', (app, cable) => app.use(['/', '/app'], cable)],
  ['at several paths, the root last', (app, cable) => app.use(['/app', '/'], cable)],
  ['at two paths, one after the other', (app, cable) => app.use('/app', cable).use('/other', cable)],
  ['in a sub-app', (app, cable, make) => app.use('/app', make().use(cable))],
  // A router does not say where it is mounted. docs/hosting.md therefore blocks the path in every case.
  ['in a router', (app, cable, make) => app.use('/app', make.Router().use(cable)), ['/APP/_broadcast']],
]

for (const [version, make] of [
  ['5', express],
  ['4', express4 as unknown as typeof express],
] as const) {
  describe(`the broadcast path of a cable that Express ${version} has`, () => {
    for (const [how, mount, taken = []] of mounts) {
      const start: Start = async (options) => {
        const cable = turboCable(options)
        const app = make()
        mount(app, cable, make)
        return listening(createServer(app), cable, 'http', '/app')
      }
      it(`${how} is compared as it is written`, () =>
        withCable(
          {},
          async ({ origin, port, connect }) => {
            // A cable in a router finds its server by a request.
            await fetch(`${origin}/app/`)
            const client = await connect()
            await client.subscribe('s')
            for (const path of variants)
              assert.equal((await post(port, {}, { path })).status, taken.includes(path) ? 200 : 404, path)
            for (const path of ['/app/_broadcast', '/app/_broadcast?x'])
              assert.equal((await post(port, {}, { path })).status, 200, path)
            assert.equal((await client.drain()).length, 2 + taken.length)
          },
          start,
        ))
    }

    for (const paths of [
      ['/app', '/'],
      ['/', '/app'],
    ])
      it(`of ${paths.join(' and ')} is there at both`, () =>
        withCable(
          {},
          async ({ origin, port, connect }) => {
            for (const mount of ['', '/app']) {
              assert.equal((await post(port, {}, { path: `${mount}/_broadcast` })).status, 200, mount)
              assert.equal((await fetch(`${origin}${mount}/cable/start.js`)).status, 200, mount)
              await (await connect(`${mount}/cable`)).subscribe('s')
            }
          },
          (options) => {
            const cable = turboCable(options)
            return listening(createServer(make().use(paths, cable)), cable)
          },
        ))

    it('in a router has its WebSocket also after somebody has asked in another case', () =>
      withCable(
        {},
        async ({ origin, connect }) => {
          await fetch(`${origin}/APP/`)
          await fetch(`${origin}/app/`)
          const client = await connect('/app/cable')
          assert.equal((await client.subscribe('s')).type, 'subscribed')
        },
        (options) => {
          const cable = turboCable(options)
          return listening(createServer(make().use('/app', make.Router().use(cable))), cable)
        },
      ))
  })
}
