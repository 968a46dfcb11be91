// Signed stream names: with a secret, a name is worth something only where the server has printed it.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import express, { type Response as ExpressResponse } from 'express'
import type { TurboCableOptions } from '../../../src/index.ts'
import { railsStreamKey, turboCable } from '../../../src/index.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { TestClient } from '../../support/client.ts'
import { shut } from '../../support/http-server.ts'
import { warnings } from '../../support/warnings.ts'
import { listening, withCable } from '../../support/with-cable.ts'

const secret = 's3Krit'
const token = (stream: string, claims = {}, key: string = secret) => new Signer([key]).sign(stream, claims)
const rejected = (stream: string, reason = 'unauthorized') => ({ type: 'rejected', stream, reason })

/** Subscribes with and without a cursor, as new and as old clients do, and expects the same refusal. */
async function refuses(client: TestClient, stream: string, reason?: string): Promise<void> {
  assert.deepEqual(await client.subscribe(stream), rejected(stream, reason))
  assert.deepEqual(await client.subscribe(stream, { cursor: null }), rejected(stream, reason))
}

describe('with a secret', () => {
  it('a plain name is refused, and nothing of its stream arrives', () =>
    withCable({ secret }, async ({ connect, cable }) => {
      const [eve, alice] = [await connect(), await connect()]
      await refuses(eve, 'chat:2021')
      assert.equal((await alice.subscribe(token('chat:2021'))).type, 'subscribed')
      await cable.broadcastJson('chat:2021', { secret: 'news' })
      assert.deepEqual((await alice.next()).data, { secret: 'news' })
      // Asked for once more, so that whatever was on its way before has arrived.
      await refuses(eve, 'chat:2021')
      assert.deepEqual([eve.inbox, cable.stats().subscriptions], [[], 1])
    }))

  it('a token is answered with the token, and its messages carry the plain name', () =>
    withCable({ secret }, async ({ connect, cable }) => {
      const signed = token('chat:2021')
      const client = await connect()
      assert.deepEqual(await client.subscribe(signed), { type: 'subscribed', stream: signed })
      const answer = await client.subscribe(signed, { cursor: null })
      assert.deepEqual([answer.stream, answer.name], [signed, 'chat:2021'])
      await cable.broadcastJson('chat:2021', 1)
      assert.equal((await client.next()).stream, 'chat:2021')
    }))

  const base = '0123456789abcdef'.repeat(8)
  const vectors = [
    ['a raw key', secret, 'f9ee45dbccb1da04d8ceb99cc820207804370ba0d06b46fc3b8b373af1315628'],
    [
      'a key derived from secret_key_base with SHA256',
      railsStreamKey(base),
      'dc8854eb4e65e316561ee9612c77b23b29e04d25009711ae1c56669810a6c14c',
    ],
    [
      'a key derived from secret_key_base with SHA1',
      railsStreamKey(base, 'sha1'),
      '2a44299ce01d586238234d73cf495105c0da3679ee9196cdef32f65e0b8d2b43',
    ],
  ] as const
  for (const [what, key, digest] of vectors) {
    it(`a token that Rails signed with ${what} is accepted`, () =>
      withCable({ secret: key }, async ({ connect, cable }) => {
        const byRails = `ImNoYXQ6MjAyMSI=--${digest}`
        const client = await connect()
        assert.deepEqual(await client.subscribe(byRails), { type: 'subscribed', stream: byRails })
        await cable.broadcastJson('chat:2021', 1)
        assert.equal((await client.next()).data, 1)
        assert.equal(cable.signedStream('chat:2021').token, byRails)
      }))
  }

  it('a digest of one stream does not open another', () =>
    withCable({ secret }, async ({ connect }) => {
      const [mine = ''] = token('room:1').split('--')
      const [theirs = '', digest] = token('room:2').split('--')
      const client = await connect()
      await refuses(client, `${mine}--${digest}`)
      await refuses(client, `${theirs}--${token('room:1').split('--')[1]}`)
    }))

  it('nothing that resembles a token opens anything', () =>
    withCable({ secret }, async ({ connect, cable }) => {
      const good = token('room:1')
      const [data = '', digest = ''] = good.split('--')
      const claims = Buffer.from('{"stream":"room:1"}').toString('base64')
      const client = await connect()
      for (const bad of [
        `${good} `,
        ` ${good}`,
        `${data}--${digest.toUpperCase()}`,
        `${data}--${digest.slice(1)}`,
        `${data}-${digest}`,
        `--${digest}`,
        `${data.replace(/=+$/, '')}--${digest}`,
        `${claims}--${digest}`,
        token('room:1', {}, 'another'),
        token(''),
        token('a,b'),
      ]) {
        const { type } = await client.subscribe(bad)
        assert.equal(type, 'rejected', bad)
      }
      assert.equal(cable.stats().subscriptions, 0)
    }))

  it('markers in pages carry tokens that open their streams, and never the plain names', async () => {
    const cable = turboCable({ secret })
    const app = express()
    app.use(cable)
    app.get('/', (_request, response: ExpressResponse) => {
      response.send(
        response.locals.turboStreamFrom('room:1', response.locals.signedStream(['room', 2], { expiresIn: 60_000 })),
      )
    })
    const { server, origin } = await listening(createServer(app), cable)
    try {
      const page = await (await fetch(origin)).text()
      const [, streams = ''] = /data-streams="([^"]*)"/.exec(page) ?? []
      const names = streams.split(',')
      assert.equal(names[0], token('room:1'))
      assert.doesNotMatch(page, /room/)
      const socket = new TestClient(`${origin.replace('http', 'ws')}/cable`)
      await socket.opened()
      const answers = [
        await socket.subscribe(names[0] as string, { cursor: null }),
        await socket.subscribe(names[1] as string, { cursor: null }),
      ]
      assert.deepEqual(
        answers.map(({ type, name }) => [type, name]),
        [
          ['subscribed', 'room:1'],
          ['subscribed', 'room:2'],
        ],
      )
      await socket.close()
    } finally {
      await cable.close()
      await shut(server)
    }
  })
})

