// Between the request for a page and its subscription nothing gets lost: the marker's cursor is the moment the request came.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import express from 'express'
import type { TurboCableOptions } from '../../../src/index.ts'
import { turboCable } from '../../../src/index.ts'
import type { TestClient } from '../../support/client.ts'
import { type Context, listening, withCable } from '../../support/with-cable.ts'

interface Marker {
  readonly streams: string[]
  readonly cursor: string
}

/** An app with one page; `during` runs in its route, between reading the data and rendering. */
function withPage(
  run: (context: Context & { read(): Promise<Marker> }) => Promise<void>,
  during: (cable: Context['cable']) => Promise<void> = async () => {},
  options: TurboCableOptions = {},
): Promise<void> {
  const start = async () => {
    const cable = turboCable(options)
    const app = express()
    app.use(cable)
    app.get('/page', async (_request, response) => {
      await during(cable)
      response.send(`<!doctype html><body>${response.locals.turboStreamFrom('a', ['b', 7])}</body>`)
    })
    return listening(createServer(app), cable)
  }
  return withCable(
    options,
    (context) => {
      const read = async () => {
        const html = await (await fetch(`${context.origin}/page`)).text()
        const [, streams = '', cursor] = /data-streams="([^"]+)".* data-cursor="([^"]+)"/.exec(html) ?? []
        return { streams: streams.split(','), cursor: cursor ?? assert.fail(html) }
      }
      return run({ ...context, read })
    },
    start,
  )
}

/** What subscribing as the marker says brings at once. */
async function replayed(client: TestClient, { streams, cursor }: Marker): Promise<unknown[]> {
  for (const stream of streams) assert.equal((await subscribeLast(client, stream, cursor)).recovered, true)
  return (await client.drain()).map(({ stream, data }) => [stream, data])
}

// The answer comes before the replay, so whatever else arrives first belongs to another stream's replay.
async function subscribeLast(client: TestClient, stream: string, cursor: string) {
  client.send({ type: 'subscribe', stream, cursor })
  const before: string[] = []
  for (;;) {
    const text = await client.nextText()
    const frame = JSON.parse(text)
    if (frame.type === 'subscribed') {
      client.inbox.unshift(...before)
      return frame
    }
    before.push(text)
  }
}

test('a page that nothing happened to asks for nothing and gets nothing', () =>
  withPage(async ({ read, connect, cable }) => {
    await cable.broadcastJson('a', { before: 'the request' })
    const marker = await read()
    assert.deepEqual(marker.streams, ['a', 'b:7'])
    assert.deepEqual(await replayed(await connect(), marker), [])
  }))

test('what is sent between the answer and the subscription arrives, each stream in order', () =>
  withPage(async ({ read, connect, cable }) => {
    const marker = await read()
    await cable.broadcastJson('a', { n: 1 })
    await cable.broadcastJson(['b', 7], { n: 2 })
    await cable.broadcastJson('elsewhere', { n: 3 })
    await cable.broadcastJson('a', { n: 4 })
    const client = await connect()
    await cable.broadcastJson('a', { n: 5 })
    assert.deepEqual(await replayed(client, marker), [
      ['a', { n: 1 }],
      ['a', { n: 4 }],
      ['a', { n: 5 }],
      ['b:7', { n: 2 }],
    ])
  }))

test('what is sent between reading the data and rendering the page arrives', () =>
  withPage(
    async ({ read, connect, cable }) => {
      const marker = await read()
      await cable.broadcastJson('a', { n: 2 })
      assert.deepEqual(await replayed(await connect(), marker), [
        ['a', { n: 1 }],
        ['a', { n: 2 }],
      ])
    },
    async (cable) => {
      await cable.broadcastJson('a', { n: 1 })
    },
  ))

test('a marker made outside of a request starts at the moment it is made', () =>
  withPage(async ({ connect, cable }) => {
    await cable.broadcastJson('a', { n: 1 })
    const html = cable.turboStreamFrom('a')
    await cable.broadcastJson('a', { n: 2 })
    const cursor = /data-cursor="([^"]+)"/.exec(html)?.[1] ?? ''
    assert.deepEqual(await replayed(await connect(), { streams: ['a'], cursor }), [['a', { n: 2 }]])
  }))

test('with a secret the marker holds tokens, and what was missed comes under the plain name', () =>
  withPage(
    async ({ read, connect, cable }) => {
      const marker = await read()
      assert.match(marker.streams[0] ?? '', /--[0-9a-f]{64}$/)
      await cable.broadcastJson('a', { n: 1 })
      const client = await connect()
      const answer = await subscribeLast(client, marker.streams[0] ?? '', marker.cursor)
      assert.equal(answer.name, 'a')
      assert.deepEqual((await client.next()).stream, 'a')
    },
    undefined,
    { secret: 'a secret for tests' },
  ))

test('the tab that caused a broadcast is left out of its replay as of its delivery', () =>
  withPage(async ({ read, connect, cable }) => {
    const marker = await read()
    const request = { headers: { 'x-turbo-cable-connection': 'tab-1' } }
    const [mine, other] = [await connect(), await connect()]
    await mine.subscribe('a', { cursor: null, connection: 'tab-1' })
    await other.subscribe('a', { cursor: null, connection: 'tab-2' })
    await cable.broadcastUpdateTo('a', { target: 'x', html: '1', exclude: request })
    await cable.broadcastUpdateTo('a', { target: 'x', html: '2' })
    const data = (html: string) =>
      `<turbo-stream action="update" target="x"><template>${html}</template></turbo-stream>`
    const got = async (client: TestClient) => (await client.drain()).map((message) => message.data)
    assert.deepEqual(await got(mine), [data('2')])
    assert.deepEqual(await got(other), [data('1'), data('2')])

    const [mineAgain, otherAgain] = [await connect(), await connect()]
    await mineAgain.subscribe('a', { cursor: marker.cursor, connection: 'tab-1' })
    await otherAgain.subscribe('a', { cursor: marker.cursor, connection: 'tab-2' })
    assert.deepEqual(await got(mineAgain), [data('2')])
    assert.deepEqual(await got(otherAgain), [data('1'), data('2')])
  }))

test('a page that is rendered while its server is being drained still has its marker', () =>
  withPage(async ({ read, cable }) => {
    const before = await read()
    await cable.close()
    assert.deepEqual(await read(), before)
  }))
