// What comes beside broadcasts is written once a turn, and what takes long gets a part of the time only.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { byStream, Gathered } from '../../../src/hub/gathered.ts'
import { turn } from '../../support/hub-doubles.ts'

it('what one turn brings is written once, in order', async () => {
  const written: (readonly number[])[] = []
  const gathered = new Gathered<number>((all) => written.push(all))
  for (const each of [1, 2, 3]) gathered.add(each, 1)
  assert.deepEqual(written, [])
  await turn()
  assert.deepEqual(written, [[1, 2, 3]])
  await turn()
  assert.equal(written.length, 1)
})

it('after writes that took long the next ones wait four times as long, and no longer than 100 ms', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let [now, takes] = [1_000, 10]
  const written: (readonly number[])[] = []
  const gathered = new Gathered<number>(
    (all) => {
      now += takes
      written.push(all)
    },
    () => now,
  )
  const pass = async (ms: number) => {
    now += ms
    t.mock.timers.tick(ms)
    await turn()
  }
  gathered.add(1, 1)
  await turn()
  assert.deepEqual(written, [[1]], 'a lone one does not wait')
  gathered.add(2, 1)
  await pass(39)
  gathered.add(3, 1)
  assert.equal(written.length, 1)
  takes = 5_000
  await pass(1)
  assert.deepEqual(written, [[1], [2, 3]])
  gathered.add(4, 1)
  await pass(99)
  assert.equal(written.length, 2)
  await pass(1)
  assert.deepEqual(written.at(-1), [4])
})

it('what is long does not wait for more, so that nobody is written too much at once', () => {
  const written: (readonly number[])[] = []
  const gathered = new Gathered<number>((all) => written.push(all))
  for (const each of [1, 2, 3, 4, 5]) gathered.add(each, 30_000)
  assert.deepEqual(written, [[1, 2, 3]])
  gathered.flush()
  assert.deepEqual(written.at(-1), [4, 5])
})

it('byStream keeps the order within each stream', () => {
  const all = ['a1', 'b1', 'a2'].map((name) => ({ stream: name.charAt(0), name }))
  assert.deepEqual(
    [...byStream(all)].map(([stream, own]) => [stream, own.map(({ name }) => name)]),
    [
      ['a', ['a1', 'a2']],
      ['b', ['b1']],
    ],
  )
})
