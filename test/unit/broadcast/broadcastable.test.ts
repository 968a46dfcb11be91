// The mixin: what a record fills in, and that it leaves the class alone otherwise.

import assert from 'node:assert/strict'
import { describe, it, type TestContext, test } from 'node:test'
import type { BroadcastJob } from '../../../src/broadcast/scheduler.ts'
import { failure } from '../../../src/errors.ts'
import { Broadcastable } from '../../../src/process/verbs.ts'
import type { Json, Publisher } from '../../../src/publisher/publisher.ts'
import type { Locals, Renderer } from '../../../src/render/renderer.ts'
import { defaults, recorder } from '../../support/sending.ts'

abstract class Model {
  static table(): string {
    return 'rows'
  }
  constructor(readonly values: { id?: number } = {}) {}
  get id(): number | undefined {
    return this.values.id
  }
}

class Message extends Broadcastable(Model) {
  static readonly all = Message.table()
}

class Profile extends Broadcastable() {
  static readonly modelName = 'Users::Profile'
  constructor(readonly id: number) {
    super()
  }
}

const message = new Message({ id: 1 })
const missing = failure('TURBO_CABLE_PARTIAL_MISSING', ['messages/message', ['messages/_message'], []])
const thrown = failure('TURBO_CABLE_RENDER_FAILED', ['messages/message', 'oh'])

function cable(t: TestContext) {
  const publisher = recorder()
  const jobs: BroadcastJob[] = []
  const renders: [string, Locals][] = []
  t.after(
    defaults.registerProcessCable({
      publisher: () => publisher,
      renderer: () => ({
        async render(partial, locals) {
          renders.push([partial, locals])
          return 'rendered'
        },
      }),
      // One that stores its jobs would not take a record without a serializer.
      scheduler: () => ({ inProcess: true, schedule: (job) => void jobs.push(job) }),
    }),
  )
  return { publisher, jobs, renders }
}

function stream(action: string, target: string, content = 'rendered'): Json {
  return `<turbo-stream action="${action}" target="${target}"><template>${content}</template></turbo-stream>`
}

test('the target is the list for append and prepend, the record itself for replace, update and remove', async (t) => {
  const { publisher } = cable(t)
  await message.broadcastAppendTo(['room', 7])
  await message.broadcastPrependTo('s')
  await message.broadcastReplaceTo('s')
  await message.broadcastUpdateTo('s')
  await message.broadcastRemoveTo('s')
  await message.broadcastActionTo('s', { action: 'highlight' })
  await message.broadcastActionTo('s', { action: 'replace' })
  assert.deepEqual(publisher.broadcasts, [
    { stream: 'room:7', data: stream('append', 'messages') },
    { stream: 's', data: stream('prepend', 'messages') },
    { stream: 's', data: stream('replace', 'message_1') },
    { stream: 's', data: stream('update', 'message_1') },
    { stream: 's', data: '<turbo-stream action="remove" target="message_1"></turbo-stream>' },
    { stream: 's', data: stream('highlight', 'messages', '') },
    { stream: 's', data: stream('replace', 'message_1') },
  ])
})

test('before and after need a target, at the call', async (t) => {
  const { publisher, jobs } = cable(t)
  assert.throws(() => message.broadcastBeforeTo('s', {}), { code: 'TURBO_CABLE_NO_TARGET' })
  assert.throws(() => message.broadcastAfterTo('s', {}), { code: 'TURBO_CABLE_NO_TARGET' })
  assert.throws(() => message.broadcastAfterLaterTo('s', {}), { code: 'TURBO_CABLE_NO_TARGET' })
  await message.broadcastBeforeTo('s', { target: 'x' })
  await message.broadcastAfterTo('s', { target: new Message({ id: 2 }) })
  message.broadcastBeforeLaterTo('s', { target: 'x' })
  message.broadcastAfterLaterTo('s', { target: 'x' })
  assert.deepEqual(
    publisher.broadcasts.map(({ data }) => data),
    [stream('before', 'x'), stream('after', 'message_2')],
  )
  assert.deepEqual(
    jobs.map(({ action }) => action),
    ['before', 'after'],
  )
})

