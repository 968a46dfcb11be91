// Another protocol, another engine and another host are new files: each is made up here, and none needs a line elsewhere.

import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { it } from 'node:test'
import { createCable } from '../../src/cable.ts'
import type { CableCore, HostParts } from '../../src/core.ts'
import type { Engine, EngineDelegate, Outgoing, Positioned, Replay, Signal } from '../../src/engine/engine.ts'
import type { TurboCableOptions } from '../../src/index.ts'
import type { Protocol } from '../../src/protocol/protocol.ts'
import { TestClient } from '../support/client.ts'
import { listen, shut } from '../support/http-server.ts'

/** Upper-case JSON: `{"HEAR":"s"}` is answered by `{"HEARING":"s"}`, and messages are `{"S":…}`. */
const shouting: Protocol = {
  name: 'shouting',
  decode(text) {
    const { HEAR: asked, AS: address = asked, SINCE: cursor } = JSON.parse(text) as Record<string, string>
    return asked === undefined || address === undefined
      ? undefined
      : { type: 'subscribe', address, asked, ...(cursor === undefined ? {} : { cursor }) }
  },
  encode(word) {
    if (word.type === 'welcome') return ['{"HELLO":1}', '{"LISTENING":1}']
    if (word.type === 'subscribed')
      return [JSON.stringify({ HEARING: word.address, LOST: word.replay?.recovered === false })]
    return word.type === 'rejected' ? [JSON.stringify({ NO: word.address })] : []
  },
  // Each address has messages of its own.
  message: ({ address }) => ({ head: `{${JSON.stringify(address.toUpperCase())}:`, tail: '}' }),
  audience: ({ address }) => address,
}

/** Starts when it is let, answers when it is let, and can lose its log. */
class SlowEngine implements Engine {
  readonly started = gate()
  readonly answering = gate()
  #to: EngineDelegate | undefined
  #epoch = 'first'
  #log: Positioned[] = []

  async start(to: EngineDelegate): Promise<void> {
    await this.started.opened
    this.#to = to
  }

  cursor(): string | undefined {
    return this.#to && `${this.#epoch}:${this.#log.length}`
  }

  async publish(broadcasts: readonly Outgoing[]): Promise<void> {
    if (!this.#to) throw new Error('not there yet')
    const messages = broadcasts.map((each, index) => {
      const position = this.#log.length + 1 + index
      return { ...each, position, cursor: `${this.#epoch}:${position}` }
    })
    this.#log.push(...messages)
    this.#to.delivered(messages)
  }

  async since(stream: string, cursor: string | null): Promise<Replay> {
    await this.answering.opened
    const [epoch, seen = ''] = cursor?.split(':') ?? [this.#epoch, `${this.#log.length}`]
    const recovered = epoch === this.#epoch
    const messages = this.#log.filter((each) => recovered && each.stream === stream && each.position > Number(seen))
    return { recovered, position: this.#log.length, cursor: `${this.#epoch}:${this.#log.length}`, messages }
  }

  async refreshAll(): Promise<void> {
    this.lose()
  }

  async signal(signal: Signal): Promise<void> {
    this.#to?.signalled(signal)
  }

  async stop(): Promise<void> {
    this.#to = undefined
  }

  lose(): void {
    this.#epoch = 'second'
    this.#log = []
    this.#to?.lost()
  }
}

/** A host of a framework that calls `(request, answer)` and has pages as functions of their helpers. */
async function withHost(
  options: TurboCableOptions,
  parts: HostParts,
  run: (context: {
    cable: CableCore
    origin: string
    connect(protocol?: string): Promise<TestClient>
  }) => Promise<void>,
): Promise<void> {
  const cable = createCable(options, parts)
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const helpers = cable.page()
    if (!cable.handle(request, response)) response.end(helpers.turboStreamFrom('s'))
  })
  const detach = cable.attach(server)
  const port = await listen(server)
  const clients: TestClient[] = []
  try {
    await run({
      cable,
      origin: `http://127.0.0.1:${port}`,
      connect(protocol) {
        const client = new TestClient(`ws://127.0.0.1:${port}/cable`, {}, protocol === undefined ? [] : [protocol])
        clients.push(client)
        return client.opened()
      },
    })
  } finally {
    for (const client of clients) client.ws.terminate()
    detach()
    await cable.close({ timeout: 1_000 })
    await shut(server)
  }
}

it('a protocol that nobody knew is spoken beside the own one, each address with its own bytes', () =>
  withHost({}, { protocols: [shouting] }, async ({ cable, connect }) => {
    const [plain, loud] = [await connect(), await connect('shouting')]
    assert.equal(loud.ws.protocol, 'shouting')
    assert.deepEqual([await loud.next(), await loud.next()], [{ HELLO: 1 }, { LISTENING: 1 }])
    await plain.subscribe('s')
    loud.send('{"HEAR":"s"}')
    loud.send('{"HEAR":"s","AS":"other"}')
    assert.deepEqual(await loud.next(), { HEARING: 's', LOST: false })
    assert.deepEqual(await loud.next(), { HEARING: 'other', LOST: false })
    loud.send('{"HEAR":"a,b"}')
    assert.deepEqual(await loud.next(), { NO: 'a,b' })
    await cable.broadcastJson('s', { n: 1 })
    assert.deepEqual(await plain.next(), { type: 'message', stream: 's', data: { n: 1 } })
    assert.deepEqual([await loud.next(), await loud.next()], [{ S: { n: 1 } }, { OTHER: { n: 1 } }])
  }))

it('a protocol that throws at what a client says ignores that, and the log tells of it once', (t) => {
  const warned = t.mock.method(console, 'warn', () => {})
  return withHost({}, { protocols: [shouting] }, async ({ cable, connect }) => {
    const [loud, other] = [await connect('shouting'), await connect('shouting')]
    for (const client of [loud, other, loud]) client.send('{')
    for (const client of [loud, other]) {
      assert.deepEqual([await client.next(), await client.next()], [{ HELLO: 1 }, { LISTENING: 1 }])
      client.send('{"HEAR":"s"}')
      assert.deepEqual(await client.next(), { HEARING: 's', LOST: false })
    }
    await cable.broadcastJson('s', { n: 1 })
    assert.deepEqual([await loud.next(), await other.next()], [{ S: { n: 1 } }, { S: { n: 1 } }])
    const lines = warned.mock.calls.map(({ arguments: [line] }) => String(line))
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^\[turbo-cable\] the protocol "shouting" threw at a message, which is ignored: /)
  })
})

