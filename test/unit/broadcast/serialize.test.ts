// What the job of a Later verb carries: nothing that JSON would change, or a serializer's word for it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import vm from 'node:vm'
import fc from 'fast-check'
import { createVerbs, type VerbContext } from '../../../src/broadcast/create-verbs.ts'
import { LaterQueue } from '../../../src/broadcast/later.ts'
import { createPerform } from '../../../src/broadcast/perform.ts'
import { Refreshes } from '../../../src/broadcast/refreshes.ts'
import type { BroadcastJob, Scheduler } from '../../../src/broadcast/scheduler.ts'
import { dumped, loaded, type Serializers } from '../../../src/broadcast/serialize.ts'
import { configureBroadcasts } from '../../../src/process/configure.ts'
import { recorder } from '../../support/sending.ts'
import { warnings } from '../../support/warnings.ts'

class Message {
  constructor(readonly id: number) {}
}
class Reply extends Message {}
const serializers: Serializers = {
  Message: { class: Message, dump: ({ id }) => id, load: async (id) => (id > 100 ? null : new Message(id)) },
}

const never = () => assert.fail('nothing is gone')
const journey = async (value: unknown, by?: Serializers) =>
  loaded(JSON.parse(JSON.stringify(dumped(value, 'locals', { serializers: by }))), 'locals', by, never)

const refused: [what: string, value: unknown, path: string][] = [
  ['NaN', { n: Number.NaN }, '`locals.n` is NaN'],
  ['Infinity', { list: [1, -Infinity] }, '`locals.list[1]` is -Infinity'],
  ['a BigInt', { 'a b': 1n }, '`locals["a b"]` is a bigint'],
  ['a function', { helper: () => 1 }, '`locals.helper` is a function'],
  ['a symbol', { s: Symbol('x') }, '`locals.s` is a symbol'],
  ['a key that is a symbol', { o: { [Symbol('x')]: 1 } }, '`locals.o` has the key Symbol(x)'],
  [
    'a getter',
    {
      message: {
        get createdAt() {
          return 1
        },
      },
    },
    '`locals.message.createdAt` is a getter',
  ],
  ['an instance', { message: { author: new Message(1) } }, '`locals.message.author` is an instance of `Message`'],
  ['a Map', { tags: new Map() }, '`locals.tags` is an instance of `Map`'],
  ['bytes', { bytes: Buffer.from('x') }, '`locals.bytes` is an instance of `Buffer`'],
  ['an error', { error: new Error('no') }, '`locals.error` is an instance of `Error`'],
  ['a Date that is none', { at: new Date('x') }, 'could not dump `locals.at`: Invalid time value'],
  ['a forged mark', { x: { _turbo_cable: 'Message', data: 1 } }, '`locals.x` has the key `_turbo_cable`'],
]

for (const [what, value, path] of refused) {
  test(`${what} is refused with its path`, () => {
    assert.throws(() => dumped(value, 'locals'), {
      code: 'TURBO_CABLE_BAD_DATA',
      message: new RegExp(path.replace(/[.()[\]]/g, '\\$&')),
    })
  })
}

test('what is part of itself is refused; what is there twice is not', async () => {
  const circle: { self?: unknown } = {}
  circle.self = [circle]
  assert.throws(() => dumped({ circle }, 'locals'), /`locals\.circle\.self\[0\]` is part of itself/)
  const twice = { a: 1 }
  assert.deepEqual(await journey({ one: twice, two: twice }), { one: { a: 1 }, two: { a: 1 } })
})

test('whatever JSON keeps arrives as it was, names like __proto__ too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), async (locals) => {
      assert.deepEqual(await journey(locals), JSON.parse(JSON.stringify(locals)))
    }),
  )
  const odd = JSON.parse('{ "__proto__": { "a": 1 } }')
  assert.deepEqual(Object.entries((await journey(odd)) as object), [['__proto__', { a: 1 }]])
})

test('an object of another realm, or without a prototype, is a plain one', async () => {
  assert.deepEqual(await journey(vm.runInNewContext('({ a: [1] })')), { a: [1] })
  assert.deepEqual(await journey(Object.assign(Object.create(null), { a: 1 })), { a: 1 })
})

test('what is undefined arrives as such, and is not simply absent', async () => {
  const arrived = await journey({ heat: undefined, list: [1, undefined] })
  assert.deepEqual(arrived, { heat: undefined, list: [1, undefined] })
  assert.ok(Object.hasOwn(arrived as object, 'heat'))
})

test('a Date arrives as a Date, an instance by its serializer, in arrays and objects', async () => {
  const at = new Date(86_400_000)
  const arrived = await journey({ at, list: [{ message: new Message(7) }, new Reply(8)] }, serializers)
  assert.deepEqual(arrived, { at, list: [{ message: new Message(7) }, new Message(8)] })
})

