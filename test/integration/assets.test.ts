// What the middleware serves to browsers, and what turboCableTags() says of it.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import { turboCable } from '../../src/index.ts'
import { listening, type Start, withCable } from '../support/with-cable.ts'

// An app whose one page prints the tags, below a mount path.
const start: Start = (options) => {
  const cable = turboCable(options)
  const app = express()
  app.use('/realtime', cable)
  app.get('/realtime/page', (_request, response) => {
    response.send(response.locals.turboCableTags({ nonce: 'a"b' }))
  })
  app.use((_request, response) => {
    response.status(404).send('the app')
  })
  return listening(createServer(app), cable, 'http', '/realtime')
}

describe('the assets', () => {
  it('are all there, with a JavaScript type, an ETag and a 304', () =>
    withCable(
      {},
      async ({ origin }) => {
        const tags = await (await fetch(`${origin}/realtime/page`)).text()
        const map = JSON.parse(/<script type="importmap"[^>]*>(.*?)<\/script>/.exec(tags)?.[1] ?? '')
        const [, source] = /<script type="module" src="([^"]+)"/.exec(tags) ?? []
        const urls = [source, ...(Object.values(map.imports) as string[])]
        assert.deepEqual(
          urls,
          ['start.js', 'turbo.js', 'stimulus.js', 'start.js', 'start.js'].map((name) => `/realtime/cable/${name}`),
        )
        for (const url of urls) {
          const response = await fetch(origin + url)
          assert.equal(response.status, 200, url)
          assert.match(response.headers.get('content-type') ?? '', /^(text|application)\/javascript/)
          assert.ok((await response.text()).length > 0)
          const etag = response.headers.get('etag') ?? ''
          assert.notEqual(etag, '')
          const again = await fetch(origin + url, { headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' } })
          assert.equal(again.status, 304)
        }
      },
      start,
    ))

  it('come with the meta tag of a cable elsewhere than /cable, and with an escaped nonce', () =>
    withCable(
      {},
      async ({ origin }) => {
        const tags = await (await fetch(`${origin}/realtime/page`)).text()
        assert.match(tags, /^<meta name="action-cable-url" content="\/realtime\/cable">\n/)
        assert.equal(tags.match(/ nonce="a&quot;b"/g)?.length, 2)
      },
      start,
    ))

  for (const name of [
    'package.json',
    '../start.js',
    'index.js',
    '..%2fpackage.json',
    'constructor',
    '__proto__',
    '',
    'index.d.ts',
  ]) {
    it(`leave "${name}" to the app`, () =>
      withCable(
        {},
        async ({ origin }) => {
          const response = await fetch(`${origin}/realtime/cable/${name}`)
          assert.equal(await response.text(), 'the app')
        },
        start,
      ))
  }
})
