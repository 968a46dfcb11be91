// Gathers the actions of one answer, `res.turboStream.append(…).remove(…)`, and sends them when the turn is over that began it.

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
import { recordState } from './record-state'
import type { RecordOptions, StreamChain } from './stream-chain'

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

/** A chain at work. */
export class ResponseChain<Sent> extends Promise<Sent> implements StreamChain<Sent> {
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

  action(action: string, options?: StreamActionOptions): this {
    return this.#add(() => actionPiece(action, options))
  }
  append(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('append', target, content)
  }
  prepend(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('prepend', target, content)
  }
  replace(target: Target, content?: StreamContent | DomRecord): this {
    return this.#one('replace', target, content)
  }
  update(target: Target, content?: StreamContent | DomRecord): this {
    return this.#one('update', target, content)
  }
  before(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('before', target, content)
  }
  after(target: Target, content: StreamContent | DomRecord): this {
    return this.#one('after', target, content)
  }
  remove(target: Target, options?: Pick<RemoveOptions, 'attributes'>): this {
    return this.#one('remove', target, options)
  }
  appendAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('append', targets, content)
  }
  prependAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('prepend', targets, content)
  }
  replaceAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('replace', targets, content)
  }
  updateAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('update', targets, content)
  }
  beforeAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('before', targets, content)
  }
  afterAll(targets: Targets, content: StreamContent | DomRecord): this {
    return this.#all('after', targets, content)
  }
  removeAll(targets: Targets, options?: Pick<RemoveOptions, 'attributes'>): this {
    return this.#all('remove', targets, options)
  }
  refresh(options?: RefreshOptions): this {
    return this.#add(() => ({ html: turboStream.refresh(options) }))
  }
  record(record: DomRecord, { state: given, ...content }: RecordOptions = {}): this {
    return this.#add(() => {
      const state = recordState(record, given)
      if (state === 'deleted') return actionPiece('remove', { target: record })
      const shown = { ...recordContent(record), ...content }
      if (state === 'updated') return actionPiece('replace', { ...shown, target: record })
      return actionPiece('append', { ...shown, target: modelNames(record).plural })
    })
  }
  elements(elements: readonly string[]): this {
    return this.#add(() => ({
      html: [elements]
        .flat()
        .map((each) => streamElements('elements', each))
        .join(''),
    }))
  }
  view(name: string, locals?: Locals): this {
    return this.#add(() => viewPiece(name, locals))
  }
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
