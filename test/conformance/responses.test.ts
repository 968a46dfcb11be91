// What answers Turbo, in every host: streams, frames, redirects, native apps. Byte for byte where turbo-rails is.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type TurboCableOptions, turboStream } from '../../src/index.ts'
import type { Hosted } from '../support/hosts.ts'
import { type Route, turboHosts } from '../support/turbo-hosts.ts'
import { warnings } from '../support/warnings.ts'
import { type Context, withServed } from '../support/with-cable.ts'

class Message {
  constructor(
    readonly id: number,
    readonly state: { previouslyNewRecord?: boolean; destroyed?: boolean } = {},
  ) {
    Object.assign(this, state)
  }
}

const turboAccept = 'text/vnd.turbo-stream.html, text/html, application/xhtml+xml'
const row = '<turbo-stream action="append" target="messages"><template>'

// A partial shows its name, what it was given, and what it sees of the visitor.
const render = (name: string, { message, visitor = 'nobody' }: Record<string, unknown>) => {
  if (name.startsWith('broken')) throw new Error('this partial is broken')
  if (name.endsWith('.turbo_stream')) {
    return `\n${turboStream.remove('hint')}\n  ${turboStream.update('count', { text: String(visitor) })}\n`
  }
  return `<i>${name} ${(message as Message | undefined)?.id} ${visitor}</i>`
}

