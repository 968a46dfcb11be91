// What the log says of subscribes and broadcasts, so that a page that stays still can be understood.

import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { format } from 'node:util'
import createDebug from 'debug'
import { hubOf, turn } from '../../support/hub-doubles.ts'
import { warnings } from '../../support/warnings.ts'

/** Every line of DEBUG=turbo-cable:hub from now to the end of the test. */
function debugged(t: TestContext): string[] {
  const lines: string[] = []
  const { log } = createDebug
  createDebug.log = (...parameters: unknown[]) => void lines.push(format(...parameters))
  createDebug.enable('turbo-cable:hub')
  t.after(() => {
    createDebug.disable()
    createDebug.log = log
  })
  return lines
}

const said = (lines: readonly string[], pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[0] ?? [])

it('a broadcast is a line: its stream, its pages, its bytes', async (t) => {
  const lines = debugged(t)
  const { client, publish } = hubOf()
  const pages = [client(), client()]
  for (const page of pages) page.subscribe('counter')
  await publish('counter', 'x'.repeat(85))
  await publish('nobody', 1)
  assert.deepEqual(said(lines, /→ \S+, .*bytes/), ['→ counter, 2 pages, 87 bytes', '→ nobody, 0 pages, 1 bytes'])
})

it('a subscribe is a line: who, what, and the answer with its reason', async (t) => {
  const lines = debugged(t)
  const { client } = hubOf({ authorize: ({ stream }: { stream: string }) => stream === 'mine', publicStreams: /^[my]/ })
  const page = client()
  for (const stream of ['mine', 'yours', 'secret', `t${'o'.repeat(60)}ken`]) page.subscribe(stream)
  await turn()
  await turn()
  assert.deepEqual(said(lines, /somebody asks for .*?: \w+(?:, \w+)?/).sort(), [
    'somebody asks for "secret": rejected, unauthorized',
    `somebody asks for "t${'o'.repeat(38)}…": rejected, unauthorized`,
    'somebody asks for "yours": rejected, unauthorized',
    'somebody asks for mine: subscribed',
  ])
})

it('a name that is spelt almost like one that was asked for is said once', async (t) => {
  const warned = warnings(t)
  const { client, publish } = hubOf()
  client().subscribe('messages')
  client().subscribe('room:7')
  for (const stream of ['mesages', 'mesages', 'room:8', 'scores', 'messages']) await publish(stream, 1)
  assert.deepEqual(warned, [
    '[turbo-cable] a broadcast went to "mesages", which no page has asked for; pages have asked for "messages": did you mean that?',
  ])
})

it('a name that was asked for once is no slip, also when its page has gone', async (t) => {
  const warned = warnings(t)
  const { client, publish } = hubOf()
  client().subscribe('message')
  const page = client()
  page.subscribe('messages')
  page.unsubscribe('messages')
  await publish('messages', 1)
  assert.deepEqual(warned, [])
})

it('in production nothing is compared', async (t) => {
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  t.after(() => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
  })
  const warned = warnings(t)
  const { client, publish } = hubOf()
  client().subscribe('messages')
  await publish('mesages', 1)
  assert.deepEqual(warned, [])
})
