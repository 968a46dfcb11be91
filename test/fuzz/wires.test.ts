// Damaged messages on every wire beside our own: none takes the server down, lets anybody in, or disturbs who is there.

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { it, mock } from 'node:test'
import { Signer } from '../../src/stream/signer.ts'
import { Bystander, confidential } from '../support/bystander.ts'
import { TestClient } from '../support/client.ts'
import { mutations } from '../support/mutations.ts'
import { type Context, withCable } from '../support/with-cable.ts'

// One seed for all of it, so that a run that failed can be had again.
process.env.SEED ??= String(Math.floor(Math.random() * 2 ** 31))

const secret = 's3Krit'
const count = 10_000
const signer = new Signer([secret])
const token = signer.sign('private')
// No damage by chance makes this one good.
const forged = new Signer(['another']).sign('private')

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
const quoted = (identifier: object) => JSON.stringify(JSON.stringify(identifier))
const turbo = quoted({ channel: 'Turbo::StreamsChannel', signed_stream_name: forged })
const named = quoted({ channel: '$pubsub', stream_name: 'private' })
const open = quoted({ channel: '$pubsub', stream_name: 'open' })
const room = quoted({ channel: 'Room', id: 7 })

const commands = [
  `{"command":"subscribe","identifier":${turbo}}`,
  `{"command":"subscribe","identifier":${named}}`,
  `{"command":"subscribe","identifier":${open}}`,
  `{"command":"subscribe","identifier":${room}}`,
  `{"command":"unsubscribe","identifier":${open}}`,
  `{"command":"message","identifier":${room},"data":"{\\"action\\":\\"speak\\",\\"text\\":\\"hi\\"}"}`,
  `{"command":"whisper","identifier":${open},"data":{"typing":true}}`,
]
const extended = [
  ...commands,
  `{"command":"subscribe","identifier":${named},"history":{"since":1,"streams":{"private":{"offset":0,"epoch":"e"}}}}`,
  `{"command":"subscribe","identifier":${open},"history":{"since":17,"streams":{"open":{"offset":1,"epoch":"x"}}}}`,
  `{"command":"history","identifier":${open},"history":{"since":1,"streams":{}}}`,
  `{"command":"join","identifier":${open},"presence":{"id":"u"}}`,
  `{"command":"presence","identifier":${open}}`,
  `{"command":"leave","identifier":${open}}`,
  `{"command":"subscribe","identifier":${open},"presence":{"id":"u","info":{}}}`,
  '{"command":"ping"}',
]

/** Runs with somebody who must get everything, and with warnings counted: strangers must not be able to fill the log. */
function disturbed(run: (context: Context, bystander: Bystander) => Promise<void>): Promise<void> {
  const warn = mock.method(console, 'warn', () => {})
  const channels = {
    Room: {
      subscribe: ({ params }: { params: Record<string, unknown> }) => (params.id === 7 ? 'room:7' : null),
      actions: { speak: () => undefined },
    },
  }
  const limits = { messagesPerSecond: 1_000_000, streamsPerConnection: 1_000 }
  const rules = { publicStreams: ['open'], whispers: true, authenticate: () => ({ id: 7, secret: confidential }) }
  const presence = { streams: true, info: () => 'shown' }
  return withCable({ secret, ...rules, presence, channels, limits }, async (context) => {
    const bystander = await Bystander.to(token, context)
    await run(context, bystander)
    await bystander.check()
  }).finally(() => {
    warn.mock.restore()
    assert.ok(warn.mock.callCount() < 20, `${warn.mock.callCount()} warnings`)
  })
}

for (const [protocol, valid] of [
  ['actioncable-v1-json', commands],
  ['actioncable-v1-ext-json', extended],
] as const) {
  it(`${protocol}: ${count} damaged messages`, (t) =>
    disturbed(async ({ port, cable }, bystander) => {
      const supply = mutations(...valid)
      t.diagnostic(`seed ${supply.seed}`)
      const client = await new TestClient(`ws://127.0.0.1:${port}/cable`, {}, [protocol]).opened()
      // Whole without, damaged within: identifiers, data and histories are texts and values of their own.
      const identifiers = mutations(...[turbo, named, open, room].map((each) => JSON.parse(each) as string))
      const values = mutations('{"action":"speak"}', '{"since":1,"streams":{"open":{"offset":0,"epoch":"e"}}}')
      const within = (n: number) => {
        const [identifier, data] = [identifiers.next().toString(), values.next().toString()]
        const command = ['subscribe', 'message', 'history', 'whisper', 'subscribe'][n % 5]
        return JSON.stringify({ command, identifier, data, history: parsed(data) })
      }
      let rejected = 0
      for (let n = 0; n < count; n++) {
        // As text: bytes that are none end a connection before anybody reads them, which is another test's.
        client.send(n % 2 ? supply.next().toString() : within(n))
        if (n % 100 < 99) continue
        await bystander.check()
        const probe = JSON.stringify({ channel: 'none', n })
        client.send({ command: 'subscribe', identifier: probe })
        for (let text = ''; !text.includes(JSON.stringify(probe)); ) {
          text = await client.nextText()
          assert.ok(!text.includes(confidential), text)
          if (text.includes('reject_subscription')) rejected++
        }
      }
      assert.ok(rejected > count / 10, `${rejected} were rejected`)
      client.ws.terminate()
      while (cable.stats().connections > 1) await new Promise(setImmediate)
    }))
}

it(`the event stream: ${count} damaged requests`, (t) =>
  disturbed(async ({ port, cable }, bystander) => {
    const supply = mutations('stream=open', 'stream=private&stream=open', `stream=${forged}&cursor=abc:1`, 'stream=')
    t.diagnostic(`seed ${supply.seed}`)
    const statuses = new Map<number, number>()
    for (let n = 0; n < count; n += 20) {
      await Promise.all(Array.from({ length: 20 }, () => ask(supply.next().toString('latin1'), supply.next())))
      await bystander.check()
    }
    assert.deepEqual([...statuses.keys()].sort(), [200, 400, 403])
    while (cable.stats().connections > 1) await new Promise(setImmediate)

    function ask(query: string, id: Buffer): Promise<void> {
      // What no request line and no header can hold is escaped; the rest goes as it is.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones.
      const path = `/cable/events?${query.replace(/[\x00-\x20\x7f-\xff]/g, (each) => encodeURIComponent(each))}`
      const headers = { 'Last-Event-ID': id.toString('hex').slice(0, 200) }
      return new Promise((resolve, reject) => {
        const sent = request({ port, path, headers, agent: false }, (response) => {
          statuses.set(response.statusCode ?? 0, (statuses.get(response.statusCode ?? 0) ?? 0) + 1)
          response.on('error', () => {})
          response.once('data', (chunk: Buffer) => {
            assert.ok(!chunk.includes(confidential))
            sent.destroy()
          })
          response.once('end', () => sent.destroy())
        })
        sent.on('close', resolve).on('error', (error) => (sent.destroyed ? resolve() : reject(error)))
        sent.end()
      })
    }
  }))
