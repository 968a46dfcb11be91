// `turbo-cable serve` as an operator has it: what it answers, how it starts or does not, how it logs, and how it ends.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { SignJWT } from 'jose'
import { httpPublisher } from '../../../src/publisher/http.ts'
import { TestClient } from '../../support/client.ts'
import { whileServing } from '../../support/http-server.ts'
import { Program } from '../../support/program.ts'
import { run, runNode } from '../../support/run.ts'
import { folder } from '../../support/sending.ts'
import { cleanEnv, cli, serve } from '../../support/serve.ts'
import { upgradeAnswer } from '../../support/upgrade-answer.ts'
import { handshake } from '../../support/websocket.mjs'

const secret = 'a secret that is long enough for an HMAC'

/** A server for one test. */
async function started(t: TestContext, flags: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const serving = await serve(flags, env)
  t.after(() => serving.program.end())
  return serving
}

async function client(t: TestContext, port: number, path = '/cable', protocols: string[] = []) {
  const connected = new TestClient(`ws://127.0.0.1:${port}${path}`, {}, protocols)
  t.after(() => connected.ws.terminate())
  return connected.opened()
}

const post = (url: string, body: unknown, headers = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const command = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  runNode(cli, ['serve', ...args], { env: { ...cleanEnv, ...env }, timeout: 20_000 })

describe('over HTTP the server', () => {
  it('answers for itself what an app would', async (t) => {
    const { origin, port } = await started(t)
    const answers = async (path: string, method = 'GET') => {
      const response = await fetch(`${origin}${path}`, { method })
      return [response.status, await response.text(), response.headers.get('allow')]
    }
    assert.deepEqual(await answers('/'), [200, 'turbo-cable: the cable is at /cable\n', null])
    assert.deepEqual(await answers('/_broadcast'), [405, 'Method Not Allowed\n', 'POST'])
    assert.deepEqual(await answers('/_anycable/broadcast', 'PUT'), [405, 'Method Not Allowed\n', 'POST'])
    assert.deepEqual(await answers('/', 'DELETE'), [405, 'Method Not Allowed\n', 'GET, HEAD'])
    assert.deepEqual(await answers('/other'), [404, 'Not Found\n', null])
    assert.deepEqual(await answers('/cable'), [426, 'Upgrade Required: a WebSocket is spoken here\n', null])
    assert.match(String(await answers('/health')), /^200,\{"live":true,"ready":true,"engine":"up",/)
    assert.equal((await answers('/ready'))[0], 200)
    assert.match(String(await answers('/metrics')), /^200,# HELP turbo_cable_/)
    assert.equal((await upgradeAnswer(port, {}, { path: '/other' })).status, 404)
    assert.match(await (await fetch(`${origin}/cable/start.js`)).text(), /turbo-cable/)
  })
})

describe('the numbers', () => {
  it('are for who may broadcast', async (t) => {
    const { origin } = await started(t, [], { TURBO_CABLE_BROADCAST_TOKEN: 'bearer' })
    assert.equal((await fetch(`${origin}/metrics`)).status, 403)
    const { status } = await fetch(`${origin}/metrics`, { headers: { Authorization: 'Bearer bearer' } })
    assert.equal(status, 200)
  })

  it('are on a port of their own where there is one, and there alone', async (t) => {
    const program = new Program(process.execPath, [cli, 'serve', '--port', '0', '--metrics-port', '0'], {
      env: cleanEnv,
    })
    t.after(() => program.end())
    const [, watched] = await program.matching(/watched on (http:\S+)/)
    const [, origin] = await program.matching(/listening on (http:\S+)/)
    const status = async (url: string) => (await fetch(url)).status
    assert.deepEqual(
      await Promise.all(['/health', '/ready', '/metrics'].map((path) => status(`${watched}${path}`))),
      [200, 200, 200],
    )
    assert.deepEqual(
      await Promise.all(['/health', '/ready', '/metrics'].map((path) => status(`${origin}${path}`))),
      [200, 200, 404],
    )
    assert.deepEqual([await status(`${watched}/_broadcast`), await status(`${watched}/`)], [404, 404])
    assert.equal(await program.end('SIGTERM'), 0)
  })
})

describe("AnyCable's broadcasts", () => {
  const key = createHmac('sha256', secret).update('broadcast-cable').digest('hex')
  const authorization = { Authorization: `Bearer ${key}` }

  it('come in as its senders write them, by its key, and in order', async (t) => {
    const { origin, port } = await started(t, ['--public-streams', 'true'], { TURBO_CABLE_SECRET: secret })
    const url = `${origin}/_anycable/broadcast`
    const one = await client(t, port)
    await one.subscribe('s')
    const send = async (body: unknown, headers = authorization) => (await post(url, body, headers)).status
    assert.equal(await send({ stream: 's', data: '"<turbo-stream></turbo-stream>"' }), 201)
    assert.equal(
      await send([
        { stream: 's', data: '{"n":1}' },
        { stream: 's', data: 'no JSON' },
      ]),
      201,
    )
    assert.equal(await send({ stream: 's', data: 'null' }), 201)
    const got = []
    for (let n = 0; n < 4; n++) got.push((await one.next()).data)
    assert.deepEqual(got, ['<turbo-stream></turbo-stream>', { n: 1 }, 'no JSON', 'null'])
  })

  it('leave out the one who sent', async (t) => {
    const { origin, port } = await started(t)
    const identifier = JSON.stringify({ channel: '$pubsub', stream_name: 's' })
    const [own, other] = [
      await client(t, port, '/cable', ['actioncable-v1-ext-json']),
      await client(t, port, '/cable', ['actioncable-v1-ext-json']),
    ]
    const { sid } = await own.next()
    await other.next()
    for (const each of [own, other]) {
      each.send({ command: 'subscribe', identifier })
      while ((await each.next()).type !== 'confirm_subscription');
    }
    const url = `${origin}/_anycable/broadcast`
    await post(url, { stream: 's', data: '1', meta: { exclude_socket: sid } })
    await post(url, { stream: 's', data: '2' })
    const messages = async (from: TestClient) => {
      for (;;) {
        const { type, message } = await from.next()
        if (type === undefined) return message
      }
    }
    assert.deepEqual([await messages(own), await messages(other), await messages(other)], [2, 1, 2])
  })

  it('disconnect who is meant by the identifier of its token', async (t) => {
    const { origin, port } = await started(t, [], {
      TURBO_CABLE_SECRET: secret,
      TURBO_CABLE_JWT_SECRET: secret,
      TURBO_CABLE_JWT_PARAM: 'jid',
    })
    const ext = '{"current_user":"7"}'
    const token = await new SignJWT({ ext }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret))
    const one = await client(t, port, `/cable?jid=${token}`)
    const body = { command: 'disconnect', payload: { identifier: ext, reconnect: false } }
    assert.equal((await post(`${origin}/_anycable/broadcast`, body, authorization)).status, 201)
    assert.deepEqual(await one.next(), { type: 'disconnect', reason: 'unauthorized', reconnect: false })
  })

  it('are refused without the key, and where they cannot be read', async (t) => {
    const { origin } = await started(t, [], { TURBO_CABLE_SECRET: secret })
    const url = `${origin}/_anycable/broadcast`
    for (const headers of [{}, { Authorization: `Bearer ${secret}` }, { Authorization: `Bearer ${key.slice(1)}` }]) {
      assert.equal((await post(url, { stream: 's', data: '1' }, headers)).status, 401)
    }
    const bad: [unknown, string][] = [
      ['{', 'Invalid JSON'],
      [{}, 'Stream required'],
      [[], 'Stream required'],
      ['null', 'Stream required'],
      [{ stream: 'a,b', data: '1' }, 'Stream required'],
      [{ stream: 's' }, 'Data required'],
      [[{ stream: 's', data: '1' }, { stream: 's' }], 'Data required'],
      [{ command: 'explode' }, 'Unknown command'],
      [{ command: 'disconnect', payload: {} }, 'Unknown command'],
    ]
    for (const [body, text] of bad) {
      const response = await post(url, body, authorization)
      assert.deepEqual([response.status, await response.text()], [400, text])
    }
    assert.equal((await post(url, { stream: 's', data: 'x'.repeat(2_000_000) }, authorization)).status, 413)
    // Its key is no right to what is not its own, nor ours to it.
    assert.equal((await post(`${origin}/_broadcast`, { stream: 's', data: 1 }, authorization)).status, 403)
  })
})

describe('who is there', () => {
  it('is known by tokens: their claim names streams, and a plain name needs it', async (t) => {
    const { port } = await started(t, ['--jwt-cookie', 'session'], { TURBO_CABLE_JWT_SECRET: secret })
    const sign = (claims: object) =>
      new SignJWT({ sub: '7', ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret))
    assert.equal((await upgradeAnswer(port)).status, 401)
    const one = await client(t, port, `/cable?token=${await sign({ streams: ['room:7', 'room:*'] })}`)
    const types = []
    for (const stream of ['room:7', 'room:8', 'room:*', 'room']) types.push((await one.subscribe(stream)).type)
    assert.deepEqual(types, ['subscribed', 'rejected', 'subscribed', 'rejected'])
    for (const streams of [undefined, 'room:7', { 0: 'room:7' }, null]) {
      const two = await client(t, port, `/cable?token=${await sign({ streams })}`)
      assert.equal((await two.subscribe('room:7')).type, 'rejected')
    }
    assert.equal((await upgradeAnswer(port, { Cookie: `session=${await sign({})}` })).status, 101)
  })

  it('is a token first, and the app is asked about who has none', async (t) => {
    const app = createServer((_request, response) => response.end('{"id":9,"streams":["app"]}'))
    await whileServing(app, async (appPort) => {
      const url = `http://127.0.0.1:${appPort}/`
      const { port } = await started(t, ['--authenticate-url', url], { TURBO_CABLE_JWT_SECRET: secret })
      assert.equal((await (await client(t, port)).subscribe('app')).type, 'subscribed')
      assert.equal((await upgradeAnswer(port, {}, { path: '/cable?token=bad' })).status, 401)
    })
  })

  it('is asked of the app, and so is each stream, which is a plain name while there is no secret', async (t) => {
    const app = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://app')
      response.end(JSON.stringify(pathname === '/who' ? { id: 7 } : searchParams.get('stream') === 'mine'))
    })
    await whileServing(app, async (appPort) => {
      const url = `http://127.0.0.1:${appPort}`
      const flags = ['--authenticate-url', `${url}/who`, '--authorize-url', `${url}/may`]
      const types = async (env: NodeJS.ProcessEnv) => {
        const one = await client(t, (await started(t, flags, env)).port)
        return [(await one.subscribe('mine')).type, (await one.subscribe('yours')).type]
      }
      assert.deepEqual(await types({}), ['subscribed', 'rejected'])
      assert.deepEqual(await types({ TURBO_CABLE_SECRET: secret }), ['rejected', 'rejected'])
    })
  })

  it('is what functions of a module say', async (t) => {
    const root = folder(t, {
      'cable.mjs':
        'export default { authenticate: (request) => request.headers.cookie, authorize: ({ identity, stream }) => stream === identity }',
    })
    const { port } = await started(t, ['--config', `${root}/cable.mjs`])
    assert.equal((await upgradeAnswer(port)).status, 401)
    assert.equal((await upgradeAnswer(port, { Cookie: 'a' })).status, 101)
  })
})

