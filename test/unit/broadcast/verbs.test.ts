// The verbs: what they send, what they refuse at the call, and what a hub that is away does to them.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerbs, type VerbContext } from '../../../src/broadcast/create-verbs.ts'
import { createPerform } from '../../../src/broadcast/perform.ts'
import { Refreshes } from '../../../src/broadcast/refreshes.ts'
import type { BroadcastJob } from '../../../src/broadcast/scheduler.ts'
import { failure } from '../../../src/errors.ts'
import { Broadcastable } from '../../../src/index.ts'
import type { Publisher } from '../../../src/publisher/publisher.ts'
import type { Renderer } from '../../../src/render/renderer.ts'
import { recorder } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

class Message {
  constructor(readonly id?: unknown) {}
}
const message = new Message(1)

const echo: Renderer = { render: async (partial, locals) => `${partial} ${Object.keys(locals)}` }

function house(parts: Partial<{ publisher: Publisher; renderer: Renderer | undefined }> = {}) {
  const publisher = recorder()
  const jobs: BroadcastJob[] = []
  const renderer = 'renderer' in parts ? parts.renderer : echo
  const context: VerbContext = {
    publisher: () => parts.publisher ?? publisher,
    renderer: () => renderer,
    scheduler: () => ({ inProcess: true, schedule: (job) => void jobs.push(job) }),
    refreshes: () => new Refreshes(),
  }
  return { verbs: createVerbs(context), perform: createPerform(context), publisher, jobs }
}

const placing = ['append', 'prepend', 'replace', 'update', 'before', 'after'] as const
type Placing = (typeof placing)[number]

function verb(action: Placing, later = '') {
  return `broadcast${action.charAt(0).toUpperCase()}${action.slice(1)}${later}To` as 'broadcastAppendTo'
}

for (const action of placing) {
  test(`${verb(action)} sends the element of its action`, async () => {
    const { verbs, publisher } = house()
    assert.equal(await verbs[verb(action)](['room', 7], { target: 'x', html: '<p>hi</p>' }), true)
    assert.deepEqual(publisher.broadcasts, [
      {
        stream: 'room:7',
        data: `<turbo-stream action="${action}" target="x"><template><p>hi</p></template></turbo-stream>`,
      },
    ])
  })

  test(`${verb(action, 'Later')} schedules the same, and returns nothing`, async () => {
    const { verbs, publisher, jobs, perform } = house()
    const returned: unknown = verbs[verb(action, 'Later') as 'broadcastAppendLaterTo'](message, {
      target: message,
      text: '<',
    })
    assert.equal(returned instanceof Promise, false)
    assert.equal(publisher.broadcasts.length, 0)
    assert.deepEqual(jobs, [{ stream: 'message_1', action, target: 'message_1', text: '<' }])
    await perform(JSON.parse(JSON.stringify(jobs[0])))
    assert.equal(
      publisher.broadcasts[0]?.data,
      `<turbo-stream action="${action}" target="message_1"><template>&lt;</template></turbo-stream>`,
    )
  })
}

test('content is html, else text, else the partial, else nothing where render is false', async () => {
  const { verbs, publisher } = house()
  const all = { html: '<i>', text: '<t>', partial: 'a/b', locals: { x: 1 } }
  const { html: _html, ...textFirst } = all
  const { text: _text, ...partialOnly } = textFirst
  for (const options of [
    all,
    { ...all, html: '' },
    textFirst,
    partialOnly,
    { partial: 'p' },
    { ...all, render: false },
  ]) {
    await verbs.broadcastUpdateTo('s', { target: 'x', ...options })
  }
  const bodies = publisher.broadcasts.map(({ data }) => /<template>(.*)<\/template>/.exec(String(data))?.[1])
  assert.deepEqual(bodies, ['<i>', '', '&lt;t&gt;', 'a/b x', 'p ', ''])
})

test('a custom action needs neither target nor content', async () => {
  const { verbs, publisher } = house()
  await verbs.broadcastActionTo('s', { action: 'visit', attributes: { url: '/' } })
  assert.equal(
    publisher.broadcasts[0]?.data,
    '<turbo-stream url="/" action="visit"><template></template></turbo-stream>',
  )
})

test('remove and refresh render nothing', async () => {
  const { verbs, publisher } = house({ renderer: undefined })
  await verbs.broadcastRemoveTo('s', { target: message })
  await verbs.broadcastRemoveTo('s', { targets: '.x', attributes: { a: 1 } })
  await verbs.broadcastRefreshTo('s')
  await verbs.broadcastRefreshTo('s', { requestId: 'r', method: 'morph', scroll: 'preserve' })
  assert.deepEqual(
    publisher.broadcasts.map(({ data }) => data),
    [
      '<turbo-stream action="remove" target="message_1"></turbo-stream>',
      '<turbo-stream a="1" action="remove" targets=".x"></turbo-stream>',
      '<turbo-stream action="refresh"></turbo-stream>',
      '<turbo-stream request-id="r" method="morph" scroll="preserve" action="refresh"></turbo-stream>',
    ],
  )
})

