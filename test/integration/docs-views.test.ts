// The views of docs/views.md, with the real engines: helpers come raw, words escaped, and partials without the layout.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { AppFolder } from '../support/app-folder.ts'
import { docsPrograms } from '../support/docs.ts'
import { root } from '../support/run.ts'

const page = 'docs/views.md'
const programs = docsPrograms(page).filter((file) => /^[a-z]+\.m?jsx?$/.test(file) && file !== 'rooms.mjs')

// Prints the page, what the post broadcast, and the page after it.
const driver = `
import { serve } from '@hono/node-server'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { captureBroadcasts, turboStreamHeaders } from 'turbo-cable/testing'
const { app } = await import(process.argv[2])
const server = app.fetch ? serve({ fetch: app.fetch, port: 0 }) : createServer(app).listen(0)
if (!server.listening) await once(server, 'listening')
const url = 'http://localhost:' + server.address().port
const get = async () => (await fetch(url)).text()
const first = await get()
const headers = process.argv[3] === 'streams' ? turboStreamHeaders : {}
let response
const captured = await captureBroadcasts('room', async () => {
  response = await fetch(url, { method: 'POST', headers, redirect: 'manual' })
})
const answer = { status: response.status, text: await response.text() }
console.log(JSON.stringify({ first, answer, captured, second: await get() }))
process.exit()
`

let folder: AppFolder
before(() => {
  folder = new AppFolder([
    '@hono/node-server',
    'ejs',
    'eta',
    'express',
    'express-ejs-layouts',
    'express-handlebars',
    'hono',
    'liquidjs',
    'nunjucks',
    'preact',
    'preact-render-to-string',
    'pug',
    'react',
    'react-dom',
  ])
  folder.copy(page, ...docsPrograms(page))
  folder.write('driver.mjs', driver)
  folder.write('tsconfig.json', '{ "compilerOptions": { "jsx": "react-jsx", "allowJs": true } }')
})
after(() => folder.remove())

test('docs/views.md has every engine', () => {
  const engines = ['ejs', 'pug', 'handlebars', 'nunjucks', 'eta', 'liquid', 'react', 'preact', 'hono']
  assert.deepEqual(
    programs.map((file) => file.replace(/\..*/, '')),
    engines,
  )
})

for (const program of programs) {
  test(`${program}: the page has marker and script raw, words escaped, and the partial has no layout`, async () => {
    // Components have no stream views.
    const hasStreamView = program.endsWith('.mjs')
    const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href
    const { code, output } = await folder.run([
      '--import',
      loader,
      'driver.mjs',
      `./${program}`,
      ...(hasStreamView ? ['streams'] : []),
    ])
    assert.equal(code, 0, output)
    const { first, answer, captured, second } = JSON.parse(output.slice(output.indexOf('{"first"')))

    // `>` may stay as it is.
    const row = (id: number, body: string) => `<li id="message_${id}">&lt;${body}></li>`
    const whole = (html: string) => html.replace(/\s*\n\s*/g, '').replaceAll('&gt;', '>')
    assert.match(first, /<div hidden(?:="")? data-turbo-stream="true" data-streams="room"/)
    assert.match(first, /<title>Rooms<\/title>\s*<script type="importmap"/)
    assert.match(whole(first), /<turbo-frame id="topic" target="_top"><b>Tea<\/b><\/turbo-frame>/)
    assert.ok(whole(first).includes(`<ul id="messages">${row(1, 'first')}</ul>`), first)

    const update = '<turbo-stream action="update" target="status"><template>&lt;next&gt;</template></turbo-stream>'
    if (hasStreamView) assert.deepEqual(answer, { status: 200, text: update })
    else assert.match(String(answer.status), /^(?:204|303)$/)
    const [{ html, ...rest }] = captured
    assert.equal(captured.length, 1)
    assert.deepEqual(rest, { stream: 'room', action: 'append', target: 'messages', attributes: {} })
    assert.equal(whole(html).trim(), row(2, 'next'))
    assert.ok(whole(second).includes(`${row(1, 'first')}${row(2, 'next')}</ul>`), second)
  })
}