describe('the server starts', () => {
  it('with one JSON object per line in production, none of which shows a secret', async (t) => {
    const { program, origin } = await started(t, [], { NODE_ENV: 'production', TURBO_CABLE_SECRET: secret })
    assert.equal((await post(`${origin}/_broadcast`, { stream: 's', data: 1 })).status, 403)
    const ended = program.end('SIGTERM')
    const line = JSON.parse(await program.line())
    assert.deepEqual([line.level, line.message, typeof line.pid], ['info', 'SIGTERM: closing', 'number'])
    assert.ok(!Number.isNaN(Date.parse(line.time)))
    assert.equal(await ended, 0)
  })

  it('not in production where anybody could subscribe, and says what to do', async () => {
    const { code, output } = await command(['--port', '0'], { NODE_ENV: 'production' })
    assert.equal(code, 1)
    assert.match(output, /not started: anybody who can connect could subscribe to every stream: set TURBO_CABLE_SECRET/)
  })

  it('not on a port that is taken, and says so in a line', async (t) => {
    const { port } = await started(t)
    const { code, output } = await command(['--port', String(port)])
    assert.equal(code, 1)
    assert.match(output, /^turbo-cable: .*EADDRINUSE.*\n$/m)
  })

  it('not with a flag that there is not, which is wrong usage', async () => {
    const { code, stdout, output } = await command(['--prot', '1'])
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(output, /^turbo-cable: Unexpected option `--prot`: did you mean `--port`\?\n/)
  })

  it('not to --check, which prints what would be used and tells by its exit code whether that is safe', async () => {
    const open = await command(['--check'])
    assert.equal(open.code, 1)
    assert.match(open.output, /Unsafe:\n {2}- open, for development/)
    const safe = await command(['--check', '--port', '1'], { NODE_ENV: 'production', TURBO_CABLE_SECRET: secret })
    assert.equal(safe.code, 0)
    assert.match(safe.stdout, /^ {2}port +1 {2}\(flag\)$/m)
    assert.match(safe.stdout, /^ {2}secret +\*{8} {2}\(environment\)$/m)
    const few = await run('sh', ['-c', 'ulimit -n 256; exec "$@"', 'sh', process.execPath, cli, 'serve', '--check'])
    assert.match(few.stdout, /^ {2}limits.connections +156$/m)
  })
})