test('a target or targets of the caller stay', async (t) => {
  const { publisher } = cable(t)
  await message.broadcastAppendTo('s', { target: 'top' })
  await message.broadcastRemoveTo('s', { targets: '.old' })
  assert.deepEqual(
    publisher.broadcasts.map(({ data }) => data),
    [stream('append', 'top'), '<turbo-stream action="remove" targets=".old"></turbo-stream>'],
  )
})

test('the content is the partial of the model, with the record as its local', async (t) => {
  const { renders } = cable(t)
  await message.broadcastAppendTo('s', { locals: { admin: true } })
  const profile = new Profile(2)
  await profile.broadcastReplaceTo('s')
  await message.broadcastReplaceTo('s', { partial: 'messages/line' })
  await message.broadcastActionTo('s', { action: 'highlight', partial: 'messages/line' })
  assert.deepEqual(renders, [
    ['messages/message', { message, admin: true }],
    ['users/profiles/profile', { profile }],
    ['messages/line', { message }],
    ['messages/line', { message }],
  ])
})

test('a local of the caller is never overwritten', async (t) => {
  const { renders } = cable(t)
  await message.broadcastReplaceTo('s', { locals: { message: 'mine' } })
  await message.broadcastReplaceTo('s', { locals: { message: undefined } })
  assert.deepEqual(renders, [
    ['messages/message', { message: 'mine' }],
    ['messages/message', { message: undefined }],
  ])
})

test('explicit content is not replaced by the partial, be it empty', async (t) => {
  const { publisher, renders } = cable(t)
  for (const options of [{ html: '' }, { html: '<i>' }, { text: '<' }, { text: 0 }, { render: false }]) {
    await message.broadcastUpdateTo('s', options)
  }
  assert.deepEqual(renders, [])
  assert.deepEqual(
    publisher.broadcasts.map(({ data }) => data),
    ['', '<i>', '&lt;', '0', ''].map((content) => stream('update', 'message_1', content)),
  )
})

test('Later methods resolve names and ids at the call', async (t) => {
  const { jobs, publisher } = cable(t)
  const gone = new Message({ id: 9 })
  gone.broadcastReplaceLaterTo([gone, 'x'])
  gone.broadcastUpdateLaterTo('s', { html: '' })
  gone.broadcastAppendLaterTo('s')
  gone.broadcastPrependLaterTo('s')
  gone.broadcastActionLaterTo('s', { action: 'highlight' })
  Object.assign(gone.values, { id: undefined })
  assert.deepEqual(jobs, [
    {
      stream: 'message_9:x',
      action: 'replace',
      target: 'message_9',
      partial: 'messages/message',
      locals: { message: gone },
    },
    { stream: 's', action: 'update', target: 'message_9', html: '' },
    { stream: 's', action: 'append', target: 'messages', partial: 'messages/message', locals: { message: gone } },
    { stream: 's', action: 'prepend', target: 'messages', partial: 'messages/message', locals: { message: gone } },
    { stream: 's', action: 'highlight', target: 'messages' },
  ])
  assert.deepEqual(publisher.broadcasts, [])
})

