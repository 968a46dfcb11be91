// The assertions: what they let through, and what their failures say.

import assert, { AssertionError } from 'node:assert/strict'
import { test } from 'node:test'
import express from 'express'
import Fastify from 'fastify'
import request from 'supertest'
import { broadcastAppendTo, broadcastJson, broadcastRemoveTo, turboStream } from '../../../src/index.ts'
import {
  assertBroadcasts,
  assertNoBroadcasts,
  assertTurboFrame,
  assertTurboStream,
  turboStreamHeaders,
} from '../../../src/testing/testing.ts'

class Message {
  id = 1
}
const message = new Message()
const send = async () => {
  await broadcastAppendTo(['room', 7], { target: 'messages', html: '<p>\n  hi</p>' })
  await broadcastRemoveTo(['room', 7], { target: message })
  await broadcastJson('job', { progress: 50 })
}
const sent = `What was broadcast:
  to "room:7": <turbo-stream action="append" target="messages"> <p> hi</p>
  to "room:7": <turbo-stream action="remove" target="message_1">
  to "job": JSON {"progress":50}`

test('assertBroadcasts counts what goes to the stream, and gives it', async () => {
  assert.equal((await assertBroadcasts(['room', 7], send)).length, 2)
  assert.equal((await assertBroadcasts(['room', 7], 2, send)).length, 2)
  assert.equal((await assertBroadcasts('job', undefined, send))[0]?.json !== undefined, true)
  const [removed] = await assertBroadcasts(['room', 7], { action: 'remove', target: message, count: 1 }, send)
  assert.equal(removed?.target, 'message_1')
  await assertBroadcasts(['room', 7], { action: 'append', targets: '.x', count: 0 }, send)
})

for (const [title, asserting, said] of [
  [
    'to nobody',
    () => assertBroadcasts('room:8', send),
    `Expected at least one broadcast to "room:8", but there were 0. ${sent}`,
  ],
  [
    'too often',
    () => assertBroadcasts(['room', 7], 1, send),
    `Expected 1 broadcast to "room:7", but there were 2. ${sent}`,
  ],
  [
    'to another target',
    () => assertBroadcasts(['room', 7], { action: 'append', target: message }, send),
    `Expected at least one broadcast of <turbo-stream action="append" target="message_1"> to "room:7", but there were 0. ${sent}`,
  ],
  [
    'nothing at all',
    () => assertBroadcasts('job', 1, () => {}),
    'Expected 1 broadcast to "job", but there were 0. Nothing was broadcast.',
  ],
  ['what should not be', () => assertNoBroadcasts(send), `Expected no broadcast, but there were 3. ${sent}`],
  [
    'where it should not',
    () => assertNoBroadcasts('job', send),
    `Expected no broadcast to "job", but there were 1. ${sent}`,
  ],
] as const) {
  test(`a broadcast ${title} fails, and the failure says what was sent`, async () => {
    await assert.rejects(asserting, (error: AssertionError) => {
      assert.ok(error instanceof AssertionError)
      assert.equal(error.message, said)
      return true
    })
  })
}

test('assertNoBroadcasts lets pass what goes elsewhere', async () => {
  await assertNoBroadcasts(() => {})
  await assertNoBroadcasts('room:8', send)
})

const body = turboStream.append('messages', { html: '<p>hi</p>' }) + turboStream.remove(message)
const page = '<main><turbo-frame id="message_1" src="/1" loading="lazy"><p>hi</p></turbo-frame></main>'
const app = express()
app.post('/', (_request, response) => void response.type('text/vnd.turbo-stream.html').send(`\n${body}\n`))
app.post('/invalid', (_request, response) => void response.status(422).type('text/vnd.turbo-stream.html').send(body))
app.get('/', (_request, response) => void response.send(page))

const fastify = Fastify()
fastify.post('/', (_request, reply) => reply.type('text/vnd.turbo-stream.html; charset=utf-8').send(body))
fastify.get('/', (_request, reply) => reply.type('text/html').send(page))

test("supertest's responses", async () => {
  const response = await request(app).post('/').set(turboStreamHeaders)
  assert.deepEqual(assertTurboStream(response, { action: 'append', target: 'messages' }), [
    { action: 'append', target: 'messages', targets: undefined, html: '<p>hi</p>', attributes: {} },
  ])
  assertTurboStream(response, { target: message })
  assertTurboStream(response, { count: 2 })
  assertTurboStream(response, { action: 'replace', count: 0 })
  assertTurboStream(await request(app).post('/invalid'), { action: 'remove', status: 422 })
  const [frame] = assertTurboFrame(await request(app).get('/'), 'message_1')
  assert.deepEqual(frame, {
    id: 'message_1',
    attributes: { id: 'message_1', src: '/1', loading: 'lazy' },
    html: '<p>hi</p>',
  })
})

test("the responses of Fastify's inject()", async () => {
  assertTurboStream(await fastify.inject({ method: 'POST', url: '/' }), { action: 'remove', target: message })
  assertTurboFrame(await fastify.inject('/'), { src: '/1', loading: 'lazy' })
  assertTurboFrame(await fastify.inject('/'), { id: 'other', count: 0 })
})

test('the responses of fetch, which are read first', async () => {
  const headers = { 'content-type': 'text/vnd.turbo-stream.html' }
  const [stream] = await assertTurboStream(new Response(body, { headers }), { action: 'append' })
  assert.equal(stream?.html, '<p>hi</p>')
  await assert.rejects(assertTurboStream(new Response(body, { headers, status: 500 })), AssertionError)
  await assertTurboFrame(new Response(page), 'message_1')
})

test('a failure says what the response has', async () => {
  const streams = await request(app).post('/')
  const html = await request(app).get('/')
  const cases: [() => unknown, string][] = [
    [
      () => assertTurboStream(streams, { action: 'update', target: 'messages' }),
      `Expected 1 <turbo-stream action="update" target="messages">, but there were 0. The response has:
  <turbo-stream action="append" target="messages"> <p>hi</p>
  <turbo-stream action="remove" target="message_1">`,
    ],
    [
      () => assertTurboStream(html),
      `Expected text/vnd.turbo-stream.html, but the response is text/html; charset=utf-8: "${page}"`,
    ],
    [() => assertTurboStream(html, { status: 422 }), `Expected status 422, but the response has 200: "${page}"`],
    [
      () => assertTurboFrame(html, { id: 'x', target: '_top' }),
      `Expected 1 <turbo-frame id="x" target="_top">, but there were 0. The response has:
  <turbo-frame id="message_1" src="/1" loading="lazy">`,
    ],
  ]
  for (const [asserting, said] of cases) {
    assert.throws(asserting, (error: Error) => {
      assert.equal(error.message, said)
      return true
    })
  }
})
