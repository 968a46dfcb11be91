// What every host promises beside the wire: a page that is never behind, and a first upgrade that is not lost.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Hosted, hosts, unseen } from '../../support/hosts.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { withServed } from '../../support/with-cable.ts'

for (const [name, start] of Object.entries(hosts)) {
  describe(`${name}: a page`, () => {
    it('is brought what was sent while its handler ran', async () => {
      let during: (hosted: Hosted) => Promise<unknown> = async () => {}
      let hosted: Hosted | undefined
      await withServed(
        {},
        async ({ origin, connect, cable }) => {
          during = () => cable.broadcastJson('list', { n: 1 })
          const html = await (await fetch(`${origin}/`)).text()
          const [, cursor] = /data-cursor="([^"]+)"/.exec(html) ?? []
          assert.ok(cursor, html)
          const client = await connect()
          const answer = await client.subscribe('list', { cursor })
          assert.equal(answer.type, 'subscribed')
          assert.deepEqual((await client.next()).data, { n: 1 })
        },
        async (options) => {
          hosted = await start(options, async ({ turboStreamFrom }) => {
            await during(hosted as Hosted)
            return turboStreamFrom('list')
          })
          return hosted
        },
      )
    })

    it('has the scripts of the client, which the cable serves with 200', () =>
      withServed(
        {},
        async ({ origin }) => {
          const html = await (await fetch(`${origin}/`)).text()
          const [, script = ''] = /src="([^"]+)"/.exec(html) ?? []
          const response = await fetch(origin + script)
          assert.equal(response.status, 200)
          assert.match(response.headers.get('content-type') ?? '', /javascript/)
          assert.match(await response.text(), /turbo/)
          assert.equal((await fetch(`${origin}/cable/nothing.js`)).status, 404)
        },
        (options) => start(options, ({ turboCableTags }) => turboCableTags()),
      ))
  })
}

for (const [name, start] of Object.entries(unseen)) {
  describe(`${name}: an upgrade before any other request`, () => {
    it('is answered with 503 and "come again", and the next one is taken', () =>
      withServed(
        {},
        async ({ port, connect }) => {
          const first = await upgradeAnswer(port)
          assert.equal(first.status, 503)
          assert.equal(first.headers['retry-after'], '0')
          assert.equal(first.headers.connection, 'close')
          const client = await connect()
          assert.equal((await client.subscribe('s')).type, 'subscribed')
        },
        start,
      ))

    it('is taken at once after cable.attach(server)', () =>
      withServed(
        {},
        async ({ connect, cable, server }) => {
          cable.attach(server)
          const client = await connect()
          assert.equal((await client.subscribe('s')).type, 'subscribed')
        },
        start,
      ))
  })
}