test('what a serializer dumps is dumped itself, and what it throws is said with the path', async () => {
  const nested: Serializers = {
    ...serializers,
    Thread: { class: Thread, dump: ({ first, at }) => ({ first, at }), load: ({ first, at }) => new Thread(first, at) },
  }
  const thread = new Thread(new Message(1), new Date(0))
  assert.deepEqual(await journey({ thread }, nested), { thread })
  const bad: Serializers = { Message: { class: Message, dump: () => assert.fail('unsaved'), load: never } }
  assert.throws(() => dumped({ m: new Message(1) }, 'locals', { serializers: bad }), {
    code: 'TURBO_CABLE_BAD_DATA',
    message: /`Message` could not dump `locals\.m`: unsaved/,
  })
  const itself: Serializers = { Message: { class: Message, dump: (message) => message, load: never } }
  assert.throws(() => dumped({ m: new Message(1) }, 'locals', { serializers: itself }), /`locals\.m` is part of itself/)
})

test('what no serializer of this process loads is an error that names it', async () => {
  const job = dumped({ message: new Message(1) }, 'locals', { serializers })
  await assert.rejects(loaded(job, 'locals', undefined, never), {
    code: 'TURBO_CABLE_BAD_DATA',
    message: /`locals\.message` was dumped by a serializer `Message`/,
  })
})

function house(scheduler?: Scheduler, declared?: Serializers) {
  const publisher = recorder()
  const seen: unknown[] = []
  const jobs: BroadcastJob[] = []
  const sending = {
    publisher: () => publisher,
    renderer: () => ({ render: async (_: string, locals: object) => String(seen.push(locals)) }),
    serializers: () => declared,
  }
  const store: Scheduler = { schedule: (job) => void jobs.push(JSON.parse(JSON.stringify(job))) }
  const context: VerbContext = { ...sending, scheduler: () => scheduler ?? store, refreshes: () => new Refreshes() }
  return { verbs: createVerbs(context), perform: createPerform(sending), publisher, seen, jobs }
}

const partial = (locals: object) => ({ target: 'x', partial: 'p', locals: locals as Record<string, unknown> })

test('a Later verb refuses at the call, the queue of the process and one that stores alike', async () => {
  for (const scheduler of [undefined, new LaterQueue(async () => true)]) {
    const { verbs } = house(scheduler)
    for (const locals of [{ f: () => 1 }, { tags: new Set() }, { n: Number.NaN }]) {
      assert.throws(() => verbs.broadcastAppendLaterTo('s', partial(locals)), { code: 'TURBO_CABLE_BAD_DATA' })
    }
    assert.throws(() => verbs.broadcastUpdateLaterTo('s', { target: 'x', text: Number.NaN }), /`text` is NaN/)
  }
})

test('the queue of the process hands a record on as it is, and everything else as it was at the call', async () => {
  const seen: unknown[] = []
  const queue = new LaterQueue(async (job) => seen.push(job.locals) > 0)
  const message = new Message(1)
  const list = [1]
  house(queue).verbs.broadcastAppendLaterTo('s', partial({ message, list }))
  list.push(2)
  await queue.idle()
  assert.deepEqual(seen, [{ message, list: [1] }])
  assert.equal((seen[0] as { message: Message }).message, message)
})

test('once serializers are declared, the queue of the process follows the rules of one that stores', async () => {
  class Other {}
  const queue: LaterQueue = new LaterQueue((job) => performed.perform(job))
  const performed = house(queue, serializers)
  const message = new Message(1)
  performed.verbs.broadcastAppendLaterTo('s', partial({ message }))
  await queue.idle()
  assert.deepEqual(performed.seen, [{ message }])
  assert.notEqual((performed.seen[0] as { message: Message }).message, message)
  assert.throws(() => performed.verbs.broadcastAppendLaterTo('s', partial({ other: new Other() })), /`Other`/)
})

test('the attributes of a stored job are as they are printed', async () => {
  const { verbs, perform, jobs, publisher } = house()
  const attributes = {
    hidden: true,
    class: { on: true },
    data: { at: new Date(0), none: undefined, user_id: 7 },
    v: Number.NaN,
  }
  await verbs.broadcastAppendTo('s', { target: 'x', html: '', attributes })
  verbs.broadcastAppendLaterTo('s', { target: 'x', html: '', attributes })
  for (const job of jobs) await perform(job)
  assert.equal(publisher.broadcasts[1]?.data, publisher.broadcasts[0]?.data)
})

test('a record that is no longer there when its job comes is one logged line, and nothing is sent', async (t) => {
  const lines = warnings(t)
  const { verbs, perform, jobs, publisher } = house(undefined, serializers)
  verbs.broadcastReplaceLaterTo('s', partial({ message: new Message(101) }))
  for (const job of jobs) assert.equal(await perform(job), false)
  assert.deepEqual(lines, ['[turbo-cable] broadcastReplaceTo sent nothing to "s": `locals.message` is no longer there'])
  assert.equal(publisher.broadcasts.length, 0)
})

test('configureBroadcasts refuses a serializer that is none', () => {
  for (const serialize of [{ Message }, { Message: { class: Message, dump: () => 1 } }, { Message: null }]) {
    assert.throws(() => configureBroadcasts({ serialize: serialize as never }), {
      code: 'TURBO_CABLE_BAD_OPTION',
      message: /`serialize\.Message`/,
    })
  }
})

class Thread {
  constructor(
    readonly first: Message,
    readonly at: Date,
  ) {}
}
