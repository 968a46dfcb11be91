// Tokens: who is let in by one, in which places it may stand, what it gives a right to, and until when. The function jwt() in an app,
// which is what the server has too; that its flags lead to it is in tokens.test.ts.

import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import { exportJWK, SignJWT } from 'jose'
import { jwt } from '../../../src/server/server.ts'
import { TestClient } from '../../support/client.ts'
import { whileServing } from '../../support/http-server.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'

const secret = 'a secret that is long enough for an HMAC'
const keys = (type: 'rsa' | 'ec' | 'ed25519') =>
  type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519')
const rsa = keys('rsa')
const ec = keys('ec')
const ed = keys('ed25519')
const other = keys('rsa')
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }) as string

const hs = Buffer.from(secret)
const sign = (claims: object, key: KeyObject | Uint8Array = hs, alg = 'HS256', header = {}) =>
  new SignJWT({ sub: '7', ...claims }).setProtectedHeader({ alg, ...header }).sign(key)
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const soon = () => Math.floor(Date.now() / 1_000) + 3_600
const past = () => Math.floor(Date.now() / 1_000) - 10

// Signed with the public key as if it were a secret: what an attacker can make who knows only what is public.
function confused(): string {
  const head = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({ sub: '7' })}`
  return `${head}.${createHmac('sha256', pem(rsa.publicKey)).update(head).digest('base64url')}`
}

type Options = Parameters<typeof jwt>[0]
const status = (options: Options, token: string | undefined) => {
  let answered = 0
  return withCable({ authenticate: jwt(options) }, async ({ port }) => {
    const path = token === undefined ? '/cable' : `/cable?token=${encodeURIComponent(token)}`
    answered = (await upgradeAnswer(port, {}, { path })).status
  }).then(() => answered)
}

describe('a token', () => {
  const let_in: [what: string, options: Options, token: () => Promise<string>][] = [
    ['HS256', { secret }, () => sign({})],
    ['HS512', { secret }, () => sign({}, hs, 'HS512')],
    ['the second of two secrets', { secret: ['another', secret] }, () => sign({})],
    ['RS256 by PEM', { publicKey: pem(rsa.publicKey) }, () => sign({}, rsa.privateKey, 'RS256')],
    ['PS256 by PEM', { publicKey: pem(rsa.publicKey) }, () => sign({}, rsa.privateKey, 'PS256')],
    ['ES256 by PEM', { publicKey: pem(ec.publicKey) }, () => sign({}, ec.privateKey, 'ES256')],
    ['EdDSA by PEM', { publicKey: pem(ed.publicKey) }, () => sign({}, ed.privateKey, 'EdDSA')],
    [
      'ES256 by JWK',
      { publicKey: JSON.stringify(ec.publicKey.export({ format: 'jwk' })) },
      () => sign({}, ec.privateKey, 'ES256'),
    ],
    ['its audience, among others', { secret, audience: 'cable' }, () => sign({ aud: ['x', 'cable'] })],
    ['its issuer', { secret, issuer: 'app' }, () => sign({ iss: 'app' })],
    ['an end that is to come', { secret }, () => sign({ exp: soon() })],
  ]
  for (const [what, options, token] of let_in) {
    it(`lets in with ${what}`, async () => assert.equal(await status(options, await token()), 101))
  }

  const refused: [what: string, options: Options, token: () => string | undefined | Promise<string>][] = [
    ['no token', { secret }, () => undefined],
    ['an empty one', { secret }, () => ''],
    ['garbage', { secret }, () => 'garbage'],
    ['three parts of garbage', { secret }, () => 'a.b.c'],
    ['10 kB of it', { secret }, async () => `${await sign({})}${'x'.repeat(10_000)}`],
    ['alg none', { secret }, () => `${base64({ alg: 'none' })}.${base64({ sub: '7' })}.`],
    [
      'alg none for a public key',
      { publicKey: pem(rsa.publicKey) },
      () => `${base64({ alg: 'none' })}.${base64({ sub: '7' })}.`,
    ],
    ['another secret', { secret }, () => sign({}, Buffer.from('another secret'))],
    ['an HMAC of the public key', { publicKey: pem(rsa.publicKey) }, confused],
    ['another key pair', { publicKey: pem(rsa.publicKey) }, () => sign({}, other.privateKey, 'RS256')],
    ['another kind of key', { publicKey: pem(ec.publicKey) }, () => sign({}, rsa.privateKey, 'RS256')],
    ['RS256 where HS is taken', { secret }, () => sign({}, rsa.privateKey, 'RS256')],
    ['an end that has passed', { secret }, () => sign({ exp: past() })],
    ['a begin that is to come', { secret }, () => sign({ nbf: soon() })],
    ['another audience', { secret, audience: 'cable' }, () => sign({ aud: 'x' })],
    ['no audience', { secret, audience: 'cable' }, () => sign({})],
    ['another issuer', { secret, issuer: 'app' }, () => sign({ iss: 'x' })],
    ['an end that is no number', { secret }, () => sign({ exp: 'never' as unknown as number })],
    ['a changed payload', { secret }, async () => (await sign({})).replace(/\.[^.]+\./, `.${base64({ sub: '8' })}.`)],
    ['an expired one for another audience', { secret, audience: 'cable' }, () => sign({ exp: past(), aud: 'x' })],
  ]
  for (const [what, options, token] of refused) {
    it(`refuses ${what} with 401`, async () => assert.equal(await status(options, await token()), 401))
  }

  for (const [what, options] of [
    ['no key', {}],
    ['two kinds of keys', { secret, publicKey: pem(rsa.publicKey) }],
    ['a PEM as its secret', { secret: pem(rsa.publicKey) }],
    ['what is no key', { publicKey: 'x' }],
    ['an empty secret', { secret: '' }],
    ['a misspelt option', { secret, audiance: 'x' }],
  ] as [string, Options][]) {
    it(`cannot be set up with ${what}`, () => assert.throws(() => jwt(options), { code: 'TURBO_CABLE_BAD_OPTION' }))
  }
})

describe('the keys that an issuer publishes', () => {
  const published = async (run: (url: string, asked: () => number) => Promise<void>, answer?: number) => {
    const jwk = { ...(await exportJWK(ec.publicKey)), kid: 'k1', alg: 'ES256' }
    let asked = 0
    const issuer = createServer((_request, response) => {
      asked++
      response.writeHead(answer ?? 200, { 'Content-Type': 'application/json', Location: '/other' })
      response.end(JSON.stringify({ keys: [jwk] }))
    })
    await whileServing(issuer, (port) => run(`http://127.0.0.1:${port}/jwks.json`, () => asked))
  }

  it('let in, are asked for once, and refuse who is signed otherwise', () =>
    published(async (jwksUrl, asked) => {
      const authenticate = jwt({ jwksUrl })
      await withCable({ authenticate }, async ({ port }) => {
        const answered = async (token: string) =>
          (await upgradeAnswer(port, {}, { path: `/cable?token=${token}` })).status
        assert.equal(await answered(await sign({}, ec.privateKey, 'ES256', { kid: 'k1' })), 101)
        assert.equal(await answered(await sign({}, ec.privateKey, 'ES256', { kid: 'k1' })), 101)
        assert.equal(await answered(await sign({}, ec.privateKey, 'ES256', { kid: 'k2' })), 401)
        assert.equal(await answered(await sign({}, hs, 'HS256', { kid: 'k1' })), 401)
      })
      assert.equal(asked(), 1)
    }))

  for (const answer of [500, 302]) {
    it(`let nobody in while the issuer answers ${answer}`, (t) => {
      t.mock.method(console, 'warn', () => {})
      return published(async (jwksUrl) => {
        assert.equal(await status({ jwksUrl }, await sign({}, ec.privateKey, 'ES256', { kid: 'k1' })), 401)
      }, answer)
    })

    it(`are one line in the log while the issuer answers ${answer}, however many tokens come`, (t) => {
      const lines = warnings(t)
      return published(async (jwksUrl) => {
        await withCable({ authenticate: jwt({ jwksUrl }) }, async ({ port }) => {
          const path = `/cable?token=${await sign({}, ec.privateKey, 'ES256', { kid: 'k1' })}`
          for (let n = 0; n < 3; n++) assert.equal((await upgradeAnswer(port, {}, { path })).status, 401)
        })
        assert.equal(lines.length, 1)
      }, answer)
    })
  }
})

