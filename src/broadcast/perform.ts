// Does a broadcast: renders its job, hands it to the publisher, and reports trouble with the hub without breaking the app.

import { failure } from '../errors'
import { warn } from '../log'
import type { Broadcast, Publisher } from '../publisher/publisher'
import type { Locals, Renderer } from '../render/renderer'
import { element } from '../turbo/element'
import { streamElements } from '../turbo/stream-elements'
import type { CheckedBroadcast } from './elements-job'
import { checkedJob } from './job'
import type { BroadcastJob } from './scheduler'
import { isDumped, loaded, type Serializers } from './serialize'

/** Where broadcasts go and what renders them; asked anew for each broadcast. */
export interface PerformContext {
  readonly publisher: () => Publisher
  readonly renderer: () => Renderer | undefined
  /** How instances of the app's classes travel in jobs; undefined where nothing was declared. */
  readonly serializers?: (() => Serializers | undefined) | undefined
}

/** Renders and sends what a verb has checked. Throws `TURBO_CABLE_NO_RENDERER` at once, before any promise. */
export type Send = (checked: CheckedBroadcast) => Promise<boolean>

/**
 * Performs a job, which is checked once more: it may come out of a queue that others write to.
 * True when it was taken, false (after one logged line) when the hub could not be reached.
 * Throws misuse at once, before any promise; rejects with `TURBO_CABLE_PARTIAL_MISSING` or `TURBO_CABLE_RENDER_FAILED`.
 */
export type Perform = (job: BroadcastJob) => Promise<boolean>

/** Makes the one that sends what is checked already. */
export function createSend({ publisher, renderer }: PerformContext): Send {
  return ({ job: { stream, action, format, partial, locals = {}, exclude }, opening, html }) => {
    const verb = verbName(action, format)
    const broadcast = (content: string | undefined): Broadcast => ({
      stream,
      data: format ? streamElements('view', content ?? '') : element(action, opening, content),
      ...(exclude && { exclude }),
    })
    if (html !== undefined || partial === undefined) return deliver(publisher(), broadcast(html), verb)

    const by = renderer()
    if (by === undefined) throw failure('TURBO_CABLE_NO_RENDERER', [partial])
    const to = publisher()
    return by.render(partial, locals).then((rendered) => deliver(to, broadcast(rendered), verb))
  }
}

/** Makes the one that takes jobs. */
export function createPerform(context: PerformContext): Perform {
  const send = createSend(context)
  return (job) => {
    const checked = checkedJob(job)
    if (!isDumped(checked.job.locals)) return send(checked)
    return loadedJob(checked.job, context.serializers?.()).then((whole) =>
      whole ? send({ ...checked, job: whole }) : false,
    )
  }
}

/** The job with its locals as they were at the call; undefined, after a logged line, where one of them is no longer there. */
export async function loadedJob(job: BroadcastJob, serializers?: Serializers): Promise<BroadcastJob | undefined> {
  const gone: string[] = []
  const locals = await loaded(job.locals ?? {}, 'locals', serializers, (path) => gone.push(path))
  if (gone.length === 0) return { ...job, locals: locals as Locals }
  warn(troubleLine(verbName(job.action), job.stream, `\`${gone.join('` and `')}\` is no longer there`))
  return undefined
}

/** Hands one broadcast over. A hub that is away or closed costs a logged line, never an exception. */
export async function deliver(publisher: Publisher, broadcast: Broadcast, verb: string): Promise<boolean> {
  // A view that had nothing to say.
  if (broadcast.data === '') return true
  try {
    await publisher.publish([broadcast])
    return true
  } catch (error) {
    if (isMisuse(error)) throw error
    warn(unconfirmedLine(verb, broadcast.stream, error))
    return false
  }
}

/** What the log says of a broadcast that went nowhere: one line, whatever the error's message holds. */
export function troubleLine(verb: string, stream: string, error: unknown): string {
  return `${verb} sent nothing to "${stream}": ${reasonOf(error)}`
}

// What was handed over and not confirmed may have arrived all the same.
function unconfirmedLine(verb: string, stream: string, error: unknown): string {
  return `${verb} to "${stream}" was not confirmed: ${reasonOf(error)}`
}

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error)
  return reason.replace(/[\p{Cc}\s]+/gu, ' ').trim()
}

/** `broadcastReplaceTo` for `replace`; a custom action has no verb of its own. */
export function verbName(action: string, format?: string): string {
  if (format) return action === 'render' ? 'broadcastRenderTo' : 'broadcastStreamTo'
  return ownVerbs.has(action) ? `broadcast${action.charAt(0).toUpperCase()}${action.slice(1)}To` : 'broadcastActionTo'
}

const ownVerbs = new Set(['append', 'prepend', 'replace', 'update', 'before', 'after', 'remove', 'refresh'])

// A publisher that refuses what it was given says so with a code of ours; all else is trouble on the way.
// By code, not by class: the publisher may come with another copy of this package.
function isMisuse(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false
  return error.code.startsWith('TURBO_CABLE_') && !troubles.has(error.code)
}

const troubles = new Set(['TURBO_CABLE_UNREACHABLE', 'TURBO_CABLE_CLOSED'])
