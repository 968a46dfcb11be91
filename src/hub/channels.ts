// The app's own channels: which streams a client gets that asks for one by name, and what its clients may have done.

import { inTime } from '../in-time'
import { logger, reasonOf, warn, warnSeldomOf } from '../log'
import type { Channel, ChannelMap, ChannelStreams } from '../options/channels'
import type { UpgradeRequest } from '../options/identity'
import type { ChannelAsk, RejectReason } from '../protocol/protocol'
import { isStreamName } from '../stream/name'
import type { Visitor } from './visitor'

const debug = logger('hub')

/** What a client has its channel do. */
export interface Performance {
  readonly asked: ChannelAsk
  readonly action: string
  readonly data: Readonly<Record<string, unknown>>
  readonly streams: readonly string[]
}

/** The channels of one cable. */
export class Channels {
  readonly #channels: ReadonlyMap<string, Channel>
  readonly #answerTime: number
  #warned = false
  // Whoever may connect can have them fail.
  readonly #sayFailed = warnSeldomOf(debug)

  /** `answerTime` is how long the app may take to answer, ms. */
  constructor(channels: ChannelMap, answerTime: number) {
    // A Map, so that a client's `constructor` is nobody's channel.
    this.#channels = new Map(Object.entries(channels))
    this.#answerTime = answerTime
  }

  /** True if there are any. */
  get any(): boolean {
    return this.#channels.size > 0
  }

  /** Whether there is a channel of this name. If not, the log says so: once, because any client can cause it. */
  has(name: string): boolean {
    if (this.#channels.has(name)) return true
    this.#complain(
      `a client asks for the channel ${short(name)}, which is not in the option \`channels\`: it is rejected`,
    )
    return false
  }

  /** The streams that the app gives for what is asked, or why it gives none. A throw and an answer that is too late are a no. */
  async streams(
    { channel, params }: ChannelAsk,
    visitor: Visitor,
    left: AbortSignal,
  ): Promise<readonly string[] | RejectReason> {
    const known = this.#channels.get(channel)
    const subscribe = typeof known === 'function' ? known : known?.subscribe
    const { identity } = visitor
    // The request is kept wherever there are channels.
    const request = visitor.request as UpgradeRequest
    try {
      const given = await inTime(this.#answerTime, (signal) => subscribe?.({ params, identity, request, signal }), left)
      return named(given)
    } catch (error) {
      const line = `the channel ${short(channel)} failed, which rejects its subscriber: ${reasonOf(error)}`
      this.#sayFailed(known ?? this, channel, line)
      return 'unauthorized'
    }
  }

  /** Has the app do what a client asks of its channel. What the app throws is logged, and the client is not told. */
  perform({ asked, action, data, streams }: Performance, visitor: Visitor): void {
    const known = this.#channels.get(asked.channel)
    const actions = typeof known === 'object' ? known.actions : undefined
    const run = actions && Object.hasOwn(actions, action) ? actions[action] : undefined
    if (!run) {
      this.#complain(
        `a client asks for the action ${short(action)} of ${short(asked.channel)}, which has none of that name`,
      )
      return
    }
    const about = {
      params: asked.params,
      identity: visitor.identity,
      request: visitor.request as UpgradeRequest,
      streams,
    }
    Promise.resolve()
      .then(() => run.call(actions, data, about))
      .catch((error: unknown) => {
        const line = `the action ${short(action)} of ${short(asked.channel)} failed: ${reasonOf(error)}`
        this.#sayFailed(run, `${asked.channel} ${action}`, line)
      })
  }

  #complain(line: string): void {
    const say = this.#warned ? debug : warn
    this.#warned = true
    say(line)
  }
}

function named(given: ChannelStreams): readonly string[] | RejectReason {
  if (given === null || given === undefined) return 'unauthorized'
  const names = [...new Set(typeof given === 'string' ? [given] : given)]
  if (names.length === 0) return 'unauthorized'
  if (names.every(isStreamName)) return names
  throw new TypeError('it has to return the name of a stream, an array of names, or null')
}

// Escaped and cut off, because a stranger chose it.
function short(name: string): string {
  return JSON.stringify(name.slice(0, 80))
}
