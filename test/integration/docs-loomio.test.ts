// The server of docs/coming-from/loomio.md runs as it is written: Rails is played by what it publishes, editors by Hocuspocus' own.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { createClient } from 'redis'
import { WebSocket } from 'ws'
import { Doc } from 'yjs'
import { TestClient } from '../support/client.ts'
import { DocsExample } from '../support/docs.ts'
import type { Program } from '../support/program.ts'
import { type Redis, startRedis } from '../support/redis.ts'

const packages = ['express', 'redis', 'ws', '@hocuspocus/server']
let redis: Redis
let rails: ReturnType<typeof createClient>
let example: DocsExample
let server: Program
let host: string

async function start(): Promise<void> {
  server = example.start('server.mjs', { REDIS_URL: redis.url, PORT: '0' })
  ;[, host = ''] = await server.matching(/^http:\/\/(localhost:\d+)$/)
}

before(async () => {
  redis = await startRedis()
  rails = createClient({ url: redis.url })
  rails.on('error', () => {})
  await rails.connect()
  await rails.set('/current_users/of-ann', JSON.stringify({ id: 1, group_ids: [123, 7] }))
  await rails.set('/current_users/of-bob', JSON.stringify({ id: 2, group_ids: [7] }))
  example = new DocsExample('docs/coming-from/loomio.md', packages)
  await start()
})
after(async () => {
  await example.remove()
  rails.destroy()
  await redis.stop()
})

const connect = (token: string) => new TestClient(`ws://${host}/cable?token=${token}`).opened()
const publish = (channel: string, message: unknown) => rails.publish(channel, JSON.stringify(message))

describe('docs/coming-from/loomio.md', () => {
  it('lets in who has a token, and to the rooms of their groups; records and notices come', async () => {
    await assert.rejects(connect('of-nobody'))
    const [ann, bob] = [await connect('of-ann'), await connect('of-bob')]
    assert.equal((await ann.subscribe('group-123')).type, 'subscribed')
    assert.equal((await bob.subscribe('group-123')).type, 'rejected')
    assert.equal((await bob.subscribe('user-1')).type, 'rejected')
    for (const client of [ann, bob]) assert.equal((await client.subscribe('notice')).type, 'subscribed')
    const records = { discussions: [{ id: 5, title: 'Where to meet' }] }
    await publish('/records', { room: 'group-123', records })
    await publish('/system_notice', { text: 'back in five minutes' })

    assert.deepEqual((await ann.next()).data, { records })
    for (const client of [ann, bob])
      assert.deepEqual((await client.next()).data, { notice: { text: 'back in five minutes' } })
    for (const client of [ann, bob]) client.ws.terminate()
  })

  it("hands the chatbot's channels to their function", async () => {
    await publish('chatbot/publish', { room: '!abc', text: 'hi' })
    const [, message] = await server.matching(/^chatbot: publish (.*)$/)
    assert.deepEqual(JSON.parse(message ?? ''), { room: '!abc', text: 'hi' })
  })

  it('leaves Hocuspocus alone on the same server: two editors have one document', async () => {
    const editors = [1, 2].map(() => {
      const socket = new HocuspocusProviderWebsocket({ url: `ws://${host}/hocuspocus`, WebSocketPolyfill: WebSocket })
      const provider = new HocuspocusProvider({ name: 'discussion-5', document: new Doc(), websocketProvider: socket })
      provider.attach()
      return { provider, socket, text: provider.document.getText('body') }
    })
    const [one, other] = editors as [(typeof editors)[0], (typeof editors)[0]]
    const came = new Promise((resolve) => other.text.observe(() => resolve(other.text.toString())))
    one.text.insert(0, 'together')
    assert.equal(await came, 'together')
    for (const { provider, socket } of editors) {
      provider.destroy()
      socket.destroy()
    }
  })

  it('ends in order, and the next one knows what a page has missed', async () => {
    const ann = await connect('of-ann')
    const { cursor } = await ann.subscribe('group-7', { cursor: null })
    // Another of the same is there while this one goes, as in a deploy.
    const next = example.start('server.mjs', { REDIS_URL: redis.url, PORT: '0' })
    const [, nextHost = ''] = await next.matching(/^http:\/\/(localhost:\d+)$/)
    await publish('/records', { room: 'group-7', records: 1 })
    assert.equal(await server.end('SIGTERM'), 0)
    await publish('/records', { room: 'group-7', records: 2 })
    host = nextHost
    const back = await connect('of-ann')
    assert.equal((await back.subscribe('group-7', { cursor })).recovered, true)
    assert.deepEqual([(await back.next()).data, (await back.next()).data], [{ records: 1 }, { records: 2 }])
    back.ws.terminate()
  })
})
