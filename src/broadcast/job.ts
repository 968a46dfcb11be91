// A broadcast as plain data: what a verb was asked for, checked at once and free of records, so that it can wait in a queue.

import { failure } from '../errors'
import { type Streamable, streamName } from '../stream/name'
import {
  type ContentOptions,
  contentText,
  needsContent,
  openingTag,
  type PlacementOptions,
  targetId,
  targetSelector,
} from '../turbo/element'
import type { Attributes } from '../turbo/tag'
import { connectionId, type ExcludeOption } from './exclude'
import type { Locals } from './render'

/** The options of a verb. Of the contents the first one given counts, in this order: html, text, partial. */
export interface BroadcastOptions extends PlacementOptions, ContentOptions, ExcludeOption {
  /** The view to render: `'messages/message'` is `messages/_message`, or `messages/message` where there is none. */
  readonly partial?: string | undefined
  /** What the partial sees. */
  readonly locals?: Locals | undefined
  /** `false` sends an empty body. */
  readonly render?: boolean | undefined
}

/** The options of `broadcastActionTo`. */
export interface ActionOptions extends BroadcastOptions {
  /** One of Turbo's actions, or one that the page adds to `Turbo.StreamActions`. */
  readonly action: string
}

/** A broadcast that waits: JSON, as long as its locals are. Records are already names and dom ids. */
export interface BroadcastJob {
  readonly stream: string
  readonly action: string
  readonly target?: string
  readonly targets?: string
  readonly html?: string
  readonly text?: string | number
  readonly partial?: string
  readonly locals?: Locals
  readonly attributes?: Attributes
  readonly method?: 'morph'
  /** Id of the connection to leave out. */
  readonly exclude?: string
}

/** Checks what a verb was given and makes it a job. Throws at once for every misuse that can be seen without rendering. */
export function broadcastJob(streamables: Streamable, action: string, options: BroadcastOptions): BroadcastJob {
  const stream = streamName(streamables)
  openingTag(action, options)
  const content = checkedContent(options)
  if (content === undefined && needsContent(action) && options.render !== false) {
    throw failure('TURBO_CABLE_NO_CONTENT', [action])
  }
  const target = targetId(options.target)
  const targets = target === undefined ? targetSelector(options.targets) : undefined
  const { attributes, method } = options
  const exclude = connectionId(options.exclude)
  return { stream, action, ...given({ target, targets, attributes, method, exclude }), ...content }
}

type Content = Pick<BroadcastJob, 'html' | 'text' | 'partial' | 'locals'>

function checkedContent(options: BroadcastOptions): Content | undefined {
  const { html, text, partial, locals, render } = options
  if (render === false) return undefined
  if (contentText(options) !== undefined) return html !== undefined && html !== null ? { html } : given({ text })
  if (partial === undefined || partial === null) return undefined
  if (typeof partial !== 'string' || partial === '') {
    throw failure('TURBO_CABLE_BAD_OPTION', ['partial', "a view's name", partial])
  }
  if (locals !== undefined && (typeof locals !== 'object' || locals === null || Array.isArray(locals))) {
    throw failure('TURBO_CABLE_BAD_OPTION', ['locals', 'an object of names and values', locals])
  }
  return { partial, ...given({ locals }) }
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined | null> }

// Without the keys that hold nothing, so that a job looks the same before and after JSON.
function given<T extends object>(values: T): Given<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries) as Given<T>
}