describe('a token may stand', () => {
  const places: [
    what: string,
    place: (token: string) => { path?: string; headers?: Record<string, string>; protocols?: string[] },
  ][] = [
    ['in the URL', (token) => ({ path: `/cable?token=${token}` })],
    ['in a subprotocol', (token) => ({ protocols: ['actioncable-v1-json', `anycable-token.${token}`] })],
    ['in Authorization', (token) => ({ headers: { Authorization: `Bearer ${token}` } })],
    ['in the cookie', (token) => ({ headers: { Cookie: `a=b; session=${token}; c=d` } })],
  ]
  for (const [what, place] of places) {
    it(what, async () => {
      const { path = '/cable', headers = {}, protocols = [] } = place(await sign({}))
      await withCable({ authenticate: jwt({ secret, cookie: 'session' }) }, async ({ port }) => {
        const client = new TestClient(`ws://127.0.0.1:${port}${path}`, { headers }, protocols)
        await client.opened()
        assert.equal(client.ws.protocol, protocols[0] ?? '')
        await client.close()
      })
    })
  }

  it('in no cookie of another name, and in none where no cookie may have it', async () => {
    const Cookie = `session=${await sign({})}`
    for (const cookie of ['other', undefined]) {
      await withCable({ authenticate: jwt({ secret, cookie }) }, async ({ port }) => {
        assert.equal((await upgradeAnswer(port, { Cookie })).status, 401)
      })
    }
  })

  it("in a cookie that a browser brings from another site's page, which is refused by its Origin", async () => {
    const Cookie = `session=${await sign({})}`
    await withCable({ authenticate: jwt({ secret, cookie: 'session' }) }, async ({ port }) => {
      assert.equal((await upgradeAnswer(port, { Cookie, Origin: 'https://evil.example' })).status, 403)
      assert.equal((await upgradeAnswer(port, { Cookie, Origin: `http://127.0.0.1:${port}` })).status, 101)
    })
  })
})