describe('rotation of the secret', () => {
  it('the first signs, all verify; one that was taken away opens nothing', async () => {
    const old = token('room:1', {}, 'old')
    const claimed = token('room:1', { subject: 'u' }, 'old')
    const withRotation: TurboCableOptions = { secret: ['new', 'old'], authenticate: () => 'u' }
    await withCable(withRotation, async ({ connect, cable }) => {
      const client = await connect()
      for (const each of [old, claimed, token('room:1', {}, 'new')]) {
        assert.equal((await client.subscribe(each)).type, 'subscribed')
      }
      assert.equal(cable.signedStream('room:1').token, token('room:1', {}, 'new'))
    })
    await withCable({ ...withRotation, secret: ['new'] }, async ({ connect }) => {
      const client = await connect()
      await refuses(client, old)
      await refuses(client, claimed)
    })
  })
})

describe('publicStreams', () => {
  const rules: readonly [
    what: string,
    rule: NonNullable<TurboCableOptions['publicStreams']>,
    open: string[],
    shut: string[],
  ][] = [
    ['true opens every plain name', true, ['news', 'room:1'], []],
    ['false opens none', false, [], ['news', 'room:1']],
    ['a list opens exactly its names', ['news'], ['news'], ['news:1', 'New', 'NEWS', 'room:1']],
    ['an empty list opens none', [], [], ['news', '']],
    ['a RegExp opens what it matches', /^public:/, ['public:1'], ['private:1', 'a:public:1']],
    ['a RegExp with the flag g answers alike each time', /^public:/g, ['public:1', 'public:1', 'public:1'], ['p']],
    ['a sticky RegExp answers alike each time', /public:/y, ['public:1', 'public:1'], ['a:public:1']],
    ['a function opens what it says true for', (name) => name.startsWith('public:'), ['public:1'], ['private:1']],
  ]
  for (const [what, publicStreams, open, shut] of rules) {
    it(what, () =>
      withCable({ secret, publicStreams }, async ({ connect }) => {
        const client = await connect()
        for (const name of open) {
          assert.deepEqual(await client.subscribe(name), { type: 'subscribed', stream: name })
          client.send({ type: 'unsubscribe', stream: name })
        }
        for (const name of shut.filter(Boolean)) await refuses(client, name)
        assert.equal((await client.subscribe(token('private:1'))).type, 'subscribed', 'tokens go on working')
      }),
    )
  }

  it('without a secret, false shuts what would be open', () =>
    withCable({ publicStreams: false }, async ({ connect }) => refuses(await connect(), 'news')))

  it('a function that throws, or says something but true, opens nothing and is logged', (t) => {
    const warned = warnings(t)
    let calls = 0
    const publicStreams = () => {
      if (calls++ < 2) throw new Error('no table')
      return 'yes' as unknown as boolean
    }
    return withCable({ secret, publicStreams }, async ({ connect }) => {
      const client = await connect()
      await refuses(client, 'news')
      await refuses(client, 'news')
      // Once a minute, as anybody can have it said.
      assert.equal(warned.filter((line) => line.includes('no table')).length, 1)
    })
  })

  it('what a broken token spells is not taken for a public name that resembles a stream', () =>
    withCable({ secret, publicStreams: /^room:/ }, async ({ connect }) => {
      const [data = ''] = token('room:1').split('--')
      await refuses(await connect(), `${data}--${'0'.repeat(64)}`)
    }))
})