it('while an engine starts, pages are served and told of a gap, and verbs say that nothing was sent', async () => {
  const engine = new SlowEngine()
  await withHost({ engine }, {}, async ({ cable, origin, connect }) => {
    const page = await (await fetch(origin)).text()
    const [, cursor = ''] = /data-cursor="([^"]+)"/.exec(page) ?? []
    assert.equal(cursor, '-:0')
    assert.equal(await cable.broadcastJson('s', { n: 1 }), false)
    engine.started.open()
    engine.answering.open()
    const client = await connect()
    assert.deepEqual(await client.subscribe('s', { cursor }), {
      type: 'subscribed',
      stream: 's',
      cursor: 'first:0',
      recovered: false,
      refresh: 2_000,
    })
    assert.equal(await cable.broadcastJson('s', { n: 2 }), true)
    assert.deepEqual((await client.next()).data, { n: 2 })
  })
})

it('an engine that answers late loses nothing, and what came meanwhile follows the replay', async () => {
  const engine = new SlowEngine()
  engine.started.open()
  await withHost({ engine }, {}, async ({ cable, connect }) => {
    const client = await connect()
    await cable.broadcastJson('s', { n: 1 })
    client.send({ type: 'subscribe', stream: 's', cursor: 'first:0' })
    while (cable.stats().subscriptions === 0) await new Promise(setImmediate)
    await cable.broadcastJson('s', { n: 2 })
    engine.answering.open()
    assert.equal((await client.next()).recovered, true)
    assert.deepEqual([(await client.next()).data, (await client.next()).data], [{ n: 1 }, { n: 2 }])
    assert.deepEqual(await client.drain(), [])
  })
})

it('when an engine has lost its log every client is sent away, and learns of the gap when it comes back', async () => {
  const engine = new SlowEngine()
  engine.started.open()
  engine.answering.open()
  await withHost({ engine }, {}, async ({ cable, connect }) => {
    const client = await connect()
    const { cursor } = await client.subscribe('s', { cursor: null })
    engine.lose()
    const { type, reason, reconnect } = await client.next()
    assert.deepEqual({ type, reason, reconnect }, { type: 'disconnect', reason: 'server_restart', reconnect: true })
    assert.equal((await client.closed).code, 1012)
    const again = await connect()
    assert.equal((await again.subscribe('s', { cursor })).recovered, false)
    await cable.broadcastJson('s', { n: 1 })
    assert.deepEqual((await again.next()).data, { n: 1 })
  })
})

it('a disconnect and a revocation by subject travel by the engine', async () => {
  const engine = new SlowEngine()
  engine.started.open()
  engine.answering.open()
  const authenticate = ({ url = '' }: IncomingMessage) => ({
    id: Number(new URL(url, 'http://localhost').searchParams.get('id') ?? 7),
  })
  await withHost({ engine, authenticate }, {}, async ({ cable, connect }) => {
    const client = await connect()
    await client.subscribe('s')
    const restore = cable.revoke('s', '7')
    assert.deepEqual(await client.next(), { type: 'rejected', stream: 's', reason: 'unauthorized' })
    assert.equal((await client.subscribe('s')).type, 'rejected')
    restore()
    assert.equal((await client.subscribe('s')).type, 'subscribed')
    cable.disconnect('8')
    assert.deepEqual(await client.drain(), [])
    cable.disconnect('7')
    assert.equal((await client.next()).type, 'disconnect')
    assert.equal((await client.closed).code, 1008)
  })
})

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
