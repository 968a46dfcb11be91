// What is particular to NATS: options, servers that are of no use, what the log is made with, and what it costs to be there only to send.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, before, describe, it, type TestContext } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { type NatsEngineOptions, natsEngine } from '../../../src/engine/nats.ts'
import { NatsServer } from '../../support/nats-server.ts'
import { readProjectFile } from '../../support/project-files.ts'
import { warnings } from '../../support/warnings.ts'
import { defaultBounds, Listener, noDeadline } from './engine-suite.ts'

const url = 'nats://localhost'

describe('natsEngine()', () => {
  const refused: readonly (readonly [string, object, RegExp])[] = [
    ['neither connection nor URL', {}, /`connection`/],
    ['both', { connection: {}, url }, /`connection`/],
    ['something that is no connection', { connection: {} }, /a connection of @nats-io\/transport-node/],
    ['another scheme', { url: 'http://localhost' }, /begins with nats:\/\//],
    ['a name with a dot', { url, name: 'a.b' }, /`name`/],
    ['a wildcard for a name', { url, name: '>' }, /`name`/],
    ['a storage that there is not', { url, storage: 'disk' }, /'file' or 'memory'/],
    ['too many replicas', { url, replicas: 7 }, /`replicas`/],
    ['a log that is too small', { url, logBytes: 10 }, /`logBytes`/],
    ['an option that there is not', { url, nme: 'a' }, /did you mean `name`/],
  ]
  for (const [what, options, message] of refused) {
    it(`refuses ${what}`, () =>
      assert.throws(() => natsEngine(options as NatsEngineOptions), { code: 'TURBO_CABLE_BAD_OPTION', message }))
  }

  it('shows no password', () => {
    assert.throws(
      () => natsEngine({ url: 'nts://user:secret@localhost' }),
      ({ message }: Error) => !message.includes('secret'),
    )
  })
})

describe('a NATS that is of no use', () => {
  it('is away where it takes a connection and says nothing', async (t) => {
    const lines = warnings(t)
    const sockets = new Set<Socket>()
    const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const engine = natsEngine({ url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const listener = new Listener()
    void engine.start(listener, defaultBounds)
    await assert.rejects(engine.publish([{ stream: 's', json: '1' }]), { code: 'TURBO_CABLE_UNREACHABLE' })
    assert.match(lines[0] as string, /NATS is away/)
    await engine.stop(listener)
    // And nothing is left open.
    await Promise.all([...sockets].map((socket) => socket.closed || once(socket.resume(), 'close')))
    server.close()
  })

  it('is away without JetStream, and says so', async (t) => {
    const lines = warnings(t)
    const nats = await NatsServer.start({ jetstream: false })
    const engine = natsEngine({ url: nats.url })
    const listener = new Listener()
    void engine.start(listener, defaultBounds)
    await assert.rejects(engine.publish([{ stream: 's', json: '1' }]), {
      message: /JetStream does not answer: it is not enabled/,
    })
    assert.match(lines[0] as string, /NATS is away: JetStream does not answer/)
    await engine.stop(listener)
    await nats.end()
  })
})

describe('a user of NATS with the rights that docs/engines.md names', () => {
  const rights = /A user for the app\s+needs: publish to (.*?); subscribe\s+to (.*?)\. Where/s
  const named = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, subject]) => subject)
  const [, publish, subscribe] = rights.exec(readProjectFile('docs/engines.md')) ?? []

  it('is all that the engine needs', async (t) => {
    const lines = warnings(t)
    const permissions = JSON.stringify({ publish: named(publish), subscribe: named(subscribe) })
    assert.match(permissions, /JS.FC.*_INBOX/)
    const more = `authorization { users = [ { user: app, password: "p:w", permissions: ${permissions} } ] }`
    const nats = await NatsServer.start({ more })
    const engine = natsEngine({ url: nats.url.replace('//', '//app:p%3Aw@') })
    const listener = new Listener()
    await engine.start(listener, defaultBounds)
    const from = engine.cursor() as string
    for (let n = 0; n < 2_000; n += 500) {
      await Promise.all(Array.from({ length: 500 }, () => engine.publish([{ stream: 's', json: '1' }])))
    }
    await engine.refreshAll()
    await engine.signal({ type: 'whisper', stream: 's', json: '1', from: 'x' })
    await listener.until(() => listener.signals.length === 1)
    assert.equal((await engine.since('s', from, noDeadline)).recovered, false)
    await engine.stop(listener)
    await nats.end()
    assert.deepEqual(lines, [])
  })
})

describe('the log', () => {
  let nats: NatsServer
  before(async () => {
    nats = await NatsServer.start()
  })
  after(() => nats.end())

  const made = (name: string) =>
    nats.with(async (connection) => (await (await jetstreamManager(connection)).streams.info(name)).config)
  const withEngine = async (options: object, bounds: object, run: () => Promise<void>) => {
    const engine = natsEngine({ url: nats.url, ...options })
    const listener = new Listener()
    await engine.start(listener, { ...defaultBounds, ...bounds })
    await run()
    await engine.stop(listener)
  }

  it('is one stream with the limits of the history, which follow the hub that started last', async (t: TestContext) => {
    warnings(t)
    await withEngine({ name: 'one', storage: 'memory' }, { ttl: 90_000, totalBytes: 20_000_000 }, async () => {
      const { subjects, storage, max_age, max_bytes, num_replicas, discard } = await made('one')
      assert.deepEqual(
        { subjects, storage, max_age, max_bytes, num_replicas, discard },
        {
          subjects: ['one.log', 'one.mark'],
          storage: 'memory',
          max_age: 90e9,
          max_bytes: 20_000_000,
          num_replicas: 1,
          discard: 'old',
        },
      )
    })
    await withEngine({ name: 'one', logBytes: 2 ** 20 }, { ttl: 1_000 }, async () => {
      const { storage, max_age, max_bytes } = await made('one')
      assert.deepEqual({ storage, max_age, max_bytes }, { storage: 'memory', max_age: 60e9, max_bytes: 2 ** 20 })
    })
  })

  it('takes any id for one of its own', async (t: TestContext) => {
    warnings(t)
    const engine = natsEngine({ url: nats.url, name: 'ids' })
    const listener = new Listener()
    await engine.start(listener, defaultBounds)
    for (const id of ['é \r\n: x', 'a b', '>', '*']) {
      await engine.publish([{ stream: 's', json: JSON.stringify(id) }], id)
      await engine.publish([{ stream: 's', json: '"again"' }], id)
    }
    assert.equal(listener.heard.length, 4)
    await engine.stop(listener)
  })

  it('is written to over connections like the one that the app has, which stays', async (t: TestContext) => {
    warnings(t)
    const connection = await connect({ servers: nats.url.slice('nats://'.length) })
    const engine = natsEngine({ connection })
    await engine.publish([{ stream: 's', json: '1' }])
    await engine.publish([{ stream: 's', json: '2' }])
    assert.equal(connection.isClosed(), false)
    await connection.close()
  })
})
