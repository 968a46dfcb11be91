// The programs of docs/coming-from/ run as they are written, and do what their page says.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Signer } from '../../src/stream/signer.ts'
import { TestClient } from '../support/client.ts'
import { DocsExample } from '../support/docs.ts'

async function withExample(page: string, packages: string[], run: (example: DocsExample) => Promise<void>) {
  const example = new DocsExample(`docs/coming-from/${page}.md`, packages)
  try {
    await run(example)
  } finally {
    await example.remove()
  }
}

/** The address that a server prints when it listens, as the tests' client takes it. */
async function serving(example: DocsExample, file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const [, port] = await example.start(file, { PORT: '0', ...env }).matching(/^http:\/\/localhost:(\d+)$/)
  return `http://127.0.0.1:${port}`
}

const connected = (origin: string) => new TestClient(`${origin.replace('http', 'ws')}/cable`).opened()

const submit = (url: string, fields: Record<string, string>) =>
  fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })

const item = (id: number, text: string, end = '') => `<li id="message_${id}">${text}</li>${end}`

describe('docs/coming-from/socket.io.md', () => {
  const secret = 'a secret of some length'

  it('has a chat whose page catches up, for those who were given it', () =>
    withExample('socket.io', ['express', 'ejs'], async (example) => {
      const origin = await serving(example, 'chat.mjs', { TURBO_CABLE_SECRET: secret, NODE_ENV: 'production' })
      const page = await (await fetch(`${origin}/rooms/7`)).text()
      const [, token = '', cursor = ''] = /data-streams="([^"]+)".*data-cursor="([^"]+)"/.exec(page) ?? []
      assert.equal((await submit(`${origin}/rooms/7`, { text: '<hi>' })).status, 303)

      const client = await connected(origin)
      assert.equal((await client.subscribe('room:7')).type, 'rejected')
      assert.equal((await client.subscribe(token, { cursor })).recovered, true)
      const html = item(1, '&lt;hi&gt;', '\n')
      assert.equal(
        (await client.next()).data,
        `<turbo-stream action="append" target="messages"><template>${html}</template></turbo-stream>`,
      )
      assert.ok((await (await fetch(`${origin}/rooms/7`)).text()).includes(html))
      client.ws.terminate()
    }))

  it('has a worker whose events come to the page', () =>
    withExample('socket.io', ['express', 'ejs'], async (example) => {
      const env = { TURBO_CABLE_SECRET: secret, NODE_ENV: 'production' }
      const origin = await serving(example, 'chat.mjs', env)
      const client = await connected(origin)
      await client.subscribe(new Signer([secret]).sign('job:42'))
      const worker = example.start('worker.mjs', { ...env, TURBO_CABLE_BROADCAST_URL: `${origin}/_broadcast` })
      assert.equal(await worker.ended, 0)
      assert.deepEqual(
        [await client.next(), await client.next(), await client.next()].map(({ data }) => data),
        [0, 50, 100].map((percent) => ({ percent })),
      )
      client.ws.terminate()
    }))
})

describe('docs/coming-from/action-cable.md', () => {
  it('has a model whose hooks broadcast as broadcasts_to does', () =>
    withExample('action-cable', ['express', 'ejs', 'sequelize'], async (example) => {
      example.write('views/messages/_message.ejs', '<li id="<%= domId(message) %>"><%= message.text %></li>')
      example.write('app.mjs', appAroundTheModel)
      const origin = await serving(example, 'app.mjs', {})
      const client = await connected(origin)
      await client.subscribe('room:7')
      for (const hook of ['afterCreate', 'afterUpdate', 'afterDestroy']) {
        assert.equal((await submit(`${origin}/${hook}`, {})).status, 200)
      }
      const streams = [await client.next(), await client.next(), await client.next()].map(({ data }) => data)
      assert.deepEqual(streams.sort(), [
        `<turbo-stream action="append" target="messages"><template>${item(1, 'hi')}</template></turbo-stream>`,
        '<turbo-stream action="remove" target="message_1"></turbo-stream>',
        `<turbo-stream action="replace" target="message_1"><template>${item(1, 'hi')}</template></turbo-stream>`,
      ])
      client.ws.terminate()
    }))

  it("has a server that takes Rails' tokens, and Rails' broadcasts", () =>
    withExample('action-cable', ['express', 'sequelize'], async (example) => {
      const bearer = 'a token of some length'.replaceAll(' ', '-')
      const origin = await serving(example, 'cable.mjs', {
        SECRET_KEY_BASE: '0123456789abcdef'.repeat(8),
        TURBO_CABLE_BROADCAST_TOKEN: bearer,
        NODE_ENV: 'production',
      })
      const client = await connected(origin)
      // As Rails signs "chat:2021" with this base.
      const token = 'ImNoYXQ6MjAyMSI=--dc8854eb4e65e316561ee9612c77b23b29e04d25009711ae1c56669810a6c14c'
      assert.equal((await client.subscribe(token)).type, 'subscribed')
      assert.equal((await client.subscribe('chat:2021')).type, 'rejected')
      const data = '<turbo-stream action="refresh"></turbo-stream>'
      const send = (headers = {}) =>
        fetch(`${origin}/_broadcast`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify({ stream: 'chat:2021', data }),
        })
      assert.equal((await send()).status, 403)
      assert.equal((await send({ Authorization: `Bearer ${bearer}` })).status, 200)
      assert.deepEqual(await client.next(), { type: 'message', stream: token, data })
      client.ws.terminate()
    }))
})

// The hooks are run as Sequelize runs them after it has saved; no database is needed for that.
const appAroundTheModel = `
import express from 'express'
import { Sequelize } from 'sequelize'
import { turboCable } from 'turbo-cable'
import { initialize, Message } from './message.mjs'

initialize(new Sequelize({ dialect: 'sqlite', dialectModule: {}, logging: false }))
const app = express()
app.set('view engine', 'ejs')
app.use(turboCable())
app.post('/:hook', async (request, response) => {
  await Message.runHooks(request.params.hook, Message.build({ id: 1, roomId: 7, text: 'hi' }), {})
  response.end()
})
const server = app.listen(process.env.PORT, () => console.log(\`http://localhost:\${server.address().port}\`))
`

describe('docs/coming-from/the-gem.md', () => {
  it("has a server for the gem's pages and senders, and a sender for it", () =>
    withExample('the-gem', ['express'], async (example) => {
      const origin = await serving(example, 'cable.mjs', { NODE_ENV: 'production' })
      const client = await connected(origin)
      assert.deepEqual(await client.subscribe('scores'), { type: 'subscribed', stream: 'scores' })
      const sent = await fetch(`${origin}/_broadcast`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ stream: 'scores', data: 'as Ruby sends it' }),
      })
      assert.equal(`${sent.status} ${await sent.text()}`, '200 OK')
      const sender = example.start('send.mjs', { TURBO_CABLE_BROADCAST_URL: `${origin}/_broadcast` })
      assert.equal(await sender.ended, 0)
      assert.deepEqual(
        [await client.next(), await client.next(), await client.next()].map(({ data }) => data),
        [
          'as Ruby sends it',
          '<turbo-stream action="update" target="home"><template>3</template></turbo-stream>',
          { progress: 60 },
        ],
      )
      client.ws.terminate()
    }))
})
