// The messages of others that a relay knows by name: what Action Cable and AnyCable publish to Redis.

import { check, checkNames, isObject, optional, text } from '../options/check'
import { relays } from './ear'
import { parsed, type Relayed, type RelayHandler } from './handing-on'

/**
 * The channels of a Rails app whose `cable.yml` has `adapter: redis`: a broadcasting is the stream of that name. `prefix` is the
 * `channel_prefix` of that file; without one, everything that is published on that Redis is taken for Rails'.
 *
 * ```ts
 * redisRelay({ url, channels: actionCable({ prefix: 'shop_production' }) })
 * ```
 *
 * Throws `TURBO_CABLE_BAD_OPTION` for an unknown option or a bad value.
 */
export function actionCable(options: { readonly prefix?: string | undefined } = {}): Record<string, RelayHandler> {
  checkNames(options, ['prefix'])
  const prefix = check('prefix', options.prefix, optional(text))
  const start = prefix === undefined ? '' : `${prefix}:`
  const pattern = `${start.replace(/[*?[\]\\]/g, '\\$&')}*`
  return {
    [pattern](message, { channel }) {
      const stream = channel.slice(start.length)
      if (stream !== relays && !control.test(stream)) return { stream, data: message }
    },
  }
}

// What Action Cable's servers tell each other, and what Redis itself publishes.
const control = /^(?:action_cable\/|_action_cable_internal$|__key(?:space|event)@)/

/**
 * What an app sends by AnyCable's `broadcast_adapter: redis`, for `channels`, or `redisx`, for `redisStreams`. `name` is AnyCable's
 * `redis_channel`. Messages for all but one page are, commands to disconnect are not taken.
 *
 * ```ts
 * redisRelay({ url, channels: anycable() })
 * ```
 *
 * Throws `TURBO_CABLE_BAD_OPTION` for an unknown option or a bad value.
 */
export function anycable(options: { readonly name?: string | undefined } = {}): Record<string, RelayHandler> {
  checkNames(options, ['name'])
  const name = check('name', options.name, optional(text)) ?? '__anycable__'
  return { [name]: (message) => (Array.isArray(message) ? message : [message]).flatMap(fromAnycable) }
}

function fromAnycable(message: unknown): readonly Relayed[] {
  const words = 'a message of AnyCable, `{"stream":…,"data":…}`'
  const { stream, data, command, meta } = check('the message', message as Record<string, unknown>, {
    words,
    holds: isObject,
  })
  if (command !== undefined) return []
  const { exclude_socket: exclude } = (isObject(meta) ? meta : {}) as { exclude_socket?: string }
  return [{ stream: stream as string, data: typeof data === 'string' ? parsed(data) : data, exclude }]
}
