// Which publisher, renderer and scheduler the free verbs of a process use.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BroadcastJob } from '../../../src/broadcast/scheduler.ts'
import { configureBroadcasts } from '../../../src/process/configure.ts'
import {
  broadcastAppendLaterTo,
  broadcastAppendTo,
  broadcastJson,
  broadcastRefreshTo,
  performBroadcast,
} from '../../../src/process/verbs.ts'
import type { Renderer } from '../../../src/render/renderer.ts'
import { broadcastServer, defaults, folder, recorder } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

const { processPublisher, processQueue, processRenderer, processScheduler, registerProcessCable, setProcessPublisher } =
  defaults

const variables = ['TURBO_CABLE_BROADCAST_URL', 'TURBO_CABLE_BROADCAST_TOKEN', 'TURBO_CABLE_PORT', 'PORT']

function environment(t: TestContext, values: Record<string, string>): void {
  const before = variables.map((name) => [name, process.env[name]] as const)
  for (const name of variables) delete process.env[name]
  Object.assign(process.env, values)
  t.after(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
}

test('without a cable, broadcasts are sent where the environment says now', async (t) => {
  const first = await broadcastServer(t)
  const second = await broadcastServer(t)
  environment(t, { TURBO_CABLE_BROADCAST_URL: first.url, TURBO_CABLE_BROADCAST_TOKEN: 'one' })
  assert.equal(await broadcastRefreshTo('s'), true)
  assert.equal(processPublisher(), processPublisher())
  process.env.TURBO_CABLE_BROADCAST_URL = second.url
  process.env.TURBO_CABLE_BROADCAST_TOKEN = 'two'
  assert.equal(await broadcastJson('s', { n: 1 }), true)
  assert.deepEqual(first.received[0]?.body, { stream: 's', data: '<turbo-stream action="refresh"></turbo-stream>' })
  assert.equal(first.received[0]?.headers.authorization, 'Bearer one')
  assert.deepEqual(second.received[0]?.body, { stream: 's', data: { n: 1 } })
  assert.equal(second.received[0]?.headers.authorization, 'Bearer two')
})

test('a hub that refuses gives false and one line', async (t) => {
  const lines = warnings(t)
  const { url } = await broadcastServer(t, (_request, response) => {
    response.writeHead(403).end('Forbidden: Broadcasts only allowed from localhost')
  })
  environment(t, { TURBO_CABLE_BROADCAST_URL: url })
  assert.equal(await broadcastRefreshTo('s'), false)
  assert.deepEqual(lines, [
    `[turbo-cable] broadcastRefreshTo to "s" was not confirmed: Broadcast to ${url} was not taken: the answer was 403 Forbidden: Broadcasts only allowed from localhost`,
  ])
})

test('a URL that is none throws at the call', (t) => {
  environment(t, { TURBO_CABLE_BROADCAST_URL: 'nope' })
  assert.throws(() => broadcastRefreshTo('s'), { code: 'TURBO_CABLE_BAD_OPTION' })
})

test('the most recent publisher that is still there wins', () => {
  const [one, two] = [recorder(), recorder()]
  const undoOne = setProcessPublisher(one)
  const undoTwo = setProcessPublisher(two)
  assert.equal(processPublisher(), two)
  undoOne()
  undoOne()
  assert.equal(processPublisher(), two)
  undoTwo()
  const undoAgain = setProcessPublisher(one)
  assert.equal(processPublisher(), one)
  undoAgain()
  assert.notEqual(processPublisher(), one)
})

test('a cable brings publisher, renderer and scheduler, and takes them away', async () => {
  const publisher = recorder()
  const jobs: BroadcastJob[] = []
  let renderer: Renderer | undefined
  const unregister = registerProcessCable({
    publisher: () => publisher,
    renderer: () => renderer,
    scheduler: () => ({ schedule: (job) => void jobs.push(job) }),
  })
  assert.throws(() => broadcastAppendTo('s', { target: 'x', partial: 'a' }), { code: 'TURBO_CABLE_NO_RENDERER' })
  renderer = { render: async (partial) => partial }
  assert.equal(await broadcastAppendTo('s', { target: 'x', partial: 'a' }), true)
  broadcastAppendLaterTo('s', { target: 'x', partial: 'b' })
  const [job] = jobs
  assert.ok(job)
  assert.equal(await performBroadcast(job), true)
  assert.deepEqual(
    publisher.broadcasts.map(({ data }) => String(data).replace(/^.*<template>|<\/template>.*$/g, '')),
    ['a', 'b'],
  )
  unregister()
  assert.equal(processRenderer(), undefined)
  assert.equal(processScheduler(), processQueue)
})

const other = {
  publisher: recorder,
  renderer: () => undefined,
  scheduler: () => ({ schedule: () => undefined }),
}

test('one cable after another is no reason to warn', (t) => {
  const lines = warnings(t)
  for (let n = 0; n < 2; n++) {
    const close = registerProcessCable(other)
    const unset = setProcessPublisher(recorder())
    close()
    close()
    unset()
  }
  assert.deepEqual(lines, [])
})

test('a second cable beside an open one is warned of, once', (t) => {
  const lines = warnings(t)
  const close = [registerProcessCable(other), registerProcessCable(other), registerProcessCable(other)]
  for (const each of close) each()
  const again = [registerProcessCable(other), registerProcessCable(other)]
  for (const each of again) each()
  assert.deepEqual(lines, [
    '[turbo-cable] two cables in one process: a page is connected to the cable of the app that it came from, and the free broadcast functions send to the newest. Make one turboCable() and share it, or send with cable.broadcast…To()',
  ])
})

test('a process without a scheduler has a queue of its own', async () => {
  const publisher = recorder()
  const undo = setProcessPublisher(publisher)
  broadcastAppendLaterTo('s', { target: 'x', html: '1' })
  broadcastAppendLaterTo('s', { target: 'x', html: '2' })
  assert.deepEqual(publisher.broadcasts, [])
  await processQueue.idle()
  assert.equal(publisher.broadcasts.length, 2)
  undo()
})

test('a job that is none rejects', async () => {
  await assert.rejects(performBroadcast({ stream: '', action: 'append' }), { code: 'TURBO_CABLE_BAD_STREAM' })
  for (const job of [null, undefined, 'text', []]) {
    await assert.rejects(performBroadcast(job as never), { code: 'TURBO_CABLE_BAD_OPTION' })
  }
})

test('configureBroadcasts renders and sends for a process without an app', async (t) => {
  const { url, received } = await broadcastServer(t)
  environment(t, { TURBO_CABLE_BROADCAST_URL: 'http://localhost:9/', TURBO_CABLE_BROADCAST_TOKEN: 'from-env' })
  const views = folder(t, { 'messages/_message.ejs': '<p><%= site %> <%= body %></p>' })
  const jobs: BroadcastJob[] = []
  const undo = configureBroadcasts({
    views,
    viewEngine: 'ejs',
    locals: { site: 'T' },
    url,
    scheduler: { schedule: (job) => void jobs.push(job) },
  })
  assert.equal(await broadcastAppendTo('s', { target: 'x', partial: 'messages/message', locals: { body: 'b' } }), true)
  assert.deepEqual(received[0]?.body, {
    stream: 's',
    data: '<turbo-stream action="append" target="x"><template><p>T b</p></template></turbo-stream>',
  })
  assert.equal(received[0]?.headers.authorization, 'Bearer from-env')
  broadcastAppendLaterTo('s', { target: 'x', html: '' })
  assert.equal(jobs.length, 1)
  undo()
  assert.equal(processRenderer(), undefined)
})

test('a cable goes before what was configured, whichever came first', (t) => {
  environment(t, {})
  const publisher = recorder()
  const unset = setProcessPublisher(publisher)
  const undo = configureBroadcasts({ url: 'http://a.test/', token: 't' })
  assert.equal(processPublisher(), publisher)
  unset()
  assert.notEqual(processPublisher(), publisher)
  undo()
})

test('configureBroadcasts refuses unknown options, halves and bad values at once', () => {
  const refused = [
    { veiws: 'views' },
    { views: 'views' },
    { viewEngine: 'ejs' },
    { views: 'views', viewEngine: 'no-such-engine' },
    { url: 'nope' },
    { token: 'a b' },
    { scheduler: {} as never },
  ]
  for (const options of refused) {
    assert.throws(() => configureBroadcasts(options), { code: 'TURBO_CABLE_BAD_OPTION' })
  }
  assert.throws(
    () => configureBroadcasts({ tokn: 's3Krit' } as never),
    (error: Error) =>
      /^Expected `tokn` to be one of the known options/.test(error.message) && !/s3Krit/.test(error.message),
  )
})
