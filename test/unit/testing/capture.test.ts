// captureBroadcasts: who sends makes no difference, and what is not sent is not captured.

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import express from 'express'
import {
  Broadcastable,
  broadcastAppendLaterTo,
  broadcastAppendTo,
  broadcastJson,
  broadcastRefreshTo,
  broadcastRemoveTo,
  configureBroadcasts,
  turboCable,
} from '../../../src/index.ts'
import { allowHttp, captureBroadcasts, immediateScheduler } from '../../../src/testing/testing.ts'
import { listen, shut } from '../../support/http-server.ts'
import { broadcastServer } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

const html = '<p>hi</p>'
const target = 'messages'
const appended = { action: 'append', target, targets: undefined, html, attributes: {} }

class Message extends Broadcastable() {
  id = 1
}

test('the free functions, a model, a Later verb and JSON are captured alike, and no HTTP leaves', async (t) => {
  const { received, url } = await broadcastServer(t)
  t.after(configureBroadcasts({ url }))
  const captured = await captureBroadcasts(async () => {
    assert.equal(await broadcastAppendTo(['room', 7], { target, html }), true)
    await new Message().broadcastReplaceTo('list', { html, method: 'morph', exclude: '1-2-3-4' })
    await broadcastJson('job', { progress: 50 })
    broadcastAppendLaterTo('later', { target, html })
  })
  assert.deepEqual(captured, [
    { stream: 'room:7', ...appended },
    {
      stream: 'list',
      exclude: '1-2-3-4',
      action: 'replace',
      target: 'message_1',
      targets: undefined,
      html,
      attributes: { method: 'morph' },
    },
    { stream: 'job', attributes: {}, json: { progress: 50 } },
    { stream: 'later', ...appended },
  ])
  assert.deepEqual(received, [])
})

test('allowHttp() lets broadcasts out again, and its undo counts once', async (t) => {
  const { received, url } = await broadcastServer(t)
  t.after(configureBroadcasts({ url }))
  const forbid = allowHttp()
  const captured = await captureBroadcasts(() => broadcastRefreshTo('s'))
  assert.equal(received.length, 1)
  assert.equal(captured.length, 1)
  forbid()
  forbid()
  const again = allowHttp()
  again()
  await broadcastRefreshTo('s')
  assert.equal(received.length, 1)
})

test('the verbs of a cable are captured, and open pages get what they send', async (t) => {
  const cable = turboCable()
  t.after(() => cable.close())
  const captured = await captureBroadcasts('s', async () => {
    await cable.broadcastAppendTo('s', { target, html })
    cable.broadcastRemoveTo('s', { target: 'x' })
    cable.broadcastAppendLaterTo('s', { target, html })
    await cable.broadcastAppendTo('elsewhere', { target, html })
  })
  assert.deepEqual(
    captured.map(({ action }) => action),
    ['append', 'remove', 'append'],
  )
  assert.equal(cable.stats().broadcasts, 4)
})

test('a verb that nobody awaits is waited for, its partial too', async (t) => {
  let render = (_html: string) => {}
  const cable = turboCable({ render: () => new Promise((resolve) => (render = resolve)) })
  t.after(() => cable.close())
  const captured = captureBroadcasts(() => {
    void cable.broadcastAppendTo('s', { target, partial: 'p' })
  })
  await new Promise(setImmediate)
  render(html)
  assert.deepEqual(await captured, [{ stream: 's', ...appended }])
})

test('a broadcast that nobody took, and one whose partial fails, are not captured', async (t) => {
  const lines = warnings(t)
  const cable = turboCable({ render: () => assert.fail('no such partial') })
  const captured = await captureBroadcasts(async () => {
    cable.broadcastAppendLaterTo('s', { target, partial: 'p' })
    await assert.rejects(cable.broadcastAppendTo('s', { target, partial: 'p' }), { code: 'TURBO_CABLE_RENDER_FAILED' })
    await cable.close()
    assert.equal(await cable.broadcastAppendTo('s', { target, html }), false)
  })
  assert.deepEqual(captured, [])
  assert.equal(lines.length, 2)
})

