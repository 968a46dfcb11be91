// From what a verb was asked for to a broadcast that is checked once, here, and then performed or left in a queue as a job.

import { check, checkNames, object, type Rule, verbOptions } from '../options/check'
import { contentOf, type RenderOptions } from '../render/content'
import type { Locals } from '../render/renderer'
import { type Streamable, streamName } from '../stream/name'
import { connectionId, type ExcludeOption } from '../stream/page-id'
import { isGiven } from '../turbo/content'
import { openingTag, type PlacementOptions, placement } from '../turbo/element'
import { printedAttributes } from '../turbo/tag'
import { type CheckedBroadcast, checkedElements } from './elements-job'
import type { BroadcastJob } from './scheduler'
import { type DumpOptions, dumped } from './serialize'

/** The options of a verb: where it works, what it brings, and whom it leaves out. */
export interface BroadcastOptions extends PlacementOptions, RenderOptions, ExcludeOption {}

/** The options of `broadcastActionTo`. */
export interface ActionOptions extends BroadcastOptions {
  /** One of Turbo's actions, or one that the page adds to `Turbo.StreamActions`. */
  readonly action: string
}

/** Checks what a verb was given. Throws at once for every misuse that can be seen without rendering. */
export function checkedBroadcast(streamables: Streamable, action: string, options: BroadcastOptions): CheckedBroadcast {
  checkNames(check('options', options, verbOptions), optionNames)
  return checked(streamables, action, options)
}

function checked(streamables: Streamable, action: string, options: BroadcastOptions): CheckedBroadcast {
  const stream = streamName(streamables)
  const placed = placement(action, options)
  const opening = openingTag(action, placed)
  const { given, html } = contentOf(action, options)
  const exclude = connectionId(options.exclude)
  return { job: { stream, action, ...withoutGaps({ ...placed, ...given, exclude }) }, opening, html }
}

const optionNames = [
  'target',
  'targets',
  'attributes',
  'method',
  'html',
  'text',
  'partial',
  'locals',
  'render',
  'exclude',
]

/** The same for a job from a queue, which may have added fields of its own. One without content was meant to have none. */
export function checkedJob(job: BroadcastJob): CheckedBroadcast {
  if (check('job', job, aJob).format === 'turbo_stream') return checkedElements(job)
  const { stream, action, ...options } = job
  const empty = ![options.html, options.text, options.partial].some(isGiven)
  return checked(stream, action, empty ? { ...options, render: false } : options)
}

const aJob: Rule = { ...object, words: 'the job that a scheduler was given: `{ stream, action, … }`' }

/**
 * The job as a scheduler may keep it: a copy, of which JSON changes nothing.
 * @throws TurboCableError TURBO_CABLE_BAD_DATA
 */
export function waitingJob(job: BroadcastJob, options: DumpOptions): BroadcastJob {
  const { attributes, locals, text } = job
  return {
    ...job,
    // As they will be printed: attributes take more than JSON can hold.
    ...(attributes && !options.keepInstances && { attributes: printedAttributes(attributes) }),
    ...(text !== undefined && { text: dumped(text, 'text') as string | number }),
    ...(locals && { locals: dumped(locals, 'locals', options) as Locals }),
  }
}

type WithoutGaps<T> = { [Key in keyof T]?: NonNullable<T[Key]> }

// Without the keys that hold nothing, so that a job looks the same before and after JSON.
function withoutGaps<T extends object>(values: T): WithoutGaps<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => isGiven(value))) as WithoutGaps<T>
}
