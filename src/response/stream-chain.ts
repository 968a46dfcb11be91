// The answer that a chain of actions builds: `res.turboStream.append(…).remove(…)`. It is sent when the turn is over that began it.

import type { RemoveOptions } from '../broadcast/verbs'
import { failure } from '../errors'
import { warn } from '../log'
import type { Locals, Renderer } from '../render/renderer'
import { type DomRecord, modelNames } from '../stream/dom-id'
import { type Streamable, streamName } from '../stream/name'
import { connectionId, type ExcludeOption } from '../stream/page-id'
import type { Target, Targets } from '../turbo/element'
import { streamElements } from '../turbo/stream-elements'
import { type RefreshOptions, turboStream } from '../turbo/turbo-stream'
import {
  actionPiece,
  contentFor,
  type Piece,
  recordContent,
  rendered,
  type StreamActionOptions,
  type StreamContent,
  viewPiece,
} from './pieces'
import { type RecordState, recordState } from './record-state'

/** What comes beside a record in `res.turboStream(record, …)`. */
export interface RecordOptions extends StreamContent {
  /** What happened to the record, where it does not say so itself. */
  readonly state?: RecordState | undefined
}

/** How a chain reaches the response that it is for. */
export interface Answer<Sent> {
  /** Whether somebody has answered already. */
  readonly sent: () => boolean
  /** Sends the message. */
  readonly send: (html: string) => Sent | Promise<Sent>
  /** Hands on what went wrong, where nobody awaits the chain. */
  readonly fail: (error: unknown) => void
  /** What the views of this request see. */
  readonly locals: () => Locals
  /** What renders partials and views for this request. */
  readonly renderer: () => Renderer | undefined
  /** Sends elements to a stream. */
  readonly broadcast: (streamables: Streamable, options: ExcludeOption & { content: string }) => Promise<boolean>
}

/**
 * The answer to one request: actions, in order. It is a promise of having been sent, and rejects with
 * `TURBO_CABLE_NO_RENDERER`, `…_PARTIAL_MISSING`, `…_RENDER_FAILED`. Every method throws misuse at once, as the verbs do, and
 * `TURBO_CABLE_SENT` once the answer has gone.
 */
