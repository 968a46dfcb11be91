// The app's own channels, which clients of Action Cable subscribe to by name. Types only.

import type { Identity, UpgradeRequest } from './identity'

/** What a client gave in its identifier, the channel's name included: `{ channel: 'RoomChannel', id: 7 }`. */
// biome-ignore lint/suspicious/noExplicitAny: a client may give anything, which the app has to check.
export type ChannelParams = Readonly<Record<string, any>>

/** Who asks for a channel, and how. */
export interface ChannelQuestion {
  /** What the client wrote in its identifier. Anybody may write anything: check it. */
  readonly params: ChannelParams
  /** What `authenticate` found. */
  readonly identity: Identity
  /** The upgrade request. */
  readonly request: UpgradeRequest
  /** Aborted when the client has gone, or when the answer is too late. */
  readonly signal: AbortSignal
}

/** The name or names of the streams that a subscriber gets; null refuses it. */
export type ChannelStreams = string | readonly string[] | null | undefined

/** `({ params, identity }) => (mayRead(identity, params.id) ? `room:${params.id}` : null)`. A throw and a rejection refuse. */
export type ChannelSubscribe = (question: ChannelQuestion) => ChannelStreams | Promise<ChannelStreams>

/** `appear(data, { identity, params }) { … }`: what a client of the channel may have done. What it returns goes nowhere. */
export type ChannelAction = (
  // biome-ignore lint/suspicious/noExplicitAny: a client may send anything, which the app has to check.
  data: Readonly<Record<string, any>>,
  about: Omit<ChannelQuestion, 'signal'> & {
    /** The names of the streams that the client has by this subscription. */
    readonly streams: readonly string[]
  },
) => unknown

/** A channel: how it is subscribed to, or that and what its clients may have done. */
export type Channel =
  | ChannelSubscribe
  | { readonly subscribe: ChannelSubscribe; readonly actions?: Readonly<Record<string, ChannelAction>> }

/** Channels by the name that clients use. */
export type ChannelMap = Readonly<Record<string, Channel>>
