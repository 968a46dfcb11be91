// Broadcasts of whole elements: a view of them, and text that is written already.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createVerbs } from '../../../src/broadcast/create-verbs.ts'
import { createPerform } from '../../../src/broadcast/perform.ts'
import { Refreshes } from '../../../src/broadcast/refreshes.ts'
import type { BroadcastJob } from '../../../src/broadcast/scheduler.ts'
import { functionRenderer } from '../../../src/render/function.ts'
import type { RenderFunction } from '../../../src/render/renderer.ts'
import { turboStream } from '../../../src/turbo/turbo-stream.ts'
import { recorder } from '../../support/sending.ts'

const view: RenderFunction = (name, { n }) =>
  `\n${turboStream.update('name', { text: name })}\n ${turboStream.remove(`row_${n}`)}\n`
const expected =
  '<turbo-stream action="update" target="name"><template>messages/create.turbo_stream</template></turbo-stream>' +
  '<turbo-stream action="remove" target="row_7"></turbo-stream>'

function sending(render: RenderFunction = view) {
  const publisher = recorder()
  const jobs: BroadcastJob[] = []
  const context = { publisher: () => publisher, renderer: () => functionRenderer(render) }
  const scheduler = { inProcess: true, schedule: (job: BroadcastJob) => void jobs.push(job) }
  return {
    ...createVerbs({ ...context, scheduler: () => scheduler, refreshes: () => new Refreshes() }),
    perform: createPerform(context),
    publisher,
    jobs,
  }
}

test('broadcastRenderTo sends all elements of a view as one message', async () => {
  const { broadcastRenderTo, publisher } = sending()
  const options = { partial: 'messages/create', locals: { n: 7 }, exclude: 'tab' }
  assert.equal(await broadcastRenderTo(['room', 7], options), true)
  assert.deepEqual(publisher.broadcasts, [{ stream: 'room:7', data: expected, exclude: 'tab' }])
})

test('broadcastRenderLaterTo leaves a job that JSON can hold, and that performs the same', async () => {
  const { broadcastRenderLaterTo, perform, publisher, jobs } = sending()
  broadcastRenderLaterTo('room', { partial: 'messages/create', locals: { n: 7 }, exclude: 'tab' })
  assert.equal(await perform(JSON.parse(JSON.stringify(jobs[0]))), true)
  assert.deepEqual(publisher.broadcasts, [{ stream: 'room', data: expected, exclude: 'tab' }])
})

test('a view that writes nothing sends nothing, and one that writes something else is refused', async () => {
  const nothing = sending(() => ' \n')
  assert.equal(await nothing.broadcastRenderTo('room', { partial: 'a' }), true)
  assert.deepEqual(nothing.publisher.broadcasts, [])
  const page = sending(() => '<p>a page</p>')
  await assert.rejects(page.broadcastRenderTo('room', { partial: 'a' }), { code: 'TURBO_CABLE_BAD_OPTION' })
})

test('broadcastStreamTo sends elements as they are, without whitespace between them', async () => {
  const { broadcastStreamTo, publisher } = sending()
  const [a, b] = [turboStream.remove('a'), turboStream.remove('b')]
  assert.equal(await broadcastStreamTo('room', { content: `${a}\n${b}\n` }), true)
  assert.deepEqual(publisher.broadcasts, [{ stream: 'room', data: a + b }])
})

test('misuse throws at the call', () => {
  const { broadcastRenderTo, broadcastRenderLaterTo, broadcastStreamTo, jobs } = sending()
  const bad = { code: 'TURBO_CABLE_BAD_OPTION' }
  for (const verb of [broadcastRenderTo, broadcastRenderLaterTo]) {
    assert.throws(() => verb('room', {} as { partial: string }), bad)
    assert.throws(() => verb('room', { partial: 'a', target: 'x' } as { partial: string }), bad)
    assert.throws(() => verb('room', { partial: 'a', locals: 7 as never }), bad)
    assert.throws(() => verb('', { partial: 'a' }), { code: 'TURBO_CABLE_BAD_STREAM' })
  }
  for (const content of ['hello', undefined]) {
    assert.throws(() => broadcastStreamTo('room', { content: content as string }), bad)
  }
  assert.deepEqual(jobs, [])
})
