// The doctor before real proxies: nothing is wrong with the blocks of docs/hosting.md, and each line that is missing is named.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { mendingLines } from '../../../src/cli/doctor/mends.ts'
import { doctor } from '../../../src/cli/doctor.ts'
import { Signer } from '../../../src/stream/signer.ts'
import { readProjectFile } from '../../support/project-files.ts'
import { proxies } from '../../support/proxies.ts'
import { warnings } from '../../support/warnings.ts'
import { withCable } from '../../support/with-cable.ts'

const broadcastToken = 'correct-horse-battery'

async function examined(args: readonly string[]): Promise<{ code: number; lines: string[] }> {
  let said = ''
  const take = (text: string) => {
    said += text
  }
  const code = await doctor.run(args, { out: take, error: take })
  return { code, lines: said.split('\n') }
}

const wrong = ({ lines }: { lines: readonly string[] }) => lines.filter((line) => /^BAD| {5}/.test(line))

/** What is wrong through a proxy whose block was edited. */
function through(t: TestContext, name: string, edit: (block: string) => string, options = {}): Promise<string[]> {
  warnings(t)
  let found: string[] = []
  return withCable({ broadcastToken, ...options }, ({ port, cable }) =>
    (proxies[name] as (typeof proxies)[string])(
      port,
      async (proxy) => {
        const answer = await examined([`http://127.0.0.1:${proxy}`, '--header', `Host: example.com:${proxy}`])
        found = wrong(answer)
        // Apache does not see that the reader of an event stream has gone, and would wait for the server's end of it.
        cable.disconnect(() => true)
        assert.equal(answer.code, found.length > 0 ? 1 : 0, answer.lines.join('\n'))
      },
      (block) => {
        const edited = edit(block)
        assert.notEqual(edited, block, 'nothing was edited')
        return edited
      },
    ),
  ).then(() => found)
}

const without = (text: string | RegExp) => (block: string) => block.replace(text, '')

describe('nothing is wrong', () => {
  it('with a server of this machine that is named without a scheme', (t) => {
    warnings(t)
    return withCable({ broadcastToken }, async ({ port, cable }) => {
      const { code, lines } = await examined([`localhost:${port}`])
      cable.disconnect(() => true)
      assert.equal(code, 0, lines.join('\n'))
    })
  })

  for (const name of ['nginx', 'Apache', 'Caddy', 'HAProxy']) {
    it(`behind ${name} with its block, and a broadcast comes round`, (t) =>
      withCable({ broadcastToken }, ({ port, origin, cable }) =>
        (proxies[name] as (typeof proxies)[string])(port, async (proxy) => {
          warnings(t)
          const { TURBO_CABLE_BROADCAST_URL: url, TURBO_CABLE_BROADCAST_TOKEN: token } = process.env
          Object.assign(process.env, {
            TURBO_CABLE_BROADCAST_URL: `${origin}/_broadcast`,
            TURBO_CABLE_BROADCAST_TOKEN: broadcastToken,
          })
          try {
            const { code, lines } = await examined([`http://127.0.0.1:${proxy}`, '--send'])
            assert.equal(code, 0, lines.join('\n'))
            assert.equal(lines.filter((line) => line.startsWith('ok ')).length, 6, lines.join('\n'))
            assert.match(lines.join('\n'), /a broadcast through \S+ comes to 4 of 4 connections, in \d+\.\d ms/)
          } finally {
            cable.disconnect(() => true)
            for (const [key, value] of Object.entries({
              TURBO_CABLE_BROADCAST_URL: url,
              TURBO_CABLE_BROADCAST_TOKEN: token,
            })) {
              if (value === undefined) delete process.env[key]
              else process.env[key] = value
            }
          }
        }),
      ))
  }
})

