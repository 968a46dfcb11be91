// Views of an Express app in answers to Turbo: partials, whole .turbo_stream views, layouts left out for frames.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it, type TestContext } from 'node:test'
import express from 'express'
import express4 from 'express4'
import hbs from 'hbs'
import { type Cable, turboCable } from '../../src/index.ts'
import { TestClient } from '../support/client.ts'
import { whileServing } from '../support/http-server.ts'
import { folder } from '../support/sending.ts'

class Message {
  constructor(
    readonly id: number,
    readonly text: string,
  ) {}
}
const message = new Message(1, '<b>')

const engines: Record<string, Record<string, string>> = {
  ejs: {
    'messages/_message.ejs':
      '<li id="<%= domId(message) %>"><%= message.text %> <%= typeof visitor === "undefined" ? "-" : visitor %></li>',
    'messages/create.turbo_stream.ejs': `<%- turboStream.append('messages', { html: include('_message', { message }) }) %>\n<%- turboStream.remove('hint') %>\n`,
  },
  pug: {
    'messages/_message.pug': 'li(id=domId(message))= message.text + " " + (visitor || "-")',
    'messages/create.turbo_stream.pug':
      "!= turboStream.append('messages', { html: '<li id=\"message_1\">&lt;b&gt; ' + (visitor || '-') + '</li>' })\n!= turboStream.remove('hint')\n",
  },
  hbs: {
    'messages/_message.hbs':
      '<li id="{{domId message}}">{{message.text}} {{#if visitor}}{{visitor}}{{else}}-{{/if}}</li>',
    'messages/create.turbo_stream.hbs':
      '<turbo-stream action="append" target="messages"><template><li id="{{domId message}}">{{message.text}} {{#if visitor}}{{visitor}}{{else}}-{{/if}}</li></template></turbo-stream>\n{{{turboStream.remove "hint"}}}\n',
  },
}

const added = (visitor: string) =>
  `<turbo-stream action="append" target="messages"><template><li id="message_1">&lt;b&gt; ${visitor}</li></template></turbo-stream>`
const hint = '<turbo-stream action="remove" target="hint"></turbo-stream>'

function serving(
  t: TestContext,
  framework: typeof express,
  engine: string,
  files: Record<string, string>,
  setUp: (app: express.Express, cable: Cable) => void,
  run: (origin: string) => Promise<void>,
): Promise<void> {
  const app = framework()
  app.set('views', folder(t, files))
  app.set('view engine', engine)
  if (engine === 'hbs') app.engine('hbs', hbs.create().__express)
  const cable = turboCable()
  t.after(() => cable.close())
  app.use(cable)
  setUp(app, cable)
  return whileServing(createServer(app), (port) => run(`http://127.0.0.1:${port}`))
}

for (const [name, framework] of Object.entries({
  'Express 5': express,
  'Express 4': express4 as unknown as typeof express,
})) {
  for (const [engine, files] of Object.entries(engines)) {
    describe(`${name} with ${engine}`, () => {
      it('answers with partials that see res.locals, and sends others the same without these', (t) =>
        serving(
          t,
          framework,
          engine,
          files,
          (app, cable) => {
            app.post('/', (_request, response) => {
              response.locals.visitor = 'ada'
              response.turboStream.append('messages', message).remove('hint').broadcastTo('room')
            })
            app.post('/render', async (_request, response) => {
              await cable.broadcastRenderTo('room', { partial: 'messages/create', locals: { message, visitor: 'all' } })
              response.end()
            })
          },
          async (origin) => {
            // An Express app finds its server with the first request.
            await fetch(origin)
            const client = await new TestClient(`${origin.replace('http', 'ws')}/cable`).opened()
            try {
              await client.subscribe('room')
              const answer = await fetch(origin, { method: 'POST' })
              assert.equal(answer.headers.get('content-type'), 'text/vnd.turbo-stream.html; charset=utf-8')
              assert.equal(await answer.text(), added('ada') + hint)
              assert.equal((await client.next()).data, added('-') + hint)
              await fetch(`${origin}/render`, { method: 'POST' })
              assert.equal((await client.next()).data, added('all') + hint)
            } finally {
              client.ws.terminate()
            }
          },
        ))

      it('renders a whole view of elements', (t) =>
        serving(
          t,
          framework,
          engine,
          files,
          (app) => {
            app.post('/', (_request, response) => {
              response.locals.visitor = 'ada'
              response.turboStream.view('messages/create', { message })
            })
          },
          async (origin) => assert.equal(await (await fetch(origin, { method: 'POST' })).text(), added('ada') + hint),
        ))
    })
  }

  describe(`${name} with layouts`, () => {
    it('leaves the layout out for a frame, unless the route names one', (t) =>
      serving(
        t,
        framework,
        'hbs',
        { 'layout.hbs': '<html>{{{body}}}</html>', 'note.hbs': '{{{turboFrameTag "note"}}}{{turboFrame}}' },
        (app) => {
          app.get('/', (_request, response) => response.render('note'))
          app.get('/named', (_request, response) => response.render('note', { layout: 'layout' }))
        },
        async (origin) => {
          const [page, frame, named] = await Promise.all(
            [{}, { 'Turbo-Frame': 'note' }, { 'Turbo-Frame': 'note' }].map((headers, index) =>
              fetch(index === 2 ? `${origin}/named` : origin, { headers }),
            ),
          )
          assert.equal(await page?.text(), '<html><turbo-frame id="note"></turbo-frame></html>')
          assert.equal(await frame?.text(), '<turbo-frame id="note"></turbo-frame>note')
          assert.equal(await named?.text(), '<html><turbo-frame id="note"></turbo-frame>note</html>')
          for (const answer of [page, frame]) assert.equal(answer?.headers.get('vary'), 'Turbo-Frame')
          assert.notEqual(page?.headers.get('etag'), frame?.headers.get('etag'))
        },
      ))

    it('hands a view that is missing to the app’s error handler', (t) =>
      serving(
        t,
        framework,
        'ejs',
        {},
        (app) => {
          app.post('/', (_request, response) => void response.turboStream.view('nowhere/create'))
          app.use(
            ((error, _request, response, _next) =>
              void response.status(500).send(error.message)) as express.ErrorRequestHandler,
          )
        },
        async (origin) => {
          const answer = await fetch(origin, { method: 'POST' })
          assert.equal(answer.status, 500)
          assert.match(
            await answer.text(),
            /^Cannot find the partial "nowhere\/create.turbo_stream": tried "nowhere\/_create.turbo_stream.ejs"/,
          )
        },
      ))
  })
}
