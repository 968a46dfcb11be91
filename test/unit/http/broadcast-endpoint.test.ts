// POST /_broadcast: what is taken, and the status and text of what is not.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { failure } from '../../../src/errors.ts'
import { BroadcastEndpoint } from '../../../src/http/broadcast-endpoint.ts'
import { BroadcastRight } from '../../../src/http/broadcast-right.ts'
import type { Broadcast } from '../../../src/publisher/publisher.ts'
import { type Asked, requestOf, responseTo } from '../../support/http-doubles.ts'

async function post(
  body: unknown,
  { headers = {}, ...asked }: Asked & { parsed?: unknown } = {},
  fails: boolean | Error = false,
) {
  const right = new BroadcastRight({ broadcastToken: ['secret'], secret: [], localBroadcasts: true })
  const published: { all: readonly Broadcast[]; id?: string | undefined }[] = []
  const publish = async (all: readonly Broadcast[], id?: string) => {
    if (fails) throw fails === true ? new Error('away') : fails
    published.push({ all, id })
  }
  const refreshed: unknown[] = []
  const refreshAll = async (id?: string) => {
    if (fails) throw fails === true ? new Error('away') : fails
    return refreshed.push(id) > 0
  }
  const endpoint = new BroadcastEndpoint({ publish, refreshAll }, { right, bodyBytes: 100 })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const request = requestOf({
    method: 'POST',
    ...asked,
    headers: { host: 'localhost', 'content-type': 'application/json', ...headers },
    body: text,
  })
  if ('parsed' in asked) {
    // As a body parser before us leaves it: read to the end.
    request.read()
    Object.assign(request, { body: asked.parsed })
  }
  const { response, text: answer } = responseTo(request)
  await endpoint.handle(request, response)
  return {
    status: response.statusCode,
    text: await answer,
    type: response.getHeader('content-type'),
    published,
    refreshed,
  }
}

const good = { stream: 's', data: { a: 1 } }

describe('BroadcastEndpoint', () => {
  it('takes one broadcast, and answers OK as plain text', async () => {
    const { status, text, type, published } = await post(good)
    assert.deepEqual([status, text, type], [200, 'OK', 'text/plain; charset=utf-8'])
    assert.deepEqual(published, [{ all: [good], id: undefined }])
  })

  it('takes a batch whole, with what it leaves out and its id', async () => {
    const batch = [good, { stream: 't', data: null, exclude: 'page' }]
    const { published } = await post(batch, { headers: { 'idempotency-key': 'once' } })
    assert.deepEqual(published, [{ all: batch, id: 'once' }])
  })

  const refused: [string, unknown, number, string, Asked?][] = [
    ['what is no JSON', '{', 400, 'Invalid JSON'],
    ['an empty body', '', 400, 'Invalid JSON'],
    ['no stream', { data: 1 }, 400, 'Stream required'],
    ['a bad stream', { stream: 'a,b', data: 1 }, 400, 'Stream required'],
    ['no data', { stream: 's' }, 400, 'Data required'],
    ['an empty batch', [], 400, 'Stream required'],
    ['a batch with one bad broadcast', [good, {}], 400, 'Stream required'],
    ['what is no object', 'null', 400, 'Stream required'],
    [
      'another type',
      good,
      415,
      'Unsupported Media Type: application/json required',
      { headers: { 'content-type': 'text/plain' } },
    ],
    [
      'a compressed body',
      good,
      415,
      'Unsupported Media Type: application/json required',
      { headers: { 'content-encoding': 'gzip' } },
    ],
    ['a body that is too large', { ...good, data: 'x'.repeat(100) }, 413, 'Payload Too Large'],
    [
      'who is not on this machine',
      good,
      403,
      'Forbidden: Broadcasts only allowed from localhost',
      { remoteAddress: '10.0.0.1' },
    ],
  ]
  for (const [what, body, status, text, asked] of refused)
    it(`refuses ${what}: ${status} ${text}`, async () => {
      const answer = await post(body, asked)
      assert.deepEqual([answer.status, answer.text.split('\n')[0], answer.published], [status, text, []])
    })

  it('takes a bearer from anywhere, and further JSON types', async () => {
    const headers = { authorization: 'Bearer secret', 'content-type': 'application/vnd.api+json; charset=utf-8' }
    assert.equal((await post(good, { remoteAddress: '10.0.0.1', headers })).status, 200)
  })

  it('takes what a body parser has read before it, as a value, as text or as bytes', async () => {
    for (const parsed of [good, JSON.stringify(good), Buffer.from(JSON.stringify(good))])
      assert.deepEqual((await post('read before', { parsed } as Asked)).published, [{ all: [good], id: undefined }])
    assert.equal((await post('read before', { parsed: undefined } as Asked)).text, 'Invalid JSON')
    const inherited = { parsed: Object.create(good) } as Asked
    assert.equal((await post('read before', inherited)).text, 'Stream required')
  })

  it('refreshes every page for {"refresh":"all"}, for who may broadcast', async () => {
    const all = { refresh: 'all' }
    const taken = await post(all, { headers: { 'idempotency-key': 'once' } })
    assert.deepEqual([taken.status, taken.text, taken.published, taken.refreshed], [200, 'OK', [], ['once']])
    const stranger = await post(all, { remoteAddress: '10.0.0.1' })
    assert.deepEqual([stranger.status, stranger.refreshed], [403, []])
    assert.equal((await post(all, {}, true)).status, 503)
    for (const other of [{ refresh: 'some' }, [all], { refresh: true }])
      assert.deepEqual((await post(other)).text, 'Stream required')
    const broadcast = await post({ ...good, ...all })
    assert.deepEqual([broadcast.published.length, broadcast.refreshed], [1, []])
  })

  it('answers 503 where the publisher does not take it, so that the sender tries again', async () => {
    const away = await post(good, {}, true)
    assert.deepEqual([away.status, away.text], [503, 'Service Unavailable: the engine has not taken it'])
    const ended = await post(good, {}, failure('TURBO_CABLE_CLOSED', ['broadcast']))
    assert.deepEqual([ended.status, ended.text], [503, 'Service Unavailable: the cable is closed'])
  })
})
