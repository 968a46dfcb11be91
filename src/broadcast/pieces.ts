// Reads a source piece by piece as text: whole characters, whatever its chunks are cut into, until it ends or is to stop.

import { check } from '../options/check'

/** What a text may come from: a Readable, a web stream, a generator. */
export type TextSource = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>

/** The text of a source, as it comes. When `signal` is aborted it ends, and the source is given up. */
export async function* pieces(source: TextSource, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  // The first half of a pair that makes one character, which may come in two strings.
  let half = ''
  for await (const chunk of until(source, signal)) {
    const text =
      half + (typeof chunk === 'string' ? decoder.decode() + chunk : decoder.decode(aChunk(chunk), { stream: true }))
    half = /[\uD800-\uDBFF]$/.exec(text)?.[0] ?? ''
    if (text.length > half.length) yield half ? text.slice(0, -1) : text
  }
  const rest = (half && '\uFFFD') + decoder.decode()
  if (rest) yield rest
}

function aChunk(chunk: unknown): Uint8Array {
  return check('source', chunk, {
    words: 'made of strings and bytes',
    holds: (value) => value instanceof Uint8Array,
  }) as Uint8Array
}

async function* until(source: TextSource, signal: AbortSignal): AsyncGenerator<unknown> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  let open = true
  try {
    while (!signal.aborted) {
      const result = await unlessAborted(iterator.next(), signal)
      open = result !== undefined && !result.done
      if (result === undefined || result.done) return
      yield result.value
    }
  } finally {
    if (open || signal.aborted) giveUp(source, iterator)
  }
}

// A listener for each step and not one for all: a promise that stays would keep what every step has left on it.
async function unlessAborted<Value>(step: Value | Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  let stop: (() => void) | undefined
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined)
    signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([step, aborted])
  } finally {
    if (stop) signal.removeEventListener('abort', stop)
  }
}

// A generator that waits for something answers only when that has come, a Readable not before its next chunk: neither is waited for.
function giveUp(source: TextSource, iterator: AsyncIterator<unknown> | Iterator<unknown>): void {
  const { destroy } = source as { destroy?: unknown }
  if (typeof destroy === 'function') destroy.call(source)
  Promise.resolve(iterator.return?.()).catch(() => {})
}
