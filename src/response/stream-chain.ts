// The chain that `res.turboStream` begins, as apps see it: types only, so that two copies of this package agree on them.

import type { RemoveOptions } from '../broadcast/verbs'
import type { Locals } from '../render/renderer'
import type { DomRecord } from '../stream/dom-id'
import type { Streamable } from '../stream/name'
import type { ExcludeOption } from '../stream/page-id'
import type { Target, Targets } from '../turbo/element'
import type { RefreshOptions } from '../turbo/turbo-stream'
import type { StreamActionOptions, StreamContent } from './pieces'
import type { RecordState } from './record-state'

/** What comes beside a record in `res.turboStream(record, …)`. */
export interface RecordOptions extends StreamContent {
  /** What happened to the record, where it does not say so itself. */
  readonly state?: RecordState | undefined
}

/** What can be added to an answer. Every method throws misuse at once, as the verbs do, and `TURBO_CABLE_SENT` once the answer has gone. */
export interface StreamActions<Chain> {
  /** Adds any action: `action('highlight', { targets: '.row' })`. */
  action(action: string, options?: StreamActionOptions): Chain
  /** Adds to the end of the target; a record as content is its partial: `append('messages', message)`. */
  append(target: Target, content: StreamContent | DomRecord): Chain
  /** Adds to the start of the target. */
  prepend(target: Target, content: StreamContent | DomRecord): Chain
  /** Replaces the target itself: `replace(message)` by the record's own partial. */
  replace(target: Target, content?: StreamContent | DomRecord): Chain
  /** Replaces what is in the target. */
  update(target: Target, content?: StreamContent | DomRecord): Chain
  /** Inserts before the target. */
  before(target: Target, content: StreamContent | DomRecord): Chain
  /** Inserts after the target. */
  after(target: Target, content: StreamContent | DomRecord): Chain
  /** Removes the target. */
  remove(target: Target, options?: Pick<RemoveOptions, 'attributes'>): Chain
  /** Adds to the end of every element that the selector finds. */
  appendAll(targets: Targets, content: StreamContent | DomRecord): Chain
  /** Adds to the start of every element that the selector finds. */
  prependAll(targets: Targets, content: StreamContent | DomRecord): Chain
  /** Replaces every element that the selector finds. */
  replaceAll(targets: Targets, content: StreamContent | DomRecord): Chain
  /** Replaces what is in every element that the selector finds. */
  updateAll(targets: Targets, content: StreamContent | DomRecord): Chain
  /** Inserts before every element that the selector finds. */
  beforeAll(targets: Targets, content: StreamContent | DomRecord): Chain
  /** Inserts after every element that the selector finds. */
  afterAll(targets: Targets, content: StreamContent | DomRecord): Chain
  /** Removes every element that the selector finds. */
  removeAll(targets: Targets, options?: Pick<RemoveOptions, 'attributes'>): Chain
  /** Lets the page fetch itself again. */
  refresh(options?: RefreshOptions): Chain
  /** Appends a record that was created to its list, replaces one that was changed, removes one that was deleted. */
  record(record: DomRecord, options?: RecordOptions): Chain
  /** Adds elements that are written already: `elements([turboStream.remove('a')])`. */
  elements(elements: readonly string[]): Chain
  /** Adds all elements of a view: `view('messages/create', { message })` renders `messages/create.turbo_stream.ejs`. */
  view(name: string, locals?: Locals): Chain
  /** Sends the same to a stream, rendered without what only this request's views see: `broadcastTo('room', { exclude: req })`. */
  broadcastTo(streamables: Streamable, options?: ExcludeOption): Chain
}

/**
 * The answer to one request: actions, in order. It is a promise of having been sent, and rejects with
 * `TURBO_CABLE_NO_RENDERER`, `…_PARTIAL_MISSING`, `…_RENDER_FAILED`.
 */
export interface StreamChain<Sent> extends StreamActions<StreamChain<Sent>>, Promise<Sent> {}

/** A chain as the host sees it that waits for it. */
export interface BegunChain extends Promise<unknown> {
  /** Whether somebody waits for the chain already. */
  readonly heard: boolean
}