test('the tab to leave out goes to the publisher', async () => {
  const { verbs, publisher, jobs, perform } = house()
  await verbs.broadcastAppendTo('s', { target: 'x', html: '', exclude: 'tab' })
  await verbs.broadcastRefreshTo('s', { exclude: 'tab' })
  await verbs.broadcastJson('s', {}, { exclude: 'tab' })
  verbs.broadcastAppendLaterTo('s', { target: 'x', html: '', exclude: 'tab' })
  for (const job of jobs) await perform(job)
  await verbs.broadcastAppendTo('s', { target: 'x', html: '' })
  await verbs.broadcastJson('s', {}, { exclude: { headers: { 'x-turbo-cable-connection': 'tab' } } })
  await verbs.broadcastJson('s', {}, { exclude: { headers: {} } })
  assert.deepEqual(
    publisher.broadcasts.map(({ exclude }) => exclude),
    ['tab', 'tab', 'tab', 'tab', undefined, 'tab', undefined],
  )
})

test('misuse throws at the call, whether awaited or not, now or later', () => {
  const { verbs, publisher, jobs } = house()
  const refused: [string, Record<string, unknown>, unknown?][] = [
    ['TURBO_CABLE_BAD_STREAM', { target: 'x', html: '' }, ''],
    ['TURBO_CABLE_BAD_STREAM', { target: 'x', html: '' }, new Message()],
    ['TURBO_CABLE_NO_TARGET', { html: '' }],
    ['TURBO_CABLE_NO_CONTENT', { target: 'x' }],
    ['TURBO_CABLE_NO_CONTENT', { target: 'x', html: null, locals: {} }],
    ['TURBO_CABLE_BAD_ATTRIBUTE', { target: 'x', html: '', attributes: { Target: 'y' } }],
    ['TURBO_CABLE_BAD_RECORD', { target: { id: 1 }, html: '' }],
    ['TURBO_CABLE_BAD_OPTION', { target: 'x', html: 5 }],
    ['TURBO_CABLE_BAD_OPTION', { target: 'x', html: '', method: 'x' }],
    ['TURBO_CABLE_BAD_OPTION', { target: 'x', partial: '' }],
    ['TURBO_CABLE_BAD_OPTION', { target: 'x', partial: 'a', locals: [] }],
  ]
  for (const [code, options, stream = 's'] of refused) {
    assert.throws(() => verbs.broadcastReplaceTo(stream as string, options), { code })
    assert.throws(() => verbs.broadcastReplaceLaterTo(stream as string, options), { code })
  }
  assert.throws(() => verbs.broadcastAppendTo('s', undefined as never), { code: 'TURBO_CABLE_NO_TARGET' })
  assert.throws(() => verbs.broadcastRemoveTo('s', {}), { code: 'TURBO_CABLE_NO_TARGET' })
  for (const options of [{}, undefined, null]) {
    assert.throws(() => verbs.broadcastActionTo('s', options as never), { code: 'TURBO_CABLE_BAD_OPTION' })
    assert.throws(() => verbs.broadcastActionLaterTo('s', options as never), { code: 'TURBO_CABLE_BAD_OPTION' })
  }
  assert.throws(() => verbs.broadcastRefreshTo('s', null as never), { code: 'TURBO_CABLE_BAD_OPTION' })
  assert.throws(() => verbs.broadcastRefreshLaterTo('s', null as never), { code: 'TURBO_CABLE_BAD_OPTION' })
  assert.throws(() => verbs.broadcastJson('s', 1, null as never), { code: 'TURBO_CABLE_BAD_OPTION' })
  assert.throws(() => verbs.broadcastRefreshTo('s', { scroll: 'x' as never }), { code: 'TURBO_CABLE_BAD_OPTION' })
  assert.deepEqual([publisher.broadcasts, jobs], [[], []])
})

