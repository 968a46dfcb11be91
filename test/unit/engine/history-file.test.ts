// The history over a restart: it goes on exactly, or not at all.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, mock } from 'node:test'
import type { EngineDelegate, Signal } from '../../../src/engine/engine.ts'
import { MemoryEngine } from '../../../src/engine/memory.ts'
import { resolveOptions } from '../../../src/options/options.ts'
import { warnings } from '../../support/warnings.ts'

const nobody: EngineDelegate = { delivered() {}, lost: () => assert.fail(), signalled: () => assert.fail() }

async function withFile(run: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'history-'))
  try {
    await run(join(folder, 'history'))
    const left = (await readdir(folder)).filter((name) => name !== 'history')
    assert.deepEqual(left, [], 'nothing but the file itself')
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function started(file: string, more: object = {}): Promise<MemoryEngine> {
  const engine = new MemoryEngine(resolveOptions({ history: { file, ...more } }).history)
  await engine.start(nobody)
  return engine
}

const publish = (engine: MemoryEngine, stream: string, n: number, id?: string) =>
  engine.publish([{ stream, json: JSON.stringify(n), exclude: undefined }], id)

const replayed = async (engine: MemoryEngine, stream: string, cursor: string) => {
  const { recovered, messages } = await engine.since(stream, cursor)
  return recovered ? messages.map(({ json }) => Number(json)) : 'gap'
}

describe('a history with a file', () => {
  it('goes on over a graceful restart: epoch, positions, what is held, and what is known to be gone', () =>
    withFile(async (file) => {
      const first = await started(file, { size: 2 })
      for (let n = 1; n <= 3; n++) await publish(first, 'a', n)
      await publish(first, 'b', 4)
      const cursors = [0, 1, 2, 3, 4].map((position) => first.cursorAt(position))
      await first.stop(nobody)

      const second = await started(file, { size: 2 })
      assert.equal(second.cursor(), cursors[4])
      const answers = await Promise.all(cursors.map((cursor) => replayed(second, 'a', cursor)))
      assert.deepEqual(answers, ['gap', [2, 3], [3], [], []])
      assert.deepEqual(await replayed(second, 'b', cursors[0] as string), [4])
      assert.deepEqual(await replayed(second, 'never', cursors[0] as string), [])
      await publish(second, 'a', 5)
      assert.deepEqual(await replayed(second, 'a', cursors[4] as string), [5])
      await second.stop(nobody)
    }))

  it('says at the start that the folder is not there, and not only when the history is lost', (t) =>
    withFile(async (file) => {
      const said = warnings(t)
      await (await started(file)).stop(nobody)
      assert.deepEqual(said, [])
      const engine = await started(`${file}-of/nobody`)
      assert.match(
        said.join(),
        /the history will not be kept in .*-of\/nobody, whose folder has to be there and writable: ENOENT/,
      )
      await engine.stop(nobody)
    }))

  it('carries revocations that have an end, and no others', () =>
    withFile(async (file) => {
      const first = await started(file)
      const until = Date.now() + 3_600_000
      const heard: Signal[] = []
      const listener = (to: Signal[]): EngineDelegate => ({ ...nobody, signalled: (signal) => void to.push(signal) })
      await first.stop(nobody)
      const listening = listener(heard)
      await first.start(listening)
      for (const subject of ['a', 'b']) await first.signal({ type: 'revoke', stream: 's', subject, until })
      await first.signal({ type: 'revoke', stream: 's', subject: 'ended', until: Date.now() })
      await first.signal({ type: 'revoke', stream: 's', subject: 'without an end' })
      await first.signal({ type: 'restore', stream: 's', subject: 'b' })
      const held = [{ type: 'revoke', stream: 's', subject: 'a', until }]
      // Another cable on the same engine, and one after a restart.
      for (const [engine, leaving] of [
        [first, listening],
        [new MemoryEngine(resolveOptions({ history: { file } }).history), undefined],
      ] as const) {
        const later: Signal[] = []
        const other = listener(later)
        await engine.start(other)
        assert.deepEqual(later, held)
        await engine.stop(other)
        if (leaving) await engine.stop(leaving)
      }
    }))

  it('applies a broadcast that is sent again after the restart once', () =>
    withFile(async (file) => {
      const first = await started(file)
      await publish(first, 'a', 1, 'id')
      await first.stop(nobody)
      const second = await started(file)
      await publish(second, 'a', 1, 'id')
      assert.equal(second.position(), 1)
      await second.stop(nobody)
    }))

  it('is taken once: of two processes that start, one goes on and one starts anew', () =>
    withFile(async (file) => {
      const first = await started(file)
      await publish(first, 'a', 1)
      await first.stop(nobody)
      const [second, third] = [await started(file), await started(file)]
      assert.equal(second.epoch, first.epoch)
      assert.notEqual(third.epoch, first.epoch)
    }))

  it('is not gone on from after a crash', () =>
    withFile(async (file) => {
      const first = await started(file)
      await publish(first, 'a', 1)
      await first.stop(nobody)
      await started(file)
      // That one never stopped.
      const after = await started(file)
      assert.notEqual(after.epoch, first.epoch)
      assert.equal(await replayed(after, 'a', first.cursorAt(0)), 'gap')
    }))

  it('of an engine that went on in the same process is thrown away', () =>
    withFile(async (file) => {
      const engine = await started(file)
      await engine.stop(nobody)
      await engine.start(nobody)
      await publish(engine, 'a', 1)
      const other = await started(file)
      assert.notEqual(other.epoch, engine.epoch)
    }))

  const damages: [string, (text: string) => string][] = [
    ['torn', (text) => text.slice(0, -5)],
    ['empty', () => ''],
    ['changed', (text) => text.replace('"position":2', '"position":1')],
    ['of another program', () => '{"hello":1}'],
    ['of another version', (text) => text.replace('history 1', 'history 2')],
  ]
  for (const [what, damage] of damages) {
    it(`that is ${what} is not used, and the log says so`, (t) =>
      withFile(async (file) => {
        const first = await started(file)
        await publish(first, 'a', 1)
        await publish(first, 'a', 2)
        await first.stop(nobody)
        await writeFile(file, damage(await readFile(file, 'utf8')))
        const warned = t.mock.method(console, 'warn', () => {})
        const second = await started(file)
        assert.equal(warned.mock.callCount(), 1)
        assert.notEqual(second.epoch, first.epoch)
        assert.equal(await replayed(second, 'a', first.cursorAt(0)), 'gap')
      }))
  }

  it('forgets meanwhile what is too old', () =>
    withFile(async (file) => {
      mock.timers.enable({ apis: ['Date'] })
      try {
        const first = await started(file, { ttl: 60_000 })
        await publish(first, 'a', 1)
        await first.stop(nobody)
        mock.timers.tick(60_001)
        const second = await started(file, { ttl: 60_000 })
        assert.equal(await replayed(second, 'a', first.cursorAt(0)), 'gap')
        assert.deepEqual(await replayed(second, 'a', first.cursorAt(1)), [])
      } finally {
        mock.timers.reset()
      }
    }))

  it('that cannot be written costs a line in the log', (t) =>
    withFile(async (file) => {
      const engine = await started(join(file, 'no', 'such', 'folder'))
      const warned = t.mock.method(console, 'warn', () => {})
      await engine.stop(nobody)
      assert.match(String(warned.mock.calls[0]?.arguments[0]), /could not be written/)
    }))
})

it('what has expired is freed also when nobody broadcasts or asks', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const clock = { now: 0 }
    const engine = new MemoryEngine(resolveOptions({ history: { ttl: 2_000 } }).history, () => clock.now)
    void publish(engine, 'a', 1)
    clock.now = 1_500
    void publish(engine, 'b', 2)
    const held = () => engine.size.streams
    assert.equal(held(), 2)
    clock.now = 2_000
    mock.timers.tick(2_000)
    assert.equal(held(), 1)
    clock.now = 3_500
    mock.timers.tick(1_500)
    assert.equal(held(), 0)
  } finally {
    mock.timers.reset()
  }
})