describe('the server ends', () => {
  it('by SIGTERM: tells clients to come back, each at its own time, and exits with 0', async (t) => {
    const { program, port } = await started(t)
    const one = await client(t, port)
    await one.subscribe('s')
    const ended = program.end('SIGTERM')
    const { after, ...goodbye } = await one.next()
    assert.deepEqual(goodbye, { type: 'disconnect', reason: 'server_restart', reconnect: true })
    assert.ok(Number.isInteger(after))
    assert.equal(await ended, 0)
  })

  it('in time, also with a client that does not go', async (t) => {
    const { program, port } = await started(t, ['--shutdown-timeout', '300'])
    await silent(t, port)
    assert.equal(await program.end('SIGTERM'), 0)
  })

  it('at once by a second signal', async (t) => {
    const { program, port } = await started(t, ['--shutdown-timeout', '60000'])
    await silent(t, port)
    void program.end('SIGINT')
    await program.matching(/SIGINT: closing/)
    assert.equal(await program.end('SIGINT'), null)
  })

  it('and starts again with nothing lost of what senders sent meanwhile', async (t) => {
    const root = folder(t, {})
    const flags = ['--history-file', `${root}/history`, '--history-size', '1000']
    const first = await started(t, flags)
    const one = await client(t, first.port)
    const { cursor } = await one.subscribe('s', { cursor: null })
    const publisher = httpPublisher({ url: `${first.origin}/_broadcast`, retryFor: 10_000 })
    const count = 200
    const sent: Promise<void>[] = []
    const sending = (async () => {
      for (let n = 0; n < count; n++) {
        const each = publisher.publish([{ stream: 's', data: n }])
        sent.push(each)
        if (n % 10 === 0) await each
      }
    })()
    await one.next()
    assert.equal(await first.program.end('SIGTERM'), 0)
    await started(t, [...flags, '--port', String(first.port)])
    await sending
    await Promise.all(sent)
    const back = await client(t, first.port)
    back.send({ type: 'subscribe', stream: 's', cursor })
    const numbers: unknown[] = []
    const { recovered } = await back.next()
    while (numbers.length < count) numbers.push((await back.next()).data)
    assert.deepEqual([recovered, new Set(numbers).size], [true, count])
  })
})

// A client that has said hello and then neither reads nor closes.
async function silent(t: TestContext, port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.write(handshake())
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
}