test('methods without To send to the stream of the record', async (t) => {
  const { publisher, jobs } = cable(t)
  await message.broadcastAppend()
  await message.broadcastPrepend({ target: 'x' })
  await message.broadcastReplace({ html: '' })
  await message.broadcastUpdate()
  await message.broadcastRemove()
  await message.broadcastRefresh({ requestId: 'r' })
  message.broadcastAppendLater()
  message.broadcastPrependLater()
  message.broadcastReplaceLater()
  message.broadcastUpdateLater({ text: 'x' })
  assert.deepEqual(
    publisher.broadcasts,
    [
      stream('append', 'messages'),
      stream('prepend', 'x'),
      stream('replace', 'message_1', ''),
      stream('update', 'message_1'),
      '<turbo-stream action="remove" target="message_1"></turbo-stream>',
      '<turbo-stream request-id="r" action="refresh"></turbo-stream>',
    ].map((data) => ({ stream: 'message_1', data })),
  )
  assert.deepEqual(
    jobs.map((job) => `${job.stream} ${job.action}`),
    ['message_1 append', 'message_1 prepend', 'message_1 replace', 'message_1 update'],
  )
})

test('an unsaved record goes to a list, and has no stream of its own', async (t) => {
  const { publisher } = cable(t)
  await new Message().broadcastAppendTo('s', { html: '' })
  assert.equal(publisher.broadcasts[0]?.data, stream('append', 'messages', ''))
  assert.throws(() => new Message().broadcastAppend({ html: '' }), { code: 'TURBO_CABLE_BAD_STREAM' })
})

function sending(publisher: Publisher, renderer?: Renderer) {
  return { publisher: () => publisher, renderer: () => renderer, scheduler: () => assert.fail() }
}

describe('a record whose content cannot be rendered', () => {
  const failing: [why: string, renderer: Renderer | undefined, line: RegExp][] = [
    ['for want of a renderer', undefined, /no Express app is known/],
    [
      'as its partial is missing',
      { render: () => Promise.reject(missing) },
      /Cannot find the partial "messages\/message"/,
    ],
    ['as its partial throws', { render: () => Promise.reject(thrown) }, /failed to render: oh/],
  ]
  for (const [why, renderer, line] of failing)
    it(`${why} is saved all the same: false, after one logged line`, async (t) => {
      const warned = t.mock.method(console, 'warn', () => {})
      const publisher = recorder()
      t.after(defaults.registerProcessCable(sending(publisher, renderer)))
      assert.equal(await message.broadcastAppendTo('s'), false)
      assert.equal(await message.broadcastReplace(), false)
      assert.equal(await message.broadcastActionTo('s', { action: 'x', partial: 'messages/message' }), false)
      const lines = warned.mock.calls.map(({ arguments: [text] }) => String(text))
      assert.equal(lines.length, 3)
      assert.match(lines[1] ?? '', /^\[turbo-cable\] broadcastReplaceTo sent nothing to "message_1": /)
      for (const text of lines) assert.match(text, line)
      assert.equal(await message.broadcastReplaceTo('s', { html: 'x' }), true)
    })

  it('is misused at the call as before, and a publisher that refuses rejects', async (t) => {
    const refusal = Object.assign(new Error('bad'), { code: 'TURBO_CABLE_BAD_DATA' })
    t.after(defaults.registerProcessCable(sending({ publish: () => Promise.reject(refusal) })))
    assert.throws(() => message.broadcastAppendTo(''), { code: 'TURBO_CABLE_BAD_STREAM' })
    await assert.rejects(message.broadcastAppendTo('s', { html: '' }), refusal)
  })
})

test('a class keeps its constructor, its statics and its instances', () => {
  class Counter extends Broadcastable(Object) {
    readonly id = 1
  }
  assert.equal(Message.all, 'rows')
  assert.ok(message instanceof Model)
  assert.deepEqual(message.values, { id: 1 })
  assert.deepEqual(Object.keys(new Counter()), ['id'])
  assert.equal(typeof new Counter().broadcastReplaceTo, 'function')
})

/** Never called: what the compiler must refuse. */
export function wrongTypes(): void {
  // @ts-expect-error no stream
  message.broadcastAppendTo(null)
  // @ts-expect-error the base's own constructor
  new Message({ id: 'one' })
  // @ts-expect-error before has no target of its own
  message.broadcastBeforeTo('s')
  // @ts-expect-error a misspelt option
  message.broadcastAppendTo('s', { tagret: 'x' })
}