test('the parts of a stream one by one, as Rails takes them, are refused with how they are written here', () => {
  const { verbs } = house()
  class Message extends Broadcastable() {
    id = 1
  }
  const message = new Message()
  const rule =
    /^TurboCableError: Expected `options` to be an object \(a stream of several parts is one array: \['room', 7\]\), got `"messages"` \(string\)$/
  for (const name of Object.keys(verbs)) {
    if (/Json$|broadcastStream$|Action/.test(name)) continue // what comes second there is something else
    const verb = verbs[name as keyof typeof verbs] as (...given: unknown[]) => unknown
    assert.throws(() => verb('room', 'messages', { target: 'x', html: '' }), rule, name)
  }
  const asRails = message.broadcastReplaceTo as unknown as (...given: unknown[]) => unknown
  assert.throws(() => asRails.call(message, 'room', 'messages'), rule)
})

test('a partial without a renderer throws at the call', () => {
  const { verbs } = house({ renderer: undefined })
  assert.throws(() => verbs.broadcastAppendTo('s', { target: 'x', partial: 'a/b' }), {
    code: 'TURBO_CABLE_NO_RENDERER',
  })
})

test('a render failure rejects, and nothing is sent', async (t) => {
  const lines = warnings(t)
  const error = failure('TURBO_CABLE_RENDER_FAILED', ['a', 'oops'])
  const { verbs, publisher } = house({ renderer: { render: () => Promise.reject(error) } })
  await assert.rejects(verbs.broadcastAppendTo('s', { target: 'x', partial: 'a' }), error)
  assert.deepEqual([publisher.broadcasts, lines], [[], []])
})

test('a hub that is away gives false and one logged line', async (t) => {
  const lines = warnings(t)
  const troubles = [
    failure('TURBO_CABLE_UNREACHABLE', ['http://a.test/', 'ECONNREFUSED']),
    failure('TURBO_CABLE_CLOSED', ['broadcast']),
    new Error('line one\nline two'),
    'no error at all',
  ]
  for (const error of troubles) {
    const { verbs } = house({ publisher: { publish: () => Promise.reject(error) } })
    assert.equal(await verbs.broadcastReplaceTo(['room', 7], { target: 'x', html: '' }), false)
  }
  const { verbs } = house({
    publisher: {
      publish() {
        throw new Error('at once')
      },
    },
  })
  assert.equal(await verbs.broadcastJson('s', {}), false)
  assert.equal(await verbs.broadcastActionTo('s', { action: 'custom' }), false)
  assert.deepEqual(lines, [
    '[turbo-cable] broadcastReplaceTo to "room:7" was not confirmed: Broadcast to http://a.test/ was not taken: ECONNREFUSED',
    '[turbo-cable] broadcastReplaceTo to "room:7" was not confirmed: Cannot broadcast: this cable is closed',
    '[turbo-cable] broadcastReplaceTo to "room:7" was not confirmed: line one line two',
    '[turbo-cable] broadcastReplaceTo to "room:7" was not confirmed: no error at all',
    '[turbo-cable] broadcastJson to "s" was not confirmed: at once',
    '[turbo-cable] broadcastActionTo to "s" was not confirmed: at once',
  ])
})

test('what a publisher refuses as misuse rejects', async (t) => {
  const lines = warnings(t)
  const error = failure('TURBO_CABLE_BAD_DATA', [1, 'too large'])
  const { verbs } = house({ publisher: { publish: () => Promise.reject(error) } })
  await assert.rejects(verbs.broadcastRefreshTo('s'), error)
  assert.deepEqual(lines, [])
})

test('broadcastJson sends any JSON value, as it was at the call', async () => {
  const { verbs, publisher } = house()
  const data = { status: 'processing', progress: [1], gone: undefined, at: new Date(0) }
  const sent = verbs.broadcastJson('s', data)
  data.progress.push(2)
  await sent
  for (const value of [null, 0, false, [1, null]]) await verbs.broadcastJson(['a', 1], value)
  assert.deepEqual(publisher.broadcasts, [
    { stream: 's', data: { status: 'processing', progress: [1], at: '1970-01-01T00:00:00.000Z' } },
    { stream: 'a:1', data: null },
    { stream: 'a:1', data: 0 },
    { stream: 'a:1', data: false },
    { stream: 'a:1', data: [1, null] },
  ])
})

test('broadcastJson refuses at the call what JSON cannot hold, and strings', () => {
  const { verbs } = house()
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  const values = ['text', '', new Date(0), undefined, () => 1, Symbol('x'), { deep: [() => 1] }, cyclic, 1n, { a: 1n }]
  for (const value of values) {
    assert.throws(
      () => verbs.broadcastJson('s', value),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'TURBO_CABLE_BAD_DATA')
        assert.doesNotMatch(error.message, /\n/)
        return true
      },
    )
  }
  assert.throws(() => verbs.broadcastJson('s', 'text'), /wrap it: \{ text: … \}/)
  assert.throws(
    () => verbs.broadcastJson('s', { deep: { call: () => 1 } }),
    /a function at "call" has no place in JSON/,
  )
  assert.throws(() => verbs.broadcastJson('', {}), { code: 'TURBO_CABLE_BAD_STREAM' })
})

