// The app is asked over HTTP who is there. Whatever it does but say yes, nobody is let in.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { askApp } from '../../../src/server/server.ts'
import { freePort, whileServing } from '../../support/http-server.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const json =
  (value: unknown, status = 200): Answer =>
  (_request, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))

/** An app that answers so; `asked` has every request that came. */
async function withApp(answer: Answer, run: (url: string, asked: IncomingMessage[]) => Promise<void>): Promise<void> {
  const asked: IncomingMessage[] = []
  const app = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  await whileServing(app, (port) => run(`http://127.0.0.1:${port}/who`, asked))
}

const status = async (authenticateUrl: string, headers = {}, more = {}) => {
  let answered = 0
  await withCable(askApp({ authenticateUrl, ...more }), async ({ port }) => {
    answered = (await upgradeAnswer(port, headers)).status
  })
  return answered
}

describe('who is connecting', () => {
  it('is what the app answers, by the headers of the list and no others', () =>
    withApp(json({ id: 7 }), async (authenticateUrl, asked) => {
      const headers = { Cookie: 'a=b', Authorization: 'Basic x', 'X-Other': 'y', 'X-Turbo-Cable-Url': 'fake' }
      assert.equal(await status(authenticateUrl, headers), 101)
      const [{ headers: given, method, url } = {} as IncomingMessage] = asked
      assert.deepEqual([method, url], ['GET', '/who'])
      const { cookie, authorization, accept, 'x-turbo-cable-url': at, 'x-other': other, upgrade } = given
      assert.deepEqual(
        { cookie, authorization, accept, at, other, upgrade },
        {
          cookie: 'a=b',
          authorization: 'Basic x',
          accept: 'application/json',
          at: '/cable',
          other: undefined,
          upgrade: undefined,
        },
      )
      assert.equal(given['sec-websocket-key'], undefined)
    }))

  const refused: [what: string, answer: Answer][] = [
    ['401', json({ id: 7 }, 401)],
    ['403', json({ id: 7 }, 403)],
    ['404', json({ id: 7 }, 404)],
    ['500', json({ id: 7 }, 500)],
    ['503', json({ id: 7 }, 503)],
    ['201', json({ id: 7 }, 201)],
    ['204', (_request, response) => response.writeHead(204).end()],
    ['null', json(null)],
    ['true', json(true)],
    ['a list', json([{ id: 7 }])],
    ['HTML', (_request, response) => response.end('<h1>Log in</h1>')],
    ['an empty body', (_request, response) => response.end()],
    ['more than 64 KiB', json({ id: 7, x: 'x'.repeat(100_000) })],
    ['a hang', () => {}],
    ['a body that never ends', (_request, response) => response.writeHead(200).write('{')],
    ['a hang-up', (request) => request.destroy()],
    ['an end that has passed', json({ id: 7, exp: 1 })],
    ['an end that is no number', json({ id: 7, exp: '1' })],
  ]
  for (const [what, answer] of refused) {
    it(`is nobody where the app answers with ${what}`, (t) => {
      warnings(t)
      return withApp(answer, async (url) => assert.equal(await status(url, {}, { answerTime: 300 }), 401))
    })
  }

  it('is nobody where the app redirects, also to somebody who says yes', (t) => {
    warnings(t)
    return withApp(json({ id: 7 }), (target, visits) =>
      withApp(
        (_request, response) => response.writeHead(302, { Location: target }).end(JSON.stringify({ id: 7 })),
        async (url) => {
          assert.equal(await status(url), 401)
          assert.deepEqual(visits, [])
        },
      ),
    )
  })

  it('is nobody where the app is away, which the log says once', async (t) => {
    const lines = warnings(t)
    const authenticateUrl = `http://127.0.0.1:${await freePort()}/who`
    await withCable(askApp({ authenticateUrl }), async ({ port }) => {
      for (let n = 0; n < 3; n++) assert.equal((await upgradeAnswer(port)).status, 401)
    })
    assert.equal(lines.length, 1)
    assert.match(lines[0] as string, /\/who gave no answer, which is a refusal: connect ECONNREFUSED/)
  })
})

it('an app that hangs is one line in the log, however many come', async (t) => {
  const lines = warnings(t)
  await withApp(
    () => {},
    (authenticateUrl) =>
      withCable({ ...askApp({ authenticateUrl, answerTime: 300 }), limits: { answerTime: 300 } }, async ({ port }) => {
        const ask = (cookie: string) => upgradeAnswer(port, { Cookie: cookie }).then(({ status }) => status)
        assert.deepEqual(await Promise.all(['a=1', 'a=2', 'a=3'].map(ask)), [401, 401, 401])
      }),
  )
  assert.equal(lines.length, 1)
})