describe('what is missing is named', () => {
  const upgrade =
    'BAD  the upgrade is not let through: the answer is 404, not 101 (or the cable is at another path: give its whole URL)'

  it('the upgrade, in nginx', async (t) => {
    assert.deepEqual(await through(t, 'nginx', without(/^.*(?:Upgrade|Connection) \$.*$/gm)), [
      upgrade,
      '       nginx: proxy_http_version 1.1;',
      '       nginx: proxy_set_header Upgrade $http_upgrade;',
      '       nginx: proxy_set_header Connection $connection_upgrade;',
    ])
  })

  it('the upgrade, in Apache', async (t) => {
    assert.deepEqual(await through(t, 'Apache', without(' upgrade=websocket')), [
      upgrade,
      '       Apache: ProxyPass "/" "http://127.0.0.1:3000/" upgrade=websocket timeout=75',
    ])
  })

  const host = /^BAD {2}a page of http:\/\/example\.com:\d+ is refused \(403\): the app does not see the Host/
  for (const [name, edit, line] of [
    ['nginx', without('proxy_set_header Host $http_host;'), 'nginx: proxy_set_header Host $http_host;'],
    ['Apache', without('ProxyPreserveHost On'), 'Apache: ProxyPreserveHost On'],
    [
      'Caddy',
      (block: string) =>
        block.replace(/reverse_proxy (\S+)/, 'reverse_proxy $1 {\n\t\theader_up Host {upstream_hostport}\n\t}'),
      'Caddy: reverse_proxy 127.0.0.1:3000',
    ],
  ] as const) {
    it(`Host, in ${name}`, async (t) => {
      const [first = '', ...more] = await through(t, name, edit)
      assert.match(first, host)
      assert.deepEqual(more, [`       ${line}`])
    })
  }

  it('Host, in HAProxy, which does not say who it is, so that each has its line', async (t) => {
    const edit = (block: string) => block.replace('  server node', '  http-request set-header Host app\n  server node')
    const [first = '', ...more] = await through(t, 'HAProxy', edit)
    assert.match(first, host)
    assert.equal(more.length, 4)
  })

  it('a broadcast path that is open to everybody', async (t) => {
    const edit = (block: string) => block.replace(/^.*_broadcast.*$/m, '').replaceAll(/^.*X-Forwarded.*$/gm, '')
    assert.deepEqual(await through(t, 'nginx', edit, { broadcastToken: undefined }), [
      'BAD  anybody may broadcast: POST /_broadcast asks for no token',
      '       nginx: location = /_broadcast { return 404; }',
    ])
  })

  it('X-Forwarded-Host as the client wrote it', async (t) => {
    const edit = without('proxy_set_header X-Forwarded-Host $http_host;')
    const trusting = { trustProxy: true }
    const [first = '', ...more] = await through(t, 'nginx', edit, trusting)
    assert.match(first, /^BAD {2}any web page may connect: the app trusts X-Forwarded-Host/)
    assert.deepEqual(more, ['       nginx: proxy_set_header X-Forwarded-Host $http_host;'])
    const unset = (block: string) =>
      block.replace('ProxyPreserveHost On', '$&\n  RequestHeader unset X-Forwarded-Host early')
    assert.deepEqual(await through(t, 'Apache', unset, trusting), [])
  })

  it('an event stream that is gathered', async (t) => {
    const gathers =
      'proxy_ignore_headers X-Accel-Buffering;\n  gzip on;\n  gzip_types text/event-stream;\n  gzip_min_length 0;\n  '
    const edit = (block: string) => block.replace('location / {', `${gathers}$&`)
    assert.deepEqual(await through(t, 'nginx', edit), [
      'BAD  an event stream does not come as it is written: it is gathered on its way',
      '       nginx: proxy_buffering off;',
      '       nginx: gzip off;',
    ])
    const location = /^ {2}location \/ \{.*?^ {2}\}/ms
    const mended = (block: string) =>
      edit(block).replace(location, (whole) => {
        const lines = whole
          .replace('location /', 'location = /cable/events')
          .replace('{', '{ proxy_buffering off; gzip off;')
        return `${lines}\n${whole}`
      })
    assert.deepEqual(await through(t, 'nginx', mended), [])
  })

  it('two processes with a history each', (t) =>
    withCable({ broadcastToken }, async ({ port: other }) => {
      const edit = (block: string) =>
        `${block.replace(/proxy_pass http:\/\/(\S+);/, 'proxy_pass http://both;')}upstream both { server 127.0.0.1:${other}; server ${/proxy_pass http:\/\/(\S+);/.exec(block)?.[1]}; }`
      const [first = '', ...more] = await through(t, 'nginx', edit)
      assert.match(first, /^BAD {2}2 processes behind this address have a history each/)
      assert.deepEqual(more, [])
    }))
})