test('a scheduler in trouble costs a logged line', async (t) => {
  const lines = warnings(t)
  const errors = [() => Promise.reject(new Error('queue away')), () => assert.fail('at once')]
  for (const schedule of errors) {
    const { broadcastAppendLaterTo } = createVerbs({
      publisher: recorder,
      renderer: () => undefined,
      scheduler: () => ({ schedule }),
      refreshes: () => new Refreshes(),
    })
    broadcastAppendLaterTo('s', { target: 'x', html: '' })
  }
  await new Promise(setImmediate)
  assert.deepEqual(lines, [
    '[turbo-cable] broadcastAppendTo sent nothing to "s": at once',
    '[turbo-cable] broadcastAppendTo sent nothing to "s": queue away',
  ])
})

test('a verb that sends now checks and writes what it was given once, a Later verb once more when its job comes back', async () => {
  const { verbs, perform, publisher, jobs } = house()
  let written = 0
  class Version {
    toString() {
      written += 1
      return 'v1'
    }
  }
  const options = { target: 'x', html: '', attributes: { version: new Version() } }
  await verbs.broadcastAppendTo('s', options)
  assert.equal(written, 1)
  verbs.broadcastAppendLaterTo('s', options)
  assert.equal(written, 2)
  for (const job of jobs) await perform(job)
  assert.equal(written, 3)
  assert.equal(publisher.broadcasts[0]?.data, publisher.broadcasts[1]?.data)
})

test('a job without content was meant to be empty', async () => {
  const { verbs, perform, publisher, jobs } = house()
  verbs.broadcastUpdateLaterTo('s', { target: 'x', render: false, partial: 'a' })
  assert.deepEqual(jobs, [{ stream: 's', action: 'update', target: 'x' }])
  for (const job of jobs) await perform(job)
  assert.equal(
    publisher.broadcasts[0]?.data,
    '<turbo-stream action="update" target="x"><template></template></turbo-stream>',
  )
})

test('a job that is no broadcast is refused before anything is sent', () => {
  const { perform, publisher } = house()
  assert.throws(() => perform({ stream: 'a,b', action: 'append', target: 'x', html: '' }), {
    code: 'TURBO_CABLE_BAD_STREAM',
  })
  assert.throws(() => perform({ stream: 's', action: 'append', html: '' }), { code: 'TURBO_CABLE_NO_TARGET' })
  const bad = [
    { html: 5 },
    { partial: 5 },
    { partial: 'a', locals: [] },
    { html: '', method: 'x' },
    { html: '', exclude: 5 },
  ]
  for (const parts of bad) {
    const job = { stream: 's', action: 'append', target: 'x', ...parts } as BroadcastJob
    assert.throws(() => perform(job), { code: 'TURBO_CABLE_BAD_OPTION' }, JSON.stringify(parts))
  }
  assert.deepEqual(publisher.broadcasts, [])
})

test('an option that no verb knows is refused at the call, with the one that was probably meant', () => {
  const { verbs } = house()
  const refused = (option: string, meant: string) => ({
    code: 'TURBO_CABLE_BAD_OPTION',
    message: `Unexpected option \`${option}\`: did you mean \`${meant}\`?`,
  })
  const wrong = (options: object) => options as never
  assert.throws(() => verbs.broadcastUpdateTo('s', wrong({ tagret: 'x', text: 1 })), refused('tagret', 'target'))
  assert.throws(() => verbs.broadcastUpdateLaterTo('s', wrong({ target: 'x', txt: 1 })), refused('txt', 'text'))
  assert.throws(() => verbs.broadcastRemoveTo('s', wrong({ target: 'x', exlude: 1 })), refused('exlude', 'exclude'))
  assert.throws(() => verbs.broadcastRefreshTo('s', wrong({ metod: 'morph' })), refused('metod', 'method'))
  assert.throws(() => verbs.broadcastJson('s', 1, wrong({ exlude: 1 })), refused('exlude', 'exclude'))
})

test('what is no job is told the rule, and what a queue adds to one is left alone', async () => {
  const { perform, publisher } = house()
  const rule = /^Expected `job` to be the job that a scheduler was given/
  for (const job of [null, undefined, 'job', 7]) {
    assert.throws(() => perform(job as never), { code: 'TURBO_CABLE_BAD_OPTION', message: rule })
  }
  await perform({ stream: 's', action: 'update', target: 'x', text: 'y', attempt: 2 } as never)
  assert.equal(publisher.broadcasts.length, 1)
})
