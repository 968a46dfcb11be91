// broadcastStream: what a process prints, a language model says or a log gets, shown in pages as it comes.

import { AsyncResource } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { failure } from '../errors'
import { warn } from '../log'
import { callable, check, checkNames, optional, type Rule, time, verbOptions } from '../options/check'
import type { Json } from '../publisher/publisher'
import { type Streamable, streamName } from '../stream/name'
import { connectionId, type ExcludeOption } from '../stream/page-id'
import { placement, type Target } from '../turbo/element'
import { escapeHtml } from '../turbo/tag'
import { textEnd, textPiece, textStart } from '../turbo/text'
import { Gatherer } from './gatherer'
import { isMuted } from './mute'
import { deliver, type PerformContext, troubleLine } from './perform'
import { pieces, type TextSource } from './pieces'
import { SaidAgain } from './said-again'
import { scope } from './scope'
import { loggedIfUnheard } from './unheard'

/** The options of `broadcastStream`. */
export interface TextStreamOptions extends ExcludeOption {
  /** The element that shows the text: its id, or a record. What is in it goes. */
  readonly target: Target
  /** A piece of text as HTML. Called for each message; pieces are cut anywhere between two characters. @default escaped */
  readonly render?: ((text: string) => string) | undefined
  /** The shortest time between two messages, ms. What comes in between is gathered. Minimum 0. @default 33 */
  readonly every?: number | undefined
  /** Ends the text where it is. */
  readonly signal?: AbortSignal | undefined
}

/** What became of a text. */
export interface TextTotals {
  /** `stopped`: by the signal. */
  readonly state: 'done' | 'stopped'
  /** How long the text was, as `length` counts. */
  readonly characters: number
  /** How many messages it took, start and end included. */
  readonly messages: number
  /** False, after a logged line, where the hub was away at the end: what it lacked before then was sent again. */
  readonly taken: boolean
}

/** Shows a source of text in a target of every page of a stream, as it comes. */
export type BroadcastStream = (
  streamables: Streamable,
  source: TextSource,
  options: TextStreamOptions,
) => Promise<TextTotals>

/** Of a text up to so many characters all is repeated after a message that was not taken. */
const repeatable = 262_144
/** A text up to so many characters is sent as a whole at its end, for pages that lack its start. */
const short = 16_384

/** Makes the verb. It checks at the call. */
export function createBroadcastStream(context: PerformContext): BroadcastStream {
  return (streamables, source, options) => {
    checkNames(check('options', options, verbOptions), ['target', 'render', 'every', 'signal', 'exclude'])
    const stream = streamName(streamables)
    const { target } = placement('update', { target: options.target })
    if (target === undefined) throw failure('TURBO_CABLE_NO_TARGET', ['update'])
    check('source', source, aSource)
    check('render', options.render, optional(callable))
    check('every', options.every, optional(time))
    check('signal', options.signal, optional(aSignal))
    const exclude = connectionId(options.exclude)
    const line = (error: unknown) => troubleLine('broadcastStream', stream, error)
    // A text that is muted goes nowhere, and one that waits for a transaction comes after it: neither lacks anything.
    const send = async (data: Json) => {
      if (isMuted()) return true
      const broadcast = { stream, data, ...(exclude && { exclude }) }
      const work = () => deliver(context.publisher(), broadcast, 'broadcastStream')
      return scope().hold?.take({ work, line }) || work()
    }
    const text = new TextStream(target, options, send)
    const shown = text.show(source)
    const undo = context.publisher().whenLost?.(() => text.lost() || warn(line(tooLong('its log was lost'))))
    if (undo) shown.finally(undo).catch(() => {})
    return loggedIfUnheard(shown, line)
  }
}

class TextStream {
  readonly #run = `text-${randomBytes(6).toString('hex')}`
  readonly #target: string
  readonly #render: (text: string) => string
  readonly #every: number
  readonly #signal: AbortSignal | undefined
  readonly #deliver: (data: Json) => Promise<boolean>
  #characters = 0
  #messages = 0
  // All that was rendered; undefined once it is too long to be repeated.
  #whole: string | undefined = ''
  #lost = false
  #gatherer: Gatherer | undefined
  // In the scope in which the text is sent, whoever tells of the loss.
  readonly #again = new SaidAgain(AsyncResource.bind(() => void this.#gatherer?.between(() => this.#repeat())))

  constructor(target: string, options: TextStreamOptions, deliver: (data: Json) => Promise<boolean>) {
    this.#target = target
    this.#render = options.render ?? escapeHtml
    this.#every = options.every ?? 33
    this.#signal = options.signal
    this.#deliver = deliver
  }

  /** The log was lost that pages read. False where the text is too long to be said again. */
  lost(): boolean {
    if (this.#whole === undefined) return false
    this.#again.lost()
    return true
  }

  async show(source: TextSource): Promise<TextTotals> {
    const stop = new AbortController()
    const stopped = () => stop.abort()
    this.#signal?.addEventListener('abort', stopped)
    if (this.#signal?.aborted) stopped()
    try {
      const gatherer = new Gatherer(this.#every, (text) => this.#add(text), stopped)
      this.#gatherer = gatherer
      const read = this.#read(source, stop.signal, gatherer)
      const error = await read.then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      if (error) {
        // What is thrown is what went wrong first.
        await gatherer.end().catch(() => {})
        await this.#end('failed').catch(() => {})
        throw error.error
      }
      const state = this.#signal?.aborted ? 'stopped' : 'done'
      await this.#end(state)
      return { state, characters: this.#characters, messages: this.#messages, taken: !this.#lost }
    } finally {
      this.#again.end()
      this.#signal?.removeEventListener('abort', stopped)
    }
  }

  async #read(source: TextSource, signal: AbortSignal, gatherer: Gatherer): Promise<void> {
    await this.#send(textStart(this.#run, this.#target))
    for await (const text of pieces(source, signal)) {
      this.#characters += text.length
      await gatherer.take(text)
    }
    await gatherer.end()
  }

  async #add(text: string): Promise<void> {
    const html = this.#render(text)
    this.#keep(html)
    if (!this.#lost) await this.#send(textPiece(this.#run, html))
    else if (this.#whole !== undefined) await this.#repeat()
    else throw tooLong('a part of a text was not taken')
  }

  // Nobody knows whether a message that was not confirmed has arrived: pages begin anew, with all of it.
  async #repeat(): Promise<void> {
    if (this.#whole === undefined) return
    this.#lost = false
    await this.#send(textStart(this.#run, this.#target, this.#whole))
  }

  async #end(state: TextTotals['state'] | 'failed'): Promise<void> {
    if (this.#again.end() || this.#lost) await this.#repeat()
    const whole = this.#whole !== undefined && this.#whole.length <= short ? this.#whole : undefined
    await this.#send(textEnd(this.#run, this.#target, whole))
    await this.#send({ type: 'text-stream', target: this.#target, state, characters: this.#characters })
  }

  #keep(html: string): void {
    if (this.#whole === undefined) return
    this.#whole = this.#whole.length + html.length > repeatable ? undefined : this.#whole + html
  }

  async #send(data: Json): Promise<void> {
    this.#messages += 1
    if (!(await this.#deliver(data))) this.#lost = true
  }
}

function tooLong(what: string): Error {
  return failure('TURBO_CABLE_UNREACHABLE', ['the hub', `${what}, and the text is too long to be sent again`])
}

const aSource: Rule = {
  words: 'a Readable, or an iterable of strings and bytes',
  holds: (value) =>
    typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
}
const aSignal: Rule = { words: 'an AbortSignal', holds: (value) => value instanceof AbortSignal }
