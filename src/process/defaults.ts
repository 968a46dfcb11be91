// What the free verbs of a process work with: the cable of this process if there is one, else what configureBroadcasts said,
// else where the environment points. The one place that holds this rule, and all the state of the process.

import type { VerbContext } from '../broadcast/create-verbs'
import { LaterQueue } from '../broadcast/later'
import { createPerform } from '../broadcast/perform'
import { Refreshes } from '../broadcast/refreshes'
import type { Scheduler } from '../broadcast/scheduler'
import type { Serializers } from '../broadcast/serialize'
import { warn } from '../log'
import type { Publisher } from '../publisher/publisher'
import type { Renderer } from '../render/renderer'
import { publisherFromEnv } from './elsewhere'

/** What the free verbs of a process find, as far as somebody has given it. */
export type Defaults = Partial<VerbContext>

// In each, the last one wins. What lives in this process goes before what was configured for it.
const cables: Defaults[] = []
const configured: Defaults[] = []

let open = 0
let warned = false

/** Makes a cable the default of its process until the returned function is called. A second one beside it is warned of, once. */
export function registerProcessCable(context: Defaults): () => void {
  if (open > 0 && !warned) {
    warned = true
    warn(
      'two cables in one process: a page is connected to the cable of the app that it came from, and the free broadcast functions send to the newest. Make one turboCable() and share it, or send with cable.broadcast…To()',
    )
  }
  open += 1
  const unregister = register(cables, context)
  return () => {
    if (unregister()) open -= 1
  }
}

/** Makes a publisher the default of the process until the returned function is called. */
export function setProcessPublisher(publisher: Publisher): () => void {
  return register(cables, { publisher: () => publisher })
}

/** Defaults for where there is no cable, until the returned function is called. */
export function registerConfigured(defaults: Defaults): () => void {
  return register(configured, defaults)
}

/** Where the free verbs send. */
export function processPublisher(): Publisher {
  for (const { publisher } of candidates()) if (publisher) return publisher()
  return publisherFromEnv()
}

/** What the free verbs render with, if anything. A cable that knows no app yet leaves the choice to the next. */
export function processRenderer(): Renderer | undefined {
  for (const { renderer } of candidates()) {
    const found = renderer?.()
    if (found) return found
  }
  return undefined
}

/** What the free Later verbs wait in. */
export function processScheduler(): Scheduler {
  for (const { scheduler } of candidates()) if (scheduler) return scheduler()
  return processQueue
}

/** How instances of the app's classes travel in jobs, by whichever cable or free verb; undefined where nothing was declared. */
export function processSerializers(): Serializers | undefined {
  return configured.findLast(({ serializers }) => serializers)?.serializers?.()
}

/** The queue of a process without a cable or a scheduler of its own: `await processQueue.idle()` before such a process ends. */
export const processQueue = new LaterQueue(
  createPerform({ publisher: processPublisher, renderer: processRenderer, serializers: processSerializers }),
)

/** What gathers the refreshes of the free verbs. */
export function processRefreshes(): Refreshes {
  for (const { refreshes } of candidates()) if (refreshes) return refreshes()
  return ownRefreshes
}

const ownRefreshes = new Refreshes()

/** The context of the free verbs. */
export const processContext: VerbContext = {
  publisher: processPublisher,
  renderer: processRenderer,
  scheduler: processScheduler,
  refreshes: processRefreshes,
  serializers: processSerializers,
}

// The undo is true the first time.
function register(list: Defaults[], defaults: Defaults): () => boolean {
  const entry = { ...defaults }
  list.push(entry)
  return () => {
    const index = list.indexOf(entry)
    if (index !== -1) list.splice(index, 1)
    return index !== -1
  }
}

function candidates(): Defaults[] {
  return [...configured, ...cables].reverse()
}