test('a message of several elements counts as several', async (t) => {
  const cable = turboCable()
  t.after(() => cable.close())
  const two = `${html}</template></turbo-stream> <turbo-stream action="remove" target="x"></turbo-stream>`
  const captured = await captureBroadcasts(() => cable.broadcastAppendTo('s', { target, html: two }))
  assert.deepEqual(
    captured.map(({ action, html }) => [action, html]),
    [
      ['append', html],
      ['remove', undefined],
    ],
  )
})

test('a capture is over when its function is, and rejects as it does', async () => {
  await assert.rejects(
    captureBroadcasts(() => Promise.reject(new Error('oops'))),
    /oops/,
  )
  await broadcastRefreshTo('before')
  const captured = await captureBroadcasts(() => broadcastRefreshTo('within'))
  await broadcastRefreshTo('after')
  assert.deepEqual(
    captured.map(({ stream }) => stream),
    ['within'],
  )
})

test('captures at the same time see each their own; an outer one sees what the inner one does', async () => {
  const streams = async (stream: string) => {
    const captured = await captureBroadcasts(async () => {
      await new Promise(setImmediate)
      await broadcastRefreshTo(stream)
      const inner = await captureBroadcasts(() => broadcastRefreshTo(`${stream}:inner`))
      assert.equal(inner.length, 1)
    })
    return captured.map(({ stream }) => stream)
  }
  assert.deepEqual(await Promise.all(['a', 'b'].map(streams)), [
    ['a', 'a:inner'],
    ['b', 'b:inner'],
  ])
})

test('what a server sends while it answers is captured, also where it was started before', async (t) => {
  const cable = turboCable()
  const app = express()
  app.use(cable)
  app.post('/', (_request, response) => {
    // As apps do: the answer does not wait for the broadcast.
    void cable.broadcastRemoveTo('s', { target: 'x' })
    response.end()
  })
  const server = createServer(app)
  const port = await listen(server)
  t.after(async () => {
    await cable.close()
    await shut(server)
  })
  const captured = await captureBroadcasts('s', () => fetch(`http://127.0.0.1:${port}`, { method: 'POST' }))
  assert.equal(captured.length, 1)
})

test('a refresh that waits for others is sent when the function is done, and captured', async (t) => {
  const cable = turboCable()
  t.after(() => cable.close())
  const burst = (stream: string) => () => {
    for (let n = 0; n < 5; n++) cable.broadcastRefreshLaterTo(stream)
  }
  // The first goes at once, the others as one.
  const [one, two] = await Promise.all(['a', 'b'].map((stream) => captureBroadcasts(burst(stream))))
  assert.deepEqual(
    [one, two].map((captured) => captured?.map(({ stream, action }) => `${stream} ${action}`)),
    [
      ['a refresh', 'a refresh'],
      ['b refresh', 'b refresh'],
    ],
  )
})

const rendered = async (partial: string) => {
  await new Promise(setImmediate)
  return `<p>${partial}</p>`
}

test('immediateScheduler performs a job by the defaults of the process, and at once', async (t) => {
  const cable = turboCable({ scheduler: immediateScheduler, render: rendered })
  t.after(() => cable.close())
  const captured = await captureBroadcasts('s', () => cable.broadcastAppendLaterTo('s', { target, partial: 'a/b' }))
  assert.deepEqual(captured, [{ stream: 's', ...appended, html: '<p>a/b</p>' }])
})

test('a stream that is none is refused', async () => {
  await assert.rejects(
    captureBroadcasts('', () => broadcastRemoveTo('s', { target })),
    { code: 'TURBO_CABLE_BAD_STREAM' },
  )
})

test('a capture without a function says what it wants', async () => {
  await assert.rejects(captureBroadcasts('todos' as never), { code: 'TURBO_CABLE_BAD_OPTION', message: /a function/ })
})
