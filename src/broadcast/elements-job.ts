// Broadcasts whose content is whole <turbo-stream> elements: a view of them, or text that is written already.

import { check, checkNames, verbOptions } from '../options/check'
import { contentOf } from '../render/content'
import type { Locals } from '../render/renderer'
import { type Streamable, streamName } from '../stream/name'
import { connectionId, type ExcludeOption } from '../stream/page-id'
import { streamElements, streamView } from '../turbo/stream-elements'
import type { BroadcastJob } from './scheduler'

/** The options of `broadcastRenderTo`. */
export interface ViewBroadcastOptions extends ExcludeOption {
  /** The view: `'messages/create'` is `messages/_create.turbo_stream.ejs`, or `messages/create.turbo_stream.ejs`. */
  readonly partial: string
  /** What the view sees. */
  readonly locals?: Locals | undefined
}

/** The options of `broadcastStreamTo`. */
export interface ElementsBroadcastOptions extends ExcludeOption {
  /** The elements: `turboStream.remove('a') + turboStream.remove('b')`. */
  readonly content: string
}

/** A broadcast whose every input was checked: what is left is to render and to send. */
export interface CheckedBroadcast {
  readonly job: BroadcastJob
  /** `<turbo-stream …>`, or nothing where the content is whole elements. */
  readonly opening: string
  /** The content, unless the job's partial has to be rendered for it. */
  readonly html: string | undefined
}

/** A broadcast of a view of elements. */
export function checkedView(streamables: Streamable, options: ViewBroadcastOptions): CheckedBroadcast {
  checkNames(check('options', options, verbOptions), ['partial', 'locals', 'exclude'])
  const { partial, locals } = options
  const job = { ...jobOf(streamables, 'render', options), partial: streamView(partial) }
  return checkedElements(locals === undefined ? job : { ...job, locals })
}

/** A broadcast of elements that are written already. */
export function checkedContent(streamables: Streamable, options: ElementsBroadcastOptions): CheckedBroadcast {
  checkNames(check('options', options, verbOptions), ['content', 'exclude'])
  return checkedElements({ ...jobOf(streamables, 'stream', options), html: options.content })
}

/** The same for a job from a queue. */
export function checkedElements({ stream, action, html, partial, locals, exclude }: BroadcastJob): CheckedBroadcast {
  const job = { stream: streamName(stream), action, format: 'turbo_stream' as const, ...(exclude && { exclude }) }
  if (partial === undefined) {
    const content = streamElements('content', html as string)
    return { job: { ...job, html: content }, opening: '', html: content }
  }
  contentOf('render', { partial, locals })
  return { job: { ...job, partial, ...(locals && { locals }) }, opening: '', html: undefined }
}

function jobOf(streamables: Streamable, action: string, options: ExcludeOption) {
  const exclude = connectionId(options.exclude)
  return { stream: streamName(streamables), action, ...(exclude && { exclude }) }
}
