// configureBroadcasts: the defaults of a process that has no app, such as a job runner.

import type { Scheduler } from '../broadcast/scheduler'
import type { Serializers } from '../broadcast/serialize'
import type { Engine } from '../engine/engine'
import { check, checkNames, namesAndValues, type Rule, scheduler as someScheduler } from '../options/check'
import { engine as someEngine } from '../options/table'
import { Amends } from '../publisher/amends'
import { enginePublisher } from '../publisher/engine'
import { httpPublisher } from '../publisher/http'
import type { Locals } from '../render/renderer'
import { type ViewEngine, type ViewsRendererOptions, viewsRenderer } from '../render/views'
import { registerConfigured } from './defaults'
import { remotePublisher } from './elsewhere'

/** The options of `configureBroadcasts()`. */
export interface ConfigureOptions {
  /** The folder of the views, or several in the order to look in. Comes with `viewEngine`. */
  readonly views?: string | readonly string[] | undefined
  /** The view engine's module (`'ejs'`), or the engine itself. Comes with `views`. */
  readonly viewEngine?: string | ViewEngine | undefined
  /** The extension of the views, where it is not the engine's name. */
  readonly extension?: string | undefined
  /** What every partial sees, as `app.locals`. */
  readonly locals?: Locals | undefined
  /** The engine that the hubs share, as `redisEngine({ url })` or `natsEngine({ url })`: broadcasts go straight there. Not beside `url`. @default that of `TURBO_CABLE_ENGINE`, if `TURBO_CABLE_BROADCAST_URL` names no hub */
  readonly engine?: Engine | undefined
  /** Where broadcasts are sent. @default `TURBO_CABLE_BROADCAST_URL`, else `http://localhost:<port>/_broadcast` */
  readonly url?: string | undefined
  /** The hub's token. @default `TURBO_CABLE_BROADCAST_TOKEN`, else that of `TURBO_CABLE_SECRET` */
  readonly token?: string | undefined
  /** How long to go on trying while the hub cannot be reached, ms. 0 tries once. @default 5000 */
  readonly retryFor?: number | undefined
  /** Where the Later verbs put their jobs. @default a queue in this process */
  readonly scheduler?: Scheduler | undefined
  /** How instances of your classes travel in the jobs of the Later verbs, by name, also those of a cable in this process. @default none */
  readonly serialize?: Serializers | undefined
}

/**
 * Says what the free verbs of this process render with and where they send. A cable in the same process goes before it.
 *
 * ```ts
 * configureBroadcasts({ views: 'views', viewEngine: 'ejs', url: 'https://example.org/_broadcast' })
 * ```
 *
 * Returns a function that takes it back. Throws `TURBO_CABLE_BAD_OPTION` for an unknown option or a bad value.
 */
export function configureBroadcasts(options: ConfigureOptions): () => void {
  checkNames(options, known)
  const { url, token, retryFor, scheduler, serialize, engine } = options
  const isRemote = url !== undefined || token !== undefined || retryFor !== undefined
  const direct = engine && new Amends(enginePublisher(check('engine', engine, someEngine)))
  if (direct)
    check('url', url ?? token ?? retryFor, { words: 'left out beside `engine`', holds: (value) => value === undefined })
  if (scheduler) check('scheduler', scheduler, someScheduler)
  if (serialize) checkSerializers(serialize)
  const renderer = configuredRenderer(options)
  // Made once to be checked; the one in use is made when it is needed, as the environment may fill in the rest.
  if (isRemote) httpPublisher({ url: url ?? 'http://localhost', token, retryFor })

  const undo = registerConfigured({
    ...(renderer && { renderer: () => renderer }),
    ...(isRemote && { publisher: () => remotePublisher({ url, token, retryFor }) }),
    ...(direct && { publisher: () => direct }),
    ...(scheduler && { scheduler: () => scheduler }),
    ...(serialize && { serializers: () => serialize }),
  })
  return () => {
    undo()
    direct?.stop()
  }
}

const known = [
  'views',
  'viewEngine',
  'extension',
  'locals',
  'url',
  'token',
  'retryFor',
  'scheduler',
  'serialize',
  'engine',
]

function checkSerializers(serialize: Serializers): void {
  for (const [name, serializer] of Object.entries(check('serialize', serialize, namesAndValues))) {
    check(`serialize.${name}`, serializer, aSerializer)
  }
}

const aSerializer: Rule = {
  words: 'an object of three functions, `{ class, dump, load }`',
  holds: (value) => {
    const { class: of, dump, load } = (value ?? {}) as Record<string, unknown>
    return [of, dump, load].every((each) => typeof each === 'function')
  },
}

function configuredRenderer({ views, viewEngine, extension, locals }: ConfigureOptions) {
  if (views === undefined && viewEngine === undefined) return undefined
  check('views', views, { words: 'given beside `viewEngine`', holds: isThere })
  check('viewEngine', viewEngine, { words: 'given beside `views`', holds: isThere })
  return viewsRenderer({ views, viewEngine, extension, locals } as ViewsRendererOptions)
}

function isThere(value: unknown): boolean {
  return value !== undefined
}
