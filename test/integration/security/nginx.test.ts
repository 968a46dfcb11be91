// Behind a real nginx on the same machine, where every peer is 127.0.0.1: the broadcast path stays closed, and sockets work.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TestClient } from '../../support/client.ts'
import { withNginx } from '../../support/nginx.ts'
import { gist, post } from '../../support/post.ts'
import { readProjectFile } from '../../support/project-files.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'

const broadcastToken = 'correct-horse'
const bearer = { Authorization: `Bearer ${broadcastToken}` }

const upgrade = `
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;`
const usual = `
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;`

const configurations: readonly [what: string, lines: string, hosts: readonly string[]][] = [
  // What nginx before 1.29.7 does by itself.
  ['a bare proxy_pass by HTTP/1.0', 'proxy_http_version 1.0;', ['example.com', 'localhost', '127.0.0.1']],
  ['the usual proxy_set_header lines', usual, ['example.com', 'localhost', '127.0.0.1']],
  ['the usual lines and those for WebSockets', usual + upgrade, ['example.com', 'localhost', '127.0.0.1']],
  [
    'X-Real-IP alone, by HTTP/1.1',
    'proxy_http_version 1.1; proxy_set_header X-Real-IP $remote_addr;',
    ['example.com', 'localhost'],
  ],
  [
    'Host alone, by HTTP/1.1, for who asks for the site by its name',
    `${upgrade} proxy_set_header Host $host;`,
    ['example.com', 'evil.test'],
  ],
]

describe('POST /_broadcast through nginx', () => {
  for (const [what, lines, hosts] of configurations) {
    it(`is closed with ${what}, and open with the token`, () =>
      withCable({ broadcastToken }, async ({ port, connect }) => {
        const client = await connect()
        await client.subscribe('s')
        const locations = `location / { proxy_pass http://127.0.0.1:${port}; ${lines} }`
        await withNginx(locations, async (nginx) => {
          for (const Host of hosts) {
            const answer = gist(await post(nginx, { Host }))
            assert.deepEqual([answer.status, answer.body], [403, 'Forbidden: Broadcasts only allowed from localhost'])
            // What a stranger might add to be taken for somebody else.
            for (const extra of [{ Upgrade: 'foo', Connection: 'Upgrade' }, { Authorization: 'Bearer x' }]) {
              assert.equal((await post(nginx, { Host, ...extra } as Record<string, string>)).status, 403)
            }
            assert.equal((await post(nginx, { Host, ...bearer }, { data: Host })).status, 200)
          }
        })
        const received = await client.drain()
        assert.deepEqual(
          received.map(({ data }) => data),
          hosts,
        )
      }))
  }

  it('cannot be told from a local one with a bare proxy_pass by HTTP/1.1, and is closed all the same where there is a token', () =>
    withCable({ broadcastToken }, async ({ port }) => {
      await withNginx(`location / { proxy_pass http://127.0.0.1:${port}; proxy_http_version 1.1; }`, async (nginx) => {
        assert.equal((await post(nginx, { Host: 'example.com' })).status, 403)
        assert.equal((await post(nginx, { Host: 'example.com', ...bearer })).status, 200)
      })
    }))

  it('is closed to everybody where nginx blocks it, as docs/security.md says, and the machine itself goes on', () =>
    withCable({ broadcastToken }, async ({ port }) => {
      const locations = `
        location = /_broadcast { return 404; }
        location / { proxy_pass http://127.0.0.1:${port}; ${usual} ${upgrade} }`
      await withNginx(locations, async (nginx) => {
        for (const path of ['/_broadcast', '/_broadcast?x', '//_broadcast', '/x/../_broadcast', '/%5fbroadcast']) {
          assert.equal((await post(nginx, bearer, { path })).status, 404, path)
        }
        assert.equal((await post(port, bearer)).status, 200)
      })
    }))
})

describe('the configuration in docs/security.md', () => {
  it('serves pages their sockets, and nobody the broadcast path', () =>
    withCable({ broadcastToken }, async ({ port, cable }) => {
      const [, server = ''] = /^server \{\n([\s\S]*?)^\}/m.exec(readProjectFile('docs/security.md')) ?? []
      const locations = server.replace(/^ *(?:listen|server_name) .*\n/gm, '').replace(':3000', `:${port}`)
      await withNginx(locations, async (nginx) => {
        const headers = { Host: `example.com:${nginx}`, Origin: `http://example.com:${nginx}` }
        const client = new TestClient(`ws://127.0.0.1:${nginx}/cable`, { headers })
        await client.opened()
        assert.equal((await client.subscribe('s')).type, 'subscribed')
        for (const Host of ['example.com', 'localhost', '127.0.0.1']) {
          assert.equal((await post(nginx, { Host, ...bearer })).status, 404)
        }
        await cable.broadcastJson('s', 1)
        assert.equal((await client.next()).data, 1)
        await client.close()
      })
    }))
})

describe('a WebSocket through nginx', () => {
  const page = { Host: 'example.com', Origin: 'https://example.com' }

  it('works with the Upgrade lines and Host passed on', (t) =>
    withCable({}, async ({ port, cable }) => {
      const locations = `location / { proxy_pass http://127.0.0.1:${port}; ${usual} ${upgrade} }`
      await withNginx(locations, async (nginx) => {
        warnings(t)
        const client = new TestClient(`ws://127.0.0.1:${nginx}/cable`, { headers: page })
        await client.opened()
        assert.equal((await client.subscribe('s', { cursor: null })).type, 'subscribed')
        await cable.broadcastJson('s', 1)
        assert.equal((await client.next()).data, 1)
        await client.close()
        const evil = { ...page, Origin: 'https://evil.test' }
        assert.equal((await upgradeAnswer(nginx, evil)).status, 403)
      })
    }))

  it('is refused, and the operator is told why, while nginx keeps Host to itself', (t) =>
    withCable({}, async ({ port }) => {
      const warned = warnings(t)
      await withNginx(`location / { proxy_pass http://127.0.0.1:${port}; ${upgrade} }`, async (nginx) => {
        assert.equal((await upgradeAnswer(nginx, page)).status, 403)
      })
      assert.deepEqual(warned.length, 1)
      assert.match(warned[0] ?? '', /where a proxy passes no Host of its own, let it pass Host/)
    }))

  it('works without Host where the forwarded host is trusted', (t) =>
    withCable({ trustProxy: true }, async ({ port }) => {
      warnings(t)
      const locations = `location / { proxy_pass http://127.0.0.1:${port}; ${upgrade} proxy_set_header X-Forwarded-Host $host; }`
      await withNginx(locations, async (nginx) => {
        assert.equal((await upgradeAnswer(nginx, page)).status, 101)
        assert.equal((await upgradeAnswer(nginx, { ...page, Origin: 'https://evil.test' })).status, 403)
        // What the client says of itself, nginx overwrites.
        const spoofed = { ...page, Origin: 'https://evil.test', 'X-Forwarded-Host': 'evil.test' }
        assert.equal((await upgradeAnswer(nginx, spoofed)).status, 403)
      })
    }))
})