describe('without a proxy', () => {
  it('an app that allows every origin is named', (t) =>
    withCable({ allowedOrigins: ['*'] }, async ({ origin }) => {
      warnings(t)
      assert.match(wrong(await examined([origin])).join('\n'), /^BAD {2}any web page may connect as the user/)
    }))

  it('what cannot be told without a right is left open', (t) =>
    withCable({ authenticate: () => null, secret: 'a secret of enough bytes' }, async ({ origin }) => {
      warnings(t)
      const { code, lines } = await examined([origin])
      assert.equal(code, 0)
      assert.deepEqual(
        lines.filter((line) => line.startsWith('?')),
        [
          "?    the app lets nobody in without saying who it is (401): --header 'Cookie: …' says it",
          '?    the event stream is refused (401): --stream NAME names one that may be read',
          '?    no broadcast was sent: --send sends one',
        ],
      )
    }))

  it('one that is not there is said to be so', async () => {
    const { code, lines } = await examined(['http://127.0.0.1:1'])
    assert.deepEqual([code, lines[2]], [1, 'BAD  127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1'])
  })

  it('a broadcast path that nobody answers at is not taken for a closed one', async () => {
    const server = createServer((_request, response) => response.writeHead(502).end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      const { lines } = await examined([`http://127.0.0.1:${port}`])
      assert.ok(
        lines.includes(
          '?    a POST to /_broadcast is answered 502, as a cable does not: whether broadcasts from outside are refused cannot be told',
        ),
        lines.join('\n'),
      )
    } finally {
      server.close()
    }
  })

  it('with --stream, --send sends to that stream, signed or not, where others send too', (t) => {
    const secret = 'doctor-secret-of-enough-bytes'
    return withCable({ secret, publicStreams: ['news'] }, async ({ origin, cable }) => {
      warnings(t)
      Object.assign(process.env, { TURBO_CABLE_BROADCAST_URL: `${origin}/_broadcast`, TURBO_CABLE_SECRET: secret })
      const others = setInterval(() => void cable.broadcastJson('news', { busy: true }), 1)
      const signed = new Signer([secret]).sign('room:7')
      try {
        for (const stream of ['news', signed]) {
          const { code, lines } = await examined([origin, '--send', '--stream', stream])
          assert.equal(code, 0, lines.join('\n'))
          assert.match(lines.join('\n'), /ok {3}a broadcast through \S+ comes to 4 of 4 connections/)
        }
        delete process.env.TURBO_CABLE_SECRET
        const { lines } = await examined([origin, '--send', '--stream', signed])
        assert.match(lines.join('\n'), /\? {4}no broadcast was sent: which stream the signed name is/)
      } finally {
        clearInterval(others)
        delete process.env.TURBO_CABLE_BROADCAST_URL
        delete process.env.TURBO_CABLE_SECRET
      }
    })
  })

  it('no secret leaves without --send', (t) =>
    withCable({}, async ({ origin, server }) => {
      warnings(t)
      const secret = 'doctor-secret-of-enough-bytes'
      const heard: string[] = []
      server.on('connection', (socket) => socket.on('data', (bytes: Buffer) => heard.push(String(bytes))))
      process.env.TURBO_CABLE_BROADCAST_TOKEN = secret
      try {
        await examined([origin])
      } finally {
        delete process.env.TURBO_CABLE_BROADCAST_TOKEN
      }
      assert.ok(heard.length > 0)
      assert.ok(!heard.join('').includes(secret))
    }))
})

it('every line that the doctor gives stands in docs/hosting.md', () => {
  const page = readProjectFile('docs/hosting.md')
  assert.deepEqual(
    mendingLines.filter((line) => !page.includes(line)),
    [],
  )
})