export class StreamChain<Sent> extends Promise<Sent> {
  /** What `then` gives is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  readonly #answer: Answer<Sent>
  readonly #pieces: Piece[] = []
  readonly #streams: { stream: string; exclude: string | undefined }[] = []
  #gone = false
  #refusal: { readonly error: unknown } | undefined
  #heard = false

  /** Made by `res.turboStream`. */
  constructor(answer: Answer<Sent>) {
    let settle: (outcome: Promise<Sent>) => void = () => {}
    super((resolve) => {
      settle = resolve
    })
    this.#answer = answer
    queueMicrotask(() => settle(this.#sendAll()))
    // Promise's own `then`: this is not somebody who waits.
    Promise.prototype.then.call(this, undefined, (error) => setImmediate(() => this.#heard || this.#reported(error)))
  }

  /** Adds any action: `action('highlight', { targets: '.row' })`. */
  action(action: string, options?: StreamActionOptions): this {
    return this.#add(() => actionPiece(action, options))
  }
  /** Adds to the end of the target; a record as content is its partial: `append('messages', message)`. */
  append(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('append', target, content)
  }
  /** Adds to the start of the target. */
  prepend(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('prepend', target, content)
  }
  /** Replaces the target itself: `replace(message)` by the record's own partial. */
  replace(target: Target, content?: StreamContent | DomRecord): this {
    return this.#one('replace', target, content)
  }
  /** Replaces what is in the target. */
  update(target: Target, content?: StreamContent | DomRecord): this {
    return this.#one('update', target, content)
  }
  /** Inserts before the target. */
  before(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('before', target, content)
  }
  /** Inserts after the target. */
  after(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('after', target, content)
  }
  /** Removes the target. */
  remove(target: Target, options?: Pick<RemoveOptions, 'attributes'>): this {
    return this.#one('remove', target, options)
  }
  /** Adds to the end of every element that the selector finds. */
  appendAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('append', targets, content)
  }
  /** Adds to the start of every element that the selector finds. */
  prependAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('prepend', targets, content)
  }
  /** Replaces every element that the selector finds. */
  replaceAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('replace', targets, content)
  }
  /** Replaces what is in every element that the selector finds. */
  updateAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('update', targets, content)
  }
  /** Inserts before every element that the selector finds. */
  beforeAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('before', targets, content)
  }
  /** Inserts after every element that the selector finds. */
  afterAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('after', targets, content)
  }
  /** Removes every element that the selector finds. */
  removeAll(targets: Targets, options?: Pick<RemoveOptions, 'attributes'>): this {
    return this.#all('remove', targets, options)
  }
  /** Lets the page fetch itself again. */
  refresh(options?: RefreshOptions): this {
    return this.#add(() => ({ html: turboStream.refresh(options) }))
  }
  /** Appends a record that was created to its list, replaces one that was changed, removes one that was deleted. */
  record(record: DomRecord, { state: given, ...content }: RecordOptions = {}): this {
    return this.#add(() => {
      const state = recordState(record, given)
      if (state === 'deleted') return actionPiece('remove', { target: record })
      const shown = { ...recordContent(record), ...content }
      if (state === 'updated') return actionPiece('replace', { ...shown, target: record })
      return actionPiece('append', { ...shown, target: modelNames(record).plural })
    })
  }
  /** Adds elements that are written already: `elements([turboStream.remove('a')])`. */
  elements(elements: readonly string[]): this {
    return this.#add(() => ({
      html: [elements]
        .flat()
        .map((each) => streamElements('elements', each))
        .join(''),
    }))
  }
  /** Adds all elements of a view: `view('messages/create', { message })` renders `messages/create.turbo_stream.ejs`. */
  view(name: string, locals?: Locals): this {
    return this.#add(() => viewPiece(name, locals))
  }
  /** Sends the same to a stream, rendered without what only this request's views see: `broadcastTo('room', { exclude: req })`. */
  broadcastTo(streamables: Streamable, options: ExcludeOption = {}): this {
    return this.#add(() => {
      this.#streams.push({ stream: streamName(streamables), exclude: connectionId(options.exclude) })
      return { html: '' }
    })
  }

  /** Resolves when the answer is sent. `await`, `catch`, `finally` and `Promise.all` all call it. */
  // biome-ignore lint/suspicious/noThenProperty: a promise has one.
  override then<Fulfilled = Sent, Rejected = never>(
    fulfilled?: ((value: Sent) => Fulfilled | PromiseLike<Fulfilled>) | null,
    rejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.#heard = true
    return super.then(fulfilled, rejected)
  }
  /** Whether an action was refused, so that nothing of it is sent. */
  get refused(): boolean {
    return this.#refusal !== undefined
  }
  /** Whether somebody waits for the chain. */
  get heard(): boolean {
    return this.#heard
  }

  #one(action: string, target: Target, content: StreamContent | DomRecord | undefined): this {
    return this.#add(() => actionPiece(action, { ...contentFor(action, target, content), target }))
  }
  #all(action: string, targets: Targets, content: StreamContent | DomRecord | undefined): this {
    return this.#add(() => actionPiece(action, { ...contentFor(action, '', content), targets }))
  }

  // What refuses one action refuses the answer: half of one would be sent as if it were whole.
  #add(piece: () => Piece): this {
    if (this.#gone || this.#refusal || this.#answer.sent()) throw failure('TURBO_CABLE_SENT', [])
    try {
      this.#pieces.push(piece())
    } catch (error) {
      // The caller has the error, and answers for it.
      this.#heard = true
      this.#refusal = { error }
      throw error
    }
    return this
  }

  async #sendAll(): Promise<Sent> {
    if (this.#refusal) throw this.#refusal.error
    this.#gone = true
    const { renderer, locals, send, sent } = this.#answer
    const html = await rendered(this.#pieces, renderer, locals())
    const isReady = this.#pieces.every((piece) => 'html' in piece)
    const content = isReady || this.#streams.length === 0 ? html : await rendered(this.#pieces, renderer)
    if (sent()) throw failure('TURBO_CABLE_SENT', [])
    for (const { stream, exclude } of content ? this.#streams : []) this.#broadcast(stream, { exclude, content })
    return send(html)
  }

  // The answer does not wait for a hub that is away.
  #broadcast(stream: string, options: ExcludeOption & { content: string }): void {
    this.#answer.broadcast(stream, options).catch((error: Error) => warn(error.message))
  }

  // An answer that somebody else gave stays: the framework would cut it off for an error.
  #reported(error: unknown): void {
    if (this.#answer.sent()) warn(`a stream response was dropped: ${error instanceof Error ? error.message : error}`)
    else this.#answer.fail(error)
  }
}
