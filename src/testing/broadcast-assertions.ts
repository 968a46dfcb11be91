// Assertions about what is broadcast while a function runs. A failure says what was sent instead.

import { AssertionError } from 'node:assert'
import { type Streamable, streamName } from '../stream/name'
import { type CapturedBroadcast, everythingSent, type Sending } from './capture'
import { type ElementExpectation, matching, shortened, shownElement, shownExpectation } from './stream-element'

/**
 * Fails unless `fn` broadcasts to the stream: at least once, or exactly `count` times, or as often as an expectation says. An
 * element counts once, however many come in one message. Gives those that were counted.
 *
 * ```ts
 * await assertBroadcasts(['room', 7], () => room.post('hi'))
 * await assertBroadcasts(['room', 7], 2, () => room.post('hi', 'there'))
 * await assertBroadcasts(['room', 7], { action: 'append', target: 'messages' }, () => room.post('hi'))
 * ```
 *
 * Rejects with an `AssertionError`, and as `fn` does. Throws `TURBO_CABLE_BAD_STREAM` for what names no stream.
 */
export async function assertBroadcasts(stream: Streamable, fn: Sending): Promise<CapturedBroadcast[]>
/** The same for so many: `await assertBroadcasts(['room', 7], 2, () => room.post('hi', 'there'))`. */
export async function assertBroadcasts(
  stream: Streamable,
  expected: number | ElementExpectation | undefined,
  fn: Sending,
): Promise<CapturedBroadcast[]>
export async function assertBroadcasts(
  stream: Streamable,
  ...given: [Sending] | [number | ElementExpectation | undefined, Sending]
): Promise<CapturedBroadcast[]> {
  const [expected, fn] = given.length === 1 ? [undefined, given[0]] : given
  return counted(stream, typeof expected === 'number' ? { count: expected } : (expected ?? {}), fn)
}

/**
 * Fails if `fn` broadcasts anything, or anything to the stream.
 *
 * ```ts
 * await assertNoBroadcasts(() => room.read())
 * await assertNoBroadcasts(['room', 8], () => room.post('hi'))
 * ```
 *
 * Rejects with an `AssertionError`, and as `fn` does. Throws `TURBO_CABLE_BAD_STREAM` for what names no stream.
 */
export async function assertNoBroadcasts(fn: Sending): Promise<void>
/** The same for one stream: `await assertNoBroadcasts(['room', 8], () => room.post('hi'))`. */
export async function assertNoBroadcasts(stream: Streamable | undefined, fn: Sending): Promise<void>
export async function assertNoBroadcasts(...given: [Sending] | [Streamable | undefined, Sending]): Promise<void> {
  const [stream, fn] = given.length === 1 ? [undefined, given[0]] : given
  await counted(stream, { count: 0 }, fn)
}

async function counted(
  stream: Streamable | undefined,
  expectation: ElementExpectation,
  fn: Sending,
): Promise<CapturedBroadcast[]> {
  const name = stream === undefined ? undefined : streamName(stream)
  const all = await everythingSent(fn)
  const found = matching(
    all.filter((broadcast) => name === undefined || broadcast.stream === name),
    expectation,
  )
  const { count, ...element } = expectation
  if (count === undefined ? found.length > 0 : found.length === count) return found

  const what = Object.values(element).some((value) => value !== undefined)
    ? `broadcast of ${shownExpectation(element)}`
    : 'broadcast'
  const where = name === undefined ? '' : ` to "${name}"`
  const message = `Expected ${count === 0 ? 'no' : (count ?? 'at least one')} ${what}${where}, but there were ${found.length}. ${shownBroadcasts(all)}`
  throw new AssertionError({ message, actual: found.length, expected: count ?? 1, operator: 'broadcasts' })
}

function shownBroadcasts(all: readonly CapturedBroadcast[]): string {
  if (all.length === 0) return 'Nothing was broadcast.'
  return `What was broadcast:\n${all.map((broadcast) => `  to "${broadcast.stream}": ${shown(broadcast)}`).join('\n')}`
}

function shown(broadcast: CapturedBroadcast): string {
  return broadcast.json === undefined
    ? shownElement({ ...nothing, ...broadcast })
    : `JSON ${shortened(JSON.stringify(broadcast.json))}`
}

const nothing = { action: undefined, target: undefined, targets: undefined, html: undefined }
