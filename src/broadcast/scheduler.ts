// The seam between the Later verbs and a queue: what waits, and what it waits in. Types only.

import type { Locals } from '../render/renderer'
import type { Attributes } from '../turbo/tag'

/**
 * A broadcast that waits, as JSON holds it. Records are names and dom ids by now, or what their serializer has made of them.
 * `{ stream: 'room:7', action: 'append', target: 'messages', partial: 'messages/message', locals: { … } }`
 */
export interface BroadcastJob {
  /** The stream's name. */
  readonly stream: string
  /** `'append'`, `'replace'` and so on, or an action of the page's own. */
  readonly action: string
  /** Id of the element that the action works on. */
  readonly target?: string
  /** CSS selector of the elements that the action works on. */
  readonly targets?: string
  /** The content as HTML. */
  readonly html?: string
  /** The content as text, to be escaped. */
  readonly text?: string | number
  /** The view to render, where there is neither `html` nor `text`. */
  readonly partial?: string
  /** What the partial sees. */
  readonly locals?: Locals
  /** Extra attributes of the element. */
  readonly attributes?: Attributes
  /** `'morph'` changes only what differs. */
  readonly method?: 'morph'
  /** The content is whole elements, and the partial a `.turbo_stream` view. */
  readonly format?: 'turbo_stream'
  /** Id of the connection to leave out. */
  readonly exclude?: string
}

/**
 * Takes jobs and has `performBroadcast(job)` called for each, here or in a worker: sooner or later, and in order for each
 * stream. Jobs are JSON that says all: a Later verb refuses what JSON would change (`TURBO_CABLE_BAD_DATA`).
 *
 * ```ts
 * turboCable({ scheduler: { schedule: (job) => queue.add('broadcast', job) } })
 * ```
 */
export interface Scheduler {
  /**
   * True for a queue that hands its jobs on as they are, within this process. Instances of the app's classes then stay what they
   * are in `locals`, as long as the app declares no serializers.
   */
  readonly inProcess?: boolean | undefined
  /** Takes one job. A throw or a rejection costs the broadcast and a logged line. */
  schedule(job: BroadcastJob): void | Promise<void>
}
