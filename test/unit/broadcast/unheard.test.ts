// A verb that rejects: whoever awaits it is told, and an app that forgot to is not ended by it.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { loggedIfUnheard } from '../../../src/broadcast/unheard.ts'
import { Program } from '../../support/program.ts'
import { warnings } from '../../support/warnings.ts'

const failed = () => loggedIfUnheard(Promise.reject(new Error('no partial')), (error) => `lost: ${error}`)

test('a rejection that nobody asks for is one logged line', async (t) => {
  const warned = warnings(t)
  failed()
  await setImmediate()
  await setImmediate()
  assert.deepEqual(warned, ['[turbo-cable] lost: Error: no partial'])
})

const ways: Record<string, (promise: Promise<boolean>) => Promise<unknown>> = {
  await: async (promise) => await promise,
  return: async (promise) => promise,
  catch: (promise) => promise.catch((error) => Promise.reject(error)),
  finally: (promise) => promise.finally(() => {}),
  'Promise.all': (promise) => Promise.all([promise]),
  'Promise.race': (promise) => Promise.race([promise]),
}
for (const [way, ask] of Object.entries(ways)) {
  test(`who asks by ${way} gets the rejection, and nothing is logged`, async (t) => {
    const warned = warnings(t)
    await assert.rejects(ask(failed()), /no partial/)
    await setImmediate()
    assert.deepEqual(warned, [])
  })
}

test('what was sent says so, and what is derived from it is an ordinary promise', async () => {
  const sent = loggedIfUnheard(Promise.resolve(true), String)
  const derived = sent.then((value) => !value)
  assert.equal(await sent, true)
  assert.equal(await derived, false)
  assert.equal(derived.constructor, Promise)
})

const program = (call: string) => `
  const express = require('express')
  const { Broadcastable, turboCable, broadcastUpdateTo } = require('./src/index.ts')
  class Todo extends Broadcastable() { id = 1 }
  const app = express().set('views', 'no-such-folder').set('view engine', 'ejs')
  ${call}
  setImmediate(() => setImmediate(() => console.log('it goes on')))
`

/** The line that a program of its own logs by the call; the program must end well after it. */
async function logged(t: TestContext, call: string): Promise<string> {
  const started = new Program(process.execPath, ['--import', 'tsx', '--eval', program(call)], { reads: 'stderr' })
  t.after(() => started.end())
  const line = await started.line()
  assert.equal(await started.ended, 0)
  await assert.rejects(started.line(), /it goes on/)
  return line
}

test('a forgotten await with a missing partial does not end the process', async (t) => {
  const line = await logged(t, "app.use(turboCable()); broadcastUpdateTo('todos', { target: 'x', partial: 'no/such' })")
  assert.match(line, /^\[turbo-cable\] broadcastUpdateTo sent nothing to "todos": Cannot find the partial "no\/such"/)
})

test('a Later method where nothing renders is one logged line, and saving goes on', async (t) => {
  const line = await logged(t, "new Todo().broadcastAppendLaterTo('todos')")
  assert.match(
    line,
    /^\[turbo-cable\] broadcastAppendTo sent nothing to "todos": Cannot render the partial "todos\/todo"/,
  )
})

test('a Later method whose partial is missing is one logged line', async (t) => {
  const line = await logged(t, 'app.use(turboCable()); new Todo().broadcastReplaceLater()')
  assert.match(
    line,
    /^\[turbo-cable\] broadcastReplaceTo sent nothing to "todo_1": Cannot find the partial "todos\/todo"/,
  )
})