describe('many questions', () => {
  it('are a hundred connections to the app at most, and each is answered in its turn, without a word from Node', async (t) => {
    const said: Error[] = []
    const listen = (warning: Error) => said.push(warning)
    process.on('warning', listen)
    t.after(() => process.off('warning', listen))
    const waiting: (() => void)[] = []
    let most = 0
    let full: (() => void) | undefined
    const reached = new Promise<void>((resolve) => {
      full = resolve
    })
    const answer: Answer = (request, response) => {
      waiting.push(() => json(true)(request, response))
      most = Math.max(most, waiting.length)
      if (most >= 100) full?.()
      if (most > 100) for (const each of waiting.splice(0)) each()
    }
    await withApp(answer, async (authorizeUrl, asked) => {
      await withCable(askApp({ authorizeUrl }), async ({ connect }) => {
        const clients = [await connect(), await connect()]
        const types = clients.flatMap((client, of) =>
          Array.from({ length: 80 }, (_, n) => client.subscribe(`${of}:${n}`).then(({ type }) => type)),
        )
        await reached
        let answered = 0
        const all = Promise.all(types).then((found) => {
          answered = found.length
          return found
        })
        while (answered === 0) {
          waiting.shift()?.()
          await new Promise(setImmediate)
        }
        assert.deepEqual(new Set(await all), new Set(['subscribed']))
      })
      assert.deepEqual([asked.length, most], [160, 100])
    })
    assert.deepEqual(said, [])
  })
})

describe('the same question', () => {
  it('is asked once at a time, and a yes holds for a moment', () => {
    const waiting: (() => void)[] = []
    const slow: Answer = (request, response) => waiting.push(() => json({ id: 7 })(request, response))
    return withApp(slow, (authenticateUrl, asked) =>
      withCable(askApp({ authenticateUrl }), async ({ port }) => {
        const ask = (cookie: string) => upgradeAnswer(port, { Cookie: cookie }).then(({ status }) => status)
        const answers = [ask('a=1'), ask('a=1'), ask('a=2')]
        // The third comes last, so by then those before it have been asked about.
        while (waiting.length < 2) await new Promise(setImmediate)
        for (const answer of waiting) answer()
        assert.deepEqual(await Promise.all(answers), [101, 101, 101])
        assert.equal(await ask('a=1'), 101)
        assert.equal(asked.length, 2)
      }),
    )
  })

  it('is asked again after a no, and after every yes where none is to hold', async () => {
    for (const [answer, cache] of [
      [json(null), 5_000],
      [json({ id: 7 }), 0],
    ] as const) {
      await withApp(answer, (authenticateUrl, asked) =>
        withCable(askApp({ authenticateUrl, cache }), async ({ port }) => {
          await upgradeAnswer(port)
          await upgradeAnswer(port)
          assert.equal(asked.length, 2)
        }),
      )
    }
  })
})

describe('who may have which stream', () => {
  it('is what the app answers: exactly true', (t) => {
    warnings(t)
    const answers: Record<string, Answer> = {
      yes: json(true),
      no: json(false),
      one: json(1),
      object: json({ ok: true }),
      late: () => {},
      broken: json(true, 500),
    }
    const answer: Answer = (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://app')
      if (request.url?.startsWith('/who')) json({ sub: '7' })(request, response)
      else if (searchParams.get('subject') === '7') answers[searchParams.get('stream') ?? '']?.(request, response)
    }
    return withApp(answer, async (authenticateUrl) => {
      const authorizeUrl = authenticateUrl.replace('/who', '/may?from=cable')
      await withCable(askApp({ authenticateUrl, authorizeUrl, answerTime: 300 }), async ({ connect }) => {
        const client = await connect()
        const types: Record<string, unknown> = {}
        for (const stream of Object.keys(answers)) types[stream] = (await client.subscribe(stream)).type
        const rejected = 'rejected'
        assert.deepEqual(types, {
          yes: 'subscribed',
          no: rejected,
          one: rejected,
          object: rejected,
          late: rejected,
          broken: rejected,
        })
      })
    })
  })
})

describe('askApp()', () => {
  for (const [what, options] of [
    ['no URL', {}],
    ['a URL of another kind', { authenticateUrl: 'ftp://a/' }],
    ['a header of the connection itself', { authenticateUrl: 'http://a/', headers: ['Connection'] }],
    ['a header that is no name', { authenticateUrl: 'http://a/', headers: ['a: b'] }],
    ['a URL with a password', { authenticateUrl: 'http://u:p@a/' }],
    ['a misspelt option', { authenticateURL: 'http://a/' }],
  ] as [string, object][]) {
    it(`cannot be set up with ${what}`, () => assert.throws(() => askApp(options), { code: 'TURBO_CABLE_BAD_OPTION' }))
  }
})
