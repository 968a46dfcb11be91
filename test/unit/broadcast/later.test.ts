// The queue of a process: off the request's path, in order within a stream, streams apart.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LaterQueue } from '../../../src/broadcast/later.ts'
import type { BroadcastJob } from '../../../src/broadcast/scheduler.ts'
import { warnings } from '../../support/warnings.ts'

function job(stream: string, html: string): BroadcastJob {
  return { stream, action: 'append', target: 'x', html }
}

test('nothing is done before the caller has returned', async () => {
  const done: string[] = []
  const queue = new LaterQueue(async ({ html }) => done.push(html ?? '') > 0)
  queue.schedule(job('a', '1'))
  await Promise.resolve()
  assert.deepEqual(done, [])
  await queue.idle()
  assert.deepEqual(done, ['1'])
})

test('a stream keeps its order, though its first job is the slowest', async () => {
  const done: string[] = []
  const gate = withResolvers()
  const queue = new LaterQueue(async ({ stream, html }) => {
    if (html === 'slow') await gate.promise
    done.push(`${stream} ${html}`)
    if (stream === 'b') gate.resolve()
    return true
  })
  queue.schedule(job('a', 'slow'))
  queue.schedule(job('a', 'quick'))
  queue.schedule(job('b', 'other'))
  await queue.idle()
  assert.deepEqual(done, ['b other', 'a slow', 'a quick'])
})

test('a failure is one logged line, and the next job goes on', async (t) => {
  const lines = warnings(t)
  const done: string[] = []
  const queue = new LaterQueue(async ({ html }) => {
    if (html === 'bad') throw new Error('oops\nand more')
    return done.push(html ?? '') > 0
  })
  queue.schedule(job('a', 'bad'))
  queue.schedule(job('a', 'good'))
  await queue.idle()
  assert.deepEqual(done, ['good'])
  assert.deepEqual(lines, ['[turbo-cable] broadcastAppendTo to "a" was not confirmed: oops and more'])
})

test('a job that throws before its promise is caught too', async (t) => {
  const lines = warnings(t)
  const queue = new LaterQueue(() => assert.fail('at once'))
  queue.schedule(job('a', ''))
  await queue.idle()
  assert.equal(lines.length, 1)
})

test('idle waits for jobs that jobs schedule, and is done at once when there are none', async () => {
  const done: string[] = []
  const queue: LaterQueue = new LaterQueue(async ({ html }) => {
    done.push(html ?? '')
    if (html === '1') queue.schedule(job('b', '2'))
    return true
  })
  await queue.idle()
  queue.schedule(job('a', '1'))
  await queue.idle()
  assert.deepEqual(done, ['1', '2'])
})

function withResolvers() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
