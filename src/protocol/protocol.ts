// The seam between words and text: how one kind of client is spoken to. Types only. A protocol is pure: it has no socket, no
// timer and no state, so that one object serves all connections.

import type { Positioned } from '../engine/engine'

export type RejectReason = 'unauthorized' | 'expired' | 'limit' | 'invalid'
export type DisconnectReason = 'server_restart' | 'slow_consumer' | 'unauthorized' | 'limit'

/**
 * What a client can say. `address` is its own word for a subscription, unique within its connection; `asked` is what it
 * wants to hear: a stream's name or a token.
 */
export type Command =
  | {
      readonly type: 'subscribe'
      readonly address: string
      readonly asked: string
      /** Absent for a subscription without cursors, `null` for "from now on". */
      readonly cursor?: string | null
      /** The id that the client chose for its page; a broadcast can leave it out. */
      readonly connection?: string
    }
  | { readonly type: 'unsubscribe'; readonly address: string }
  | { readonly type: 'pong' }

export type SubscribeCommand = Extract<Command, { type: 'subscribe' }>

/** What a server can say beside messages. */
export type Word =
  | { readonly type: 'welcome' }
  | { readonly type: 'subscribed'; readonly address: string; readonly stream: string; readonly replay?: ReplayWord }
  | { readonly type: 'rejected'; readonly address: string; readonly reason: RejectReason }
  | { readonly type: 'ping'; readonly cursor?: string | undefined }
  | {
      readonly type: 'disconnect'
      readonly reason: DisconnectReason
      readonly reconnect: boolean
      /** Ms to wait before coming back. */
      readonly after?: number
    }

/** How the replay of a subscription came out; it comes with the answer to a subscribe that has a cursor. */
export interface ReplayWord {
  readonly cursor: string
  readonly recovered: boolean
  /** The window in ms over which pages with a gap refresh themselves. */
  readonly refresh?: number
}

/** Where the messages of a subscription go. */
export interface Destination {
  readonly address: string
  /** The stream's plain name. */
  readonly stream: string
  /** True when the client asked with a cursor: its messages then carry theirs. */
  readonly resumes: boolean
}

export interface Protocol {
  /** The subprotocol that a client offers to be spoken to like this; '' for those who offer none. */
  readonly name: string
  /** Reads one text message; undefined for anything that is no command, which a server ignores. */
  decode(text: string): Command | undefined
  /** The texts that say a word: none where the protocol has no such word. */
  encode(word: Word): readonly string[]
  /** What stands around the payload of a message, whose text all audiences share: `head + json + tail` is the message. */
  message(to: Destination, message: Positioned): { readonly head: string; readonly tail: string }
  /** Equal for destinations of one stream whose messages are the same text. */
  audience(to: Destination): string
}