for (const [name, start] of Object.entries(turboHosts)) {
  const serving = (route: Route, run: (context: Context<Hosted>) => Promise<void>, options: TurboCableOptions = {}) =>
    withServed({ render, ...options }, run, (given) => start(given, route))
  const post = (origin: string, headers: Record<string, string> = {}, method = 'POST') =>
    fetch(origin, { method, headers: { Accept: turboAccept, ...headers }, redirect: 'manual' })

  describe(`${name}: a stream response`, () => {
    it('is one message without whitespace, with its media type and the cursor of its request', () =>
      serving(
        ({ response }) =>
          response.turboStream
            .append('messages', { html: '<p>hi</p>' })
            .update('count', { text: '<1>' })
            .remove('hint'),
        async ({ origin }) => {
          const answer = await post(origin)
          assert.equal(answer.status, 200)
          assert.equal(answer.headers.get('content-type'), 'text/vnd.turbo-stream.html; charset=utf-8')
          assert.match(answer.headers.get('x-turbo-cable-cursor') ?? '', /^[^:]+:0$/)
          assert.equal(
            await answer.text(),
            `${row}<p>hi</p></template></turbo-stream>` +
              '<turbo-stream action="update" target="count"><template>&lt;1&gt;</template></turbo-stream>' +
              '<turbo-stream action="remove" target="hint"></turbo-stream>',
          )
        },
      ))

    it('renders partials, records and whole views', () =>
      serving(
        ({ response, locals }) => {
          locals.visitor = 'ada'
          return response.turboStream
            .append('messages', { partial: 'messages/row', locals: { message: new Message(1) } })
            .append('messages', new Message(2))
            .replace(new Message(3))
            .view('messages/create', { visitor: 'given' })
        },
        async ({ origin }) => {
          const visitor = name === 'Hono' ? 'nobody' : 'ada'
          assert.equal(
            await (await post(origin)).text(),
            `${row}<i>messages/row 1 ${visitor}</i></template></turbo-stream>` +
              `${row}<i>messages/message 2 ${visitor}</i></template></turbo-stream>` +
              `<turbo-stream action="replace" target="message_3"><template><i>messages/message 3 ${visitor}</i></template></turbo-stream>` +
              `<turbo-stream action="remove" target="hint"></turbo-stream>` +
              `<turbo-stream action="update" target="count"><template>given</template></turbo-stream>`,
          )
        },
      ))

    it('does what happened to the record', () =>
      serving(
        ({ response }) =>
          response
            .turboStream(new Message(1, { previouslyNewRecord: true }), { html: 'a' })
            .record(new Message(2, { previouslyNewRecord: false }), { html: 'b' })
            .record(new Message(3, { destroyed: true })),
        async ({ origin }) =>
          assert.equal(
            await (await post(origin)).text(),
            `${row}a</template></turbo-stream>` +
              '<turbo-stream action="replace" target="message_2"><template>b</template></turbo-stream>' +
              '<turbo-stream action="remove" target="message_3"></turbo-stream>',
          ),
      ))

    it('has the status that was set before', () =>
      serving(
        ({ response, status }) => {
          status(422)
          return response.turboStream([turboStream.remove('a'), ` ${turboStream.remove('b')}\n`])
        },
        async ({ origin }) => {
          const answer = await post(origin)
          assert.equal(answer.status, 422)
          assert.equal(await answer.text(), turboStream.remove('a') + turboStream.remove('b'))
        },
      ))

    it('is an error of the app where a partial fails, and the app lives on', (t) => {
      quiet(t)
      return serving(
        ({ response }) => response.turboStream.append('messages', { partial: 'broken' }),
        async ({ origin }) => {
          for (let times = 0; times < 2; times++) assert.equal((await post(origin)).status, 500)
        },
      )
    })

    // Fastify and Hono take the end of the handler for the end of the answer.
    if (!['Fastify', 'Hono'].includes(name)) {
      it('is sent also where nobody awaits or returns it, and so is its failure', (t) => {
        quiet(t)
        return serving(
          ({ response, headers }) => {
            response.turboStream.append('messages', { partial: String(headers['x-partial']) })
          },
          async ({ origin }) => {
            const answer = await post(origin, { 'X-Partial': 'whole' })
            assert.equal(await answer.text(), `${row}<i>whole undefined nobody</i></template></turbo-stream>`)
            assert.equal((await post(origin, { 'X-Partial': 'broken' })).status, 500)
          },
        )
      })
    }

    it('is sent when its turn is over, and refuses what comes later', () => {
      let refused: unknown
      return serving(
        async ({ response }) => {
          const chain = response.turboStream.remove('a')
          response.turboStream.remove('b')
          const sent = await chain.then((value) => ({ value }))
          try {
            chain.remove('c')
          } catch (error) {
            refused = error
          }
          return sent.value
        },
        async ({ origin }) => {
          assert.equal(await (await post(origin)).text(), turboStream.remove('a') + turboStream.remove('b'))
          assert.equal((refused as { code?: string }).code, 'TURBO_CABLE_SENT')
        },
      )
    })

    it('reaches a stream too, but not its sender, and without what is this visitor’s', () =>
      serving(
        ({ response, locals, headers }) => {
          locals.visitor = 'ada'
          return response.turboStream
            .append('messages', new Message(1))
            .broadcastTo(['room', 7], { exclude: { headers: headers as Record<string, string> } })
        },
        async ({ origin, connect, cable }) => {
          const [other, own] = [await connect(), await connect()]
          await other.subscribe('room:7', { cursor: null, connection: 'tab-2' })
          await own.subscribe('room:7', { cursor: null, connection: 'tab-1' })
          const text = await (await post(origin, { 'X-Turbo-Cable-Connection': 'tab-1' })).text()
          assert.match(text, name === 'Hono' ? /nobody/ : /ada/)
          const data = `${row}<i>messages/message 1 nobody</i></template></turbo-stream>`
          assert.equal((await other.next()).data, data)
          await cable.broadcastJson(['room', 7], { next: true })
          assert.deepEqual((await own.next()).data, { next: true })
        },
      ))
  })

  describe(`${name}: what a request wants`, () => {
    it('is a stream where Accept names one, and caches are told that this decides', () =>
      serving(
        ({ request, html, header }) => {
          header('Vary', 'Accept-Encoding')
          return html(`${request.wantsTurboStream} ${request.wantsTurboStream}`)
        },
        async ({ origin }) => {
          for (const [accept, wanted] of [
            [turboAccept, true],
            ['text/html, TEXT/vnd.turbo-stream.html;q=0.5', true],
            ['text/html, text/vnd.turbo-stream.html;q=0', false],
            ['text/vnd.turbo-stream.htmlx', false],
            ['*/*', false],
          ] as const) {
            const answer = await fetch(origin, { headers: { Accept: accept } })
            assert.equal(await answer.text(), `${wanted} ${wanted}`)
            assert.match(answer.headers.get('vary') ?? '', /^Accept-Encoding, ?Accept$/)
          }
        },
      ))

    it('is a frame where Turbo-Frame names one, and views go without their layout', () =>
      serving(
        ({ request, html, locals }) => html(`${request.turboFrame} ${locals.turboFrame} ${locals.layout}`),
        async ({ origin }) => {
          const views = name === 'Hono' ? 'undefined undefined' : 'tray false'
          const answer = await fetch(origin, { headers: { 'Turbo-Frame': 'tray' } })
          assert.equal(await answer.text(), `tray ${views}`)
          assert.equal(answer.headers.get('vary'), 'Turbo-Frame')
          assert.equal(await (await fetch(origin)).text(), 'undefined undefined undefined')
        },
      ))
  })

  describe(`${name}: frames and forms`, () => {
    it('a frame has an ETag of its own, which the app’s own comparison still finds', () =>
      serving(
        ({ headers, header, status, html }) => {
          header('ETag', '"v1"')
          if (headers['if-none-match'] === '"v1"') status(304)
          return html('')
        },
        async ({ origin }) => {
          const get = (headers: Record<string, string>) => fetch(origin, { headers, cache: 'no-store' })
          const page = await get({})
          const frame = await get({ 'Turbo-Frame': 'tray' })
          const other = await get({ 'Turbo-Frame': 'list' })
          const [whole = '', own = '', another = ''] = [page, frame, other].map(
            ({ headers }) => headers.get('etag') ?? '',
          )
          assert.equal(whole, '"v1"')
          assert.match(own, /^"v1-[\w-]{12}"$/)
          assert.notEqual(own, another)
          assert.equal((await get({ 'If-None-Match': whole })).status, 304)
          assert.equal((await get({ 'If-None-Match': own })).status, 200)
          const again = await get({ 'Turbo-Frame': 'tray', 'If-None-Match': `${whole}, ${own}` })
          assert.equal(`${again.status} ${again.headers.get('etag')}`, `304 ${own}`)
          assert.equal((await get({ 'Turbo-Frame': 'tray', 'If-None-Match': whole })).status, 200)
        },
      ))

    it('a redirect that answers a form of Turbo’s is a 303, and any other stays as it is', () =>
      serving(
        ({ redirect }) => redirect('/there'),
        async ({ origin }) => {
          for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
            const { status, headers } = await post(origin, {}, method)
            assert.equal(`${status} ${headers.get('location')}`, '303 /there')
          }
          assert.equal((await post(origin, {}, 'GET')).status, 302)
          assert.equal((await post(origin, { Accept: 'text/html' })).status, 302)
        },
      ))

    it('a page that answers a form of Turbo’s with 200 is a warning, as Turbo shows nothing of it', (t) => {
      const all = warnings(t)
      const lines = () => all.filter((line) => line.includes('Turbo form'))
      return serving(
        ({ headers, status, html }) => {
          status(Number(headers['x-status']))
          return html('<p>the form again</p>')
        },
        async ({ origin }) => {
          await post(origin, { 'X-Status': '422' })
          await post(origin, { 'X-Status': '200', Accept: 'text/html' })
          await post(origin, { 'X-Status': '200', 'Turbo-Frame': 'tray' })
          assert.deepEqual(lines(), [])
          await post(`${origin}/messages`, { 'X-Status': '200' })
          assert.equal(lines().length, 1)
          assert.match(lines()[0] ?? '', /POST \/messages answered a Turbo form with status 200/)
        },
      )
    })
  })

  describe(`${name}: Hotwire Native`, () => {
    const native = { 'User-Agent': 'Hotwire Native iOS; Turbo Native iOS' }

    it('is sent to where its screen goes back, stays or loads anew; a browser is redirected', () =>
      serving(
        ({ request, response, headers }) => {
          const options = { nativeParams: { notice: 'a & b' } }
          const is = request.hotwireNativeApp ? 'native' : 'browser'
          const how = headers['x-how'] as 'recedeOrRedirectTo'
          return response[how](`/${is}`, options)
        },
        async ({ origin }) => {
          const sent = async (how: string, headers: Record<string, string>) => {
            const { status, headers: answered } = await post(origin, { 'X-How': how, ...headers })
            return `${status} ${answered.get('location')}`
          }
          for (const action of ['recede', 'resume', 'refresh']) {
            for (const how of [`${action}OrRedirectTo`, `${action}OrRedirectBackOrTo`]) {
              assert.equal(await sent(how, native), `303 /${action}_historical_location?notice=a+%26+b`)
              assert.equal(await sent(how, {}), '303 /browser')
            }
          }
          const own = { Referer: `${origin}/from?page=2` }
          assert.equal(await sent('recedeOrRedirectBackOrTo', own), '303 /from?page=2')
          assert.equal(await sent('recedeOrRedirectTo', own), '303 /browser')
          for (const Referer of [
            'https://evil.example/',
            'nonsense',
            `${origin.replace('http', 'x')}/\\evil.example`,
          ]) {
            assert.equal(await sent('recedeOrRedirectBackOrTo', { Referer }), '303 /browser')
          }
        },
      ))

    it('finds a page at each of the three paths', () =>
      serving(
        ({ html }) => html('the app'),
        async ({ origin }) => {
          for (const [action, says] of [
            ['recede', 'Going back…'],
            ['resume', 'Staying put…'],
            ['refresh', 'Refreshing…'],
          ]) {
            const answer = await fetch(`${origin}/${action}_historical_location?notice=x`)
            assert.equal(`${answer.status} ${await answer.text()}`, `200 ${says}`)
            assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
          }
        },
      ))
  })
}

// The lines that this test causes are not for the one who reads its output.
function quiet(t: TestContext): void {
  warnings(t)
}