describe('at its end', () => {
  it('a connection is closed and told why', async () => {
    // The second after next, so that it has not passed by the time that it is read.
    const token = await sign({ exp: Math.floor(Date.now() / 1_000) + 2 })
    await withCable({ authenticate: jwt({ secret }) }, async ({ connect, port }) => {
      const plain = await connect(`/cable?token=${token}`)
      const rails = new TestClient(`ws://127.0.0.1:${port}/cable?token=${token}`, {}, ['actioncable-v1-ext-json'])
      await rails.opened()
      assert.equal((await rails.next()).type, 'welcome')
      assert.deepEqual(await plain.next(), { type: 'disconnect', reason: 'expired', reconnect: true })
      assert.deepEqual(await plain.closed, { code: 1008, reason: '' })
      let last = await rails.next()
      while (last.type === 'ping') last = await rails.next()
      assert.deepEqual(last, { type: 'disconnect', reason: 'token_expired', reconnect: false })
      await rails.closed
    })
  })

  it('a client of Action Cable that comes with an expired token is told that it needs another', async () => {
    const token = await sign({ exp: past() })
    await withCable({ authenticate: jwt({ secret }) }, async ({ port }) => {
      const client = new TestClient(`ws://127.0.0.1:${port}/cable?token=${token}`, {}, ['actioncable-v1-ext-json'])
      assert.deepEqual(await client.next(), { type: 'disconnect', reason: 'token_expired', reconnect: false })
      await client.closed
    })
  })
})

describe('its claims', () => {
  it('are the identity, whose id is the subject: a signed name may be bound to it', async () => {
    const identities: unknown[] = []
    const options = {
      secret: 'of the streams',
      authenticate: jwt({ secret }),
      authorize: ({ identity }: { identity: unknown }) => identities.push(identity) > 0,
    }
    await withCable(options, async ({ connect, cable }) => {
      const client = await connect(`/cable?token=${await sign({ name: 'Ada' })}`)
      const own = cable.signedStream('s', { subject: 7 }).token
      assert.equal((await client.subscribe(own)).type, 'subscribed')
      const reason = (await client.subscribe(cable.signedStream('s', { subject: 8 }).token)).reason
      assert.equal(reason, 'unauthorized')
      assert.deepEqual(identities, [{ sub: '7', name: 'Ada', id: '7' }])
    })
  })
})
