// The program of docs/protocols.md runs as it is written: channels of an app's own, asked for by Rails' client with a token.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClient } from '../support/client.ts'
import { DocsExample } from '../support/docs.ts'

const mozo = JSON.stringify({ channel: 'MozoChannel', id: 'user_123' })
const foreign = JSON.stringify({ channel: 'MozoChannel', id: 'user_124' })
const chat = JSON.stringify({ channel: 'ChatChannel', room: 7 })

test('a token says who one is, a channel what one may have, and an action reaches the room', async () => {
  const example = new DocsExample('docs/protocols.md', ['express'])
  try {
    const { origin, host } = new URL(await example.start('channels.mjs', { PORT: '0' }).line())
    const connect = (token: string) =>
      new TestClient(`ws://${host}/cable?auth_token=${token}`, {}, ['actioncable-v1-json', 'actioncable-unsupported'])
    const nobody = connect('guessed')
    assert.deepEqual(await nobody.next(), { type: 'disconnect', reason: 'unauthorized', reconnect: false })

    const client = await connect('t0ken').opened()
    const next = async () => {
      for (;;) {
        const message = await client.next()
        if (message.type !== 'ping' && message.type !== 'welcome') return message
      }
    }
    const subscribe = (identifier: string) => {
      client.send({ command: 'subscribe', identifier })
      return next()
    }
    assert.deepEqual(await subscribe(foreign), { identifier: foreign, type: 'reject_subscription' })
    assert.deepEqual(await subscribe(mozo), { identifier: mozo, type: 'confirm_subscription' })
    assert.equal((await fetch(`${origin}/orders/124`, { method: 'POST' })).status, 204)
    assert.equal((await fetch(`${origin}/orders/123`, { method: 'POST' })).status, 204)
    const order = { event: 'order', data: { state: 'ready' } }
    assert.deepEqual(await next(), { identifier: mozo, message: order })

    assert.deepEqual(await subscribe(chat), { identifier: chat, type: 'confirm_subscription' })
    client.send({ command: 'message', identifier: chat, data: JSON.stringify({ action: 'speak', text: 'hi' }) })
    const said = { event: 'said', data: { by: 'Ada', text: 'hi' } }
    assert.deepEqual(await next(), { identifier: chat, message: said })
    client.ws.terminate()
  } finally {
    await example.remove()
  }
})
