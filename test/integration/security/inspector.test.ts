// Who may look at the inspector, and who may send by it: every door that a stranger may try.

import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import { type TurboCableOptions, turboCable } from '../../../src/index.ts'
import { hosts } from '../../support/hosts.ts'
import { withHttpProxy } from '../../support/http-proxy.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { listening, startExpress, withCable, withServed } from '../../support/with-cable.ts'

const token = 'the-token-of-the-operator'
const path = '/cable/inspector'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Question {
  readonly path?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
}

// With headers that fetch does not let one choose.
function ask(port: number, { path: at = path, headers = {}, form, method = form ? 'POST' : 'GET' }: Question = {}) {
  const body = form && new URLSearchParams(form).toString()
  const type = form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}
  return new Promise<Answer>((resolve, reject) => {
    const asking = request({
      host: '127.0.0.1',
      port,
      path: at,
      method,
      agent: false,
      headers: { ...type, ...headers },
    })
    asking.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

const tokenIn = (body: string) => /name="token" value="([^"]+)"/.exec(body)?.[1] ?? ''
const streamIn = (body: string) => /data-streams="([^"]+)"/.exec(body)?.[1] ?? ''

/** Runs as in production, where nothing is shown that was not asked for. */
async function inProduction(run: () => Promise<void>): Promise<void> {
  const before = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    await run()
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

const isPage = ({ status, body }: Answer) => status === 200 && body.includes('What happens')

describe('in development, without a token', () => {
  it('a browser on this machine sees the page, with a policy that lets nothing in from elsewhere', () =>
    withCable({}, async ({ port }) => {
      const answer = await ask(port, { headers: { 'Sec-Fetch-Site': 'none' } })
      assert.ok(isPage(answer))
      const policy = String(answer.headers['content-security-policy'])
      assert.match(policy, /^default-src 'none'; script-src 'self' 'nonce-[^']+'; style-src 'self' 'nonce-[^']+';/)
      assert.match(policy, /frame-ancestors 'none'$/)
      assert.doesNotMatch(policy, /unsafe|http|\*/)
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    }))

  const strangers: readonly (readonly [who: string, headers: Record<string, string>])[] = [
    ['a page under a name that was made to point here', { Host: 'evil.example' }],
    ['somebody in the same network', { Host: '192.168.1.7:3000' }],
    ['a tunnel', { Host: 'localhost', 'X-Forwarded-Host': 'abc.tunnel.example', 'X-Forwarded-For': '203.0.113.7' }],
    ['a proxy', { Via: '1.1 proxy' }],
    ['a proxy that says whom it stands for', { Forwarded: 'for=203.0.113.7' }],
    ['a proxy that names the address', { 'X-Real-IP': '203.0.113.7' }],
    [
      'a frame in another page',
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
    ],
    [
      'a script of another site',
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors', Origin: 'https://evil.example' },
    ],
    ['a script of another app on this machine', { Origin: 'http://localhost:4000' }],
    ['a page without an origin', { Origin: 'null' }],
  ]
  for (const [who, headers] of strangers) {
    it(`${who} sees nothing`, () =>
      withCable({}, async ({ port }) => {
        for (const at of [path, `${path}/rendered/1`]) {
          const answer = await ask(port, { path: at, headers })
          assert.equal(answer.status, 403)
          assert.doesNotMatch(answer.body, /<html/)
        }
        const socket = await upgradeAnswer(port, { Origin: `http://127.0.0.1:${port}`, ...headers }, { path })
        assert.ok(socket.status === 401 || socket.status === 403, `${socket.status}`)
      }))
  }

  it('a link from elsewhere leads to the page, and only to the page', () =>
    withCable({}, async ({ port }) => {
      const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' }
      assert.ok(isPage(await ask(port, { headers })))
      assert.equal((await ask(port, { path: `${path}/rendered/1`, headers })).status, 403)
    }))

  it('through a proxy that adds nothing but its own name for the host, a page of elsewhere gets no socket', () =>
    withCable({}, async ({ port }) => {
      const headers = { Host: `127.0.0.1:${port}`, Origin: 'https://app.example' }
      assert.equal((await upgradeAnswer(port, headers, { path })).status, 403)
    }))

  it('a real proxy with X-Forwarded-For is refused', () =>
    withCable({}, ({ port }) =>
      withHttpProxy(port, async (front) => assert.equal((await ask(front)).status, 403), {
        headers: { 'X-Forwarded-For': '203.0.113.7' },
      }),
    ))

  for (const [what, options] of Object.entries({
    'a secret': { secret: 'the secret of the app' },
    'a token for broadcasts': { broadcastToken: 'the token of the app' },
    'no local broadcasts': { localBroadcasts: false },
  } satisfies Record<string, TurboCableOptions>)) {
    it(`with ${what}, being on this machine is no right until the app says so`, () =>
      withCable(options, async ({ port }) => {
        const answer = await ask(port)
        assert.equal(answer.status, 403)
        assert.match(answer.body, /TURBO_CABLE_INSPECTOR.*inspector: true/)
        await withCable({ ...options, inspector: true }, async ({ port }) => assert.ok(isPage(await ask(port))))
      }))
  }

  it('with `inspector: false` it is the app that is asked', () =>
    withCable({ inspector: false }, async ({ port }) => {
      const answers = [await ask(port), await ask(port, { path: `${path}/send`, form: {} })]
      assert.deepEqual(
        answers.map(({ status, body }) => [status, body]),
        [
          [404, 'the app'],
          [404, 'the app'],
        ],
      )
    }))

  it('what is not there is the app’s too', () =>
    withCable({}, async ({ port }) => {
      for (const at of [`${path}/else`, `${path}/rendered/x`, `${path}s`]) {
        assert.deepEqual([(await ask(port, { path: at })).body, at], ['the app', at])
      }
      assert.equal((await ask(port, { method: 'DELETE' })).body, 'the app')
    }))
})

describe('sending by hand', () => {
  const own = (port: number) => ({ Origin: `http://127.0.0.1:${port}`, 'Sec-Fetch-Site': 'same-origin' })

  it('sends what the page sends, HTML and JSON, also with a secret and no public streams', () =>
    withCable(
      { secret: 'the secret of the app', publicStreams: false, inspector: true },
      async ({ port, cable, connect }) => {
        const client = await connect()
        await client.subscribe(cable.signedStream('room').token)
        const page = tokenIn((await ask(port)).body)
        const send = (form: Record<string, string>) =>
          ask(port, { path: `${path}/send`, form: { token: page, stream: 'room', ...form }, headers: own(port) })
        const answer = await send({ data: '<b>hi</b>' })
        assert.equal(answer.status, 200)
        assert.match(
          answer.body,
          /^<turbo-stream action="update" target="sent"><template>Sent to room: 1 subscriber here</,
        )
        assert.equal((await client.next()).data, '<b>hi</b>')
        assert.equal((await send({ data: '{"a":[1]}', json: 'on' })).status, 200)
        assert.deepEqual((await client.next()).data, { a: [1] })
      },
    ))

  it('says what is wrong, and sends nothing', () =>
    withCable({}, async ({ port, cable }) => {
      const page = tokenIn((await ask(port)).body)
      const send = (form: Record<string, string>) =>
        ask(port, { path: `${path}/send`, form: { token: page, ...form }, headers: own(port) })
      const bad = await send({ stream: 'a', data: '{', json: 'on' })
      assert.deepEqual([bad.status, /Not sent: that is no JSON/.test(bad.body)], [422, true])
      for (const stream of ['', 'a,b', 'x'.repeat(513)]) {
        const answer = await send({ stream, data: 'x' })
        assert.deepEqual([answer.status, /Not sent: name a stream/.test(answer.body)], [422, true])
      }
      assert.equal(cable.stats().broadcasts, 0)
    }))

  it('takes no form of another page, nor one without the token of a page', () =>
    withCable({}, async ({ port, cable }) => {
      const { body } = await ask(port)
      const form = { token: tokenIn(body), stream: 'a', data: 'x' }
      const at = `${path}/send`
      const refused: readonly (readonly [what: string, question: Question])[] = [
        ['another site', { form, headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' } }],
        ['another site in an old browser', { form, headers: { Origin: 'https://evil.example' } }],
        [
          'another app on this machine',
          { form, headers: { Origin: 'http://localhost:4000', 'Sec-Fetch-Site': 'same-site' } },
        ],
        ['a rebound name', { form, headers: { ...own(port), Host: 'evil.example', Origin: 'http://evil.example' } }],
        ['a proxy', { form, headers: { ...own(port), 'X-Forwarded-For': '203.0.113.7' } }],
        ['no token', { form: { stream: 'a', data: 'x' }, headers: own(port) }],
        ['a wrong token', { form: { ...form, token: `${form.token.slice(0, -1)}x` }, headers: own(port) }],
        ['the token of its stream', { form: { ...form, token: streamIn(body) }, headers: own(port) }],
        [
          'a navigation',
          {
            form,
            headers: { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
          },
        ],
      ]
      for (const [what, question] of refused) {
        assert.deepEqual([what, (await ask(port, { path: at, ...question })).status], [what, 403])
      }
      const large = { ...form, data: 'x'.repeat(1_048_577) }
      assert.equal((await ask(port, { path: at, form: large, headers: own(port) })).status, 400)
      assert.equal((await ask(port, { path: at, method: 'POST', headers: own(port) })).status, 400)
      assert.equal(cable.stats().broadcasts, 0)
    }))
})

describe('the inspector’s own stream', () => {
  it('is given to who has the token of a page, and never by the app’s cable', () =>
    withCable({ inspector: true, secret: 'the secret of the app' }, async ({ port, cable, connect }) => {
      const { body } = await ask(port)
      const client = await connect()
      for (const stream of [streamIn(body), 'live']) assert.equal((await client.subscribe(stream)).type, 'rejected')
      const origin = { Origin: `http://127.0.0.1:${port}` }
      const watcher = await connect(path, origin)
      for (const stream of ['live', 'room', cable.signedStream('live').token]) {
        assert.equal((await watcher.subscribe(stream)).type, 'rejected')
      }
      assert.equal((await watcher.subscribe(streamIn(body))).type, 'subscribed')
    }))

  it('brings what happens, of this cable alone, and is not inspected itself', () =>
    withCable({}, ({ port, cable, connect }) =>
      withCable({}, async (other) => {
        const { body } = await ask(port)
        const watcher = await connect(path, { Origin: `http://127.0.0.1:${port}` })
        await watcher.subscribe(streamIn(body))
        await other.cable.broadcastJson('elsewhere', 1)
        await cable.broadcastUpdateTo('<room>', { target: 'a', html: '<script>alert(1)</script>' })
        let text = ''
        while (!text.includes('entry-')) text = String((await watcher.next()).data)
        assert.match(text, /&lt;room&gt;/)
        assert.match(text, /&lt;script&gt;/)
        assert.doesNotMatch(text, /elsewhere|<script|>live</)
        assert.equal(cable.stats().broadcasts, 1)
        assert.equal(cable.stats().connections, 0)
      }),
    ))
})

describe('with a token', () => {
  const signIn = async (port: number, given = token, headers: Record<string, string> = {}) =>
    ask(port, { path: `${path}/sign-in`, form: { token: given }, headers })
  const cookieOf = ({ headers }: Answer) => headers['set-cookie']?.[0]?.split(';')[0] ?? ''

  it('in production there is no inspector without one', async (t) => {
    const warned = warnings(t)
    await inProduction(async () => {
      for (const inspector of [undefined, true]) {
        await withCable({ publicStreams: true, localBroadcasts: true, inspector }, async ({ port }) => {
          for (const at of [path, `${path}/style.css`, `${path}/rendered/1`]) {
            assert.equal((await ask(port, { path: at })).body, 'the app')
          }
          assert.equal((await ask(port, { path: `${path}/send`, form: {} })).body, 'the app')
          assert.equal((await upgradeAnswer(port, {}, { path })).status, 404)
        })
      }
    })
    assert.equal(warned.filter((line) => line.includes('inspector: true')).length, 1)
  })

  it('whoever gives it sees the page, in production and through a proxy too; the cookie says nothing of it', () =>
    inProduction(() =>
      withCable({ publicStreams: true, inspector: { token } }, async ({ port }) => {
        const headers = { Host: 'app.example', 'X-Forwarded-For': '203.0.113.7' }
        const asked = await ask(port, { headers })
        assert.equal(asked.status, 401)
        assert.match(asked.body, /type="password"/)
        assert.doesNotMatch(asked.body, /What happens|data-streams/)
        const signedIn = await signIn(port, token, { ...headers, Origin: 'https://app.example' })
        assert.deepEqual([signedIn.status, signedIn.headers.location], [303, '../inspector'])
        const [cookie = ''] = signedIn.headers['set-cookie'] ?? []
        assert.match(cookie, /^turbo-cable-inspector=[\w+/=-]+; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/)
        assert.ok(!cookie.includes(token))
        const page = await ask(port, { headers: { ...headers, Cookie: `a=b; ${cookieOf(signedIn)}; c=d` } })
        assert.ok(isPage(page))
        const left = await ask(port, {
          path: `${path}/sign-out`,
          form: { token: tokenIn(page.body) },
          headers: { ...headers, Cookie: cookieOf(signedIn), Origin: 'https://app.example' },
        })
        assert.match(String(left.headers['set-cookie']), /^turbo-cable-inspector=; .*Max-Age=0$/)
      }),
    ))

  it('a bearer will do for a program', () =>
    withCable({ inspector: { token } }, async ({ port }) => {
      assert.ok(isPage(await ask(port, { headers: { Authorization: `Bearer ${token}` } })))
      assert.equal((await ask(port, { headers: { Authorization: 'Bearer another-token-of-somebody' } })).status, 401)
    }))

  it('a wrong one, a made-up cookie, and being on this machine show nothing', () =>
    withCable({ inspector: { token } }, async ({ port }) => {
      const wrong = await signIn(port, 'a token of somebody')
      assert.deepEqual([wrong.headers.location, wrong.headers['set-cookie']], ['../inspector?wrong', undefined])
      assert.match((await ask(port, { path: `${path}?wrong` })).body, /That is not the token/)
      const page = (await ask(port, { headers: { Authorization: `Bearer ${token}` } })).body
      const cookies = ['', token, 'x', tokenIn(page), streamIn(page)]
      for (const value of cookies) {
        const Cookie = `turbo-cable-inspector=${value}`
        assert.equal((await ask(port, { headers: { Cookie } })).status, 401, value)
        assert.equal((await ask(port, { path: `${path}/rendered/1`, headers: { Cookie } })).status, 403)
        const Origin = `http://127.0.0.1:${port}`
        assert.equal((await upgradeAnswer(port, { Cookie, Origin }, { path })).status, 401)
      }
    }))

  it('a cookie does not let the page of another site send', () =>
    withCable({ inspector: { token } }, async ({ port, cable }) => {
      const Cookie = cookieOf(await signIn(port))
      const page = tokenIn((await ask(port, { headers: { Cookie } })).body)
      const question = { path: `${path}/send`, form: { token: page, stream: 'a', data: 'x' } }
      const from = (Origin: string) => ask(port, { ...question, headers: { Cookie, Origin } })
      assert.equal((await from('https://evil.example')).status, 403)
      assert.equal(cable.stats().broadcasts, 0)
      assert.equal((await from(`http://127.0.0.1:${port}`)).status, 200)
    }))
})

describe('in every host', () => {
  const works = async (port: number, mount = '') => {
    const answer = await ask(port, { path: `${mount}${path}` })
    assert.ok(isPage(answer), answer.body)
    assert.match((await ask(port, { path: `${mount}${path}/style.css` })).body, /color-scheme/)
    const origin = { Origin: `http://127.0.0.1:${port}` }
    assert.equal((await upgradeAnswer(port, origin, { path: `${mount}${path}` })).status, 101)
    const form = { token: tokenIn(answer.body), stream: 'a', data: 'x' }
    assert.equal((await ask(port, { path: `${mount}${path}/send`, form, headers: origin })).status, 200)
    assert.equal((await ask(port, { path: `${mount}${path}/` })).headers.location, '../inspector')
  }

  for (const [name, start] of Object.entries(hosts)) {
    it(`the page, its socket and its form work in ${name}`, () => withServed({}, ({ port }) => works(port), start))
  }

  it('they work in Express below a mount, behind a body parser, and with a path of the app’s own', async () => {
    const cable = turboCable({})
    const app = express()
    app.use(express.urlencoded({ extended: true }))
    app.use('/realtime', cable)
    const { server, port } = await listening(createServer(app), cable)
    try {
      await works(port, '/realtime')
    } finally {
      await cable.close()
      server.closeAllConnections()
      server.close()
    }
    await withCable(
      { path: '/socket' },
      async ({ port }) => assert.ok(isPage(await ask(port, { path: '/socket/inspector' }))),
      startExpress,
    )
  })
})
