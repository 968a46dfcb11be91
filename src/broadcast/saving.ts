// Verbs for the hooks of a model, where they are a part of saving: a page that cannot be drawn is no reason not to save.

import { warn } from '../log'
import { type Streamable, streamName } from '../stream/name'
import { troubleLine } from './perform'
import { loggedIfUnheard } from './unheard'
import type { SendVerb, Verbs } from './verbs'

/** The same verbs, but that content which cannot be rendered costs a logged line and `false`. Misuse throws as before. */
export function savingVerbs(verbs: Verbs): Verbs {
  const rendering = renderingVerbs.map((name) => [name, unlessUnrendered(name, verbs[name] as SendVerb<unknown>)])
  return { ...verbs, ...Object.fromEntries(rendering) }
}

const renderingVerbs = [
  'broadcastActionTo',
  'broadcastAppendTo',
  'broadcastPrependTo',
  'broadcastReplaceTo',
  'broadcastUpdateTo',
  'broadcastBeforeTo',
  'broadcastAfterTo',
] as const

function unlessUnrendered(name: string, verb: SendVerb<unknown>): SendVerb<unknown> {
  const logged = (streamables: Streamable, error: unknown) => {
    if (!isUnrendered(error)) throw error
    warn(troubleLine(name, streamName(streamables), error))
    return false
  }
  return (streamables, options) => {
    let sent: Promise<boolean>
    try {
      sent = verb(streamables, options)
    } catch (error) {
      sent = Promise.resolve(logged(streamables, error))
    }
    return loggedIfUnheard(
      sent.catch((error) => logged(streamables, error)),
      (error) => troubleLine(name, streamName(streamables), error),
    )
  }
}

function isUnrendered(error: unknown): boolean {
  return unrendered.has((Object(error) as { code?: unknown }).code)
}

const unrendered = new Set<unknown>([
  'TURBO_CABLE_NO_RENDERER',
  'TURBO_CABLE_PARTIAL_MISSING',
  'TURBO_CABLE_RENDER_FAILED',
])
