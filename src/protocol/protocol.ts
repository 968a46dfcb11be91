// The seam between words and text: a protocol says how one kind of client is spoken to. Types only. A protocol is pure: it has
// no socket, no timer and no state, so one object serves all connections.

import type { Positioned } from '../engine/engine'

/** Why a subscribe is refused, or a subscription ended. */
export type RejectReason = 'unauthorized' | 'expired' | 'limit' | 'invalid'
/** Why a client is sent away. */
export type DisconnectReason = 'server_restart' | 'slow_consumer' | 'unauthorized' | 'limit'

/**
 * What a client can say. `address` is its own name for a subscription, unique within its connection. `asked` is the stream's
 * name, or the token, that it wants to subscribe to.
 */
export type Command =
  | {
      readonly type: 'subscribe'
      readonly address: string
      readonly asked: string
      /** The cursor to replay from; `null` means "from now on". Absent for a subscription without cursors. */
      readonly cursor?: string | null
      /** The id that the client chose for its page. A broadcast with this id in `exclude` is not sent to it. */
      readonly connection?: string
    }
  | { readonly type: 'unsubscribe'; readonly address: string }
  | { readonly type: 'pong' }

/** A subscribe. */
export type SubscribeCommand = Extract<Command, { type: 'subscribe' }>

/** What a server can say, apart from messages. */
export type Word =
  | { readonly type: 'welcome' }
  | { readonly type: 'subscribed'; readonly address: string; readonly stream: string; readonly replay?: ReplayWord }
  | { readonly type: 'rejected'; readonly address: string; readonly reason: RejectReason }
  | { readonly type: 'ping'; readonly cursor?: string | undefined }
  | {
      readonly type: 'disconnect'
      readonly reason: DisconnectReason
      readonly reconnect: boolean
      /** How long to wait before coming back, ms. */
      readonly after?: number
    }

/** The result of a replay. It is part of the answer to a subscribe with a cursor. */
export interface ReplayWord {
  /** What the client has everything up to, after the messages of the replay. */
  readonly cursor: string
  /** False if there is a gap. */
  readonly recovered: boolean
  /** Pages with a gap refresh themselves at a random moment within so many ms. */
  readonly refresh?: number | undefined
}

/** Where the messages of a subscription go. */
export interface Destination {
  /** The client's name for the subscription. */
  readonly address: string
  /** The stream's plain name. */
  readonly stream: string
  /** True if the client subscribed with a cursor: then each of its messages carries one. */
  readonly resumes: boolean
}

/** A broadcast as the hub sends it on. */
export interface Delivered extends Positioned {
  /** It makes many pages refresh themselves: each at a random moment within so many ms. */
  readonly refresh?: number | undefined
}

/** How one kind of client is spoken to. */
export interface Protocol {
  /** The WebSocket subprotocol by which a client chooses this protocol; '' for clients that offer none. */
  readonly name: string
  /** Reads one text. Undefined for anything that is not a command, which the server ignores. Never throws. */
  decode(text: string): Command | undefined
  /** The texts of a word; none if the protocol does not have it. */
  encode(word: Word): readonly string[]
  /** The text of a message is `head + message.json + tail`. */
  message(to: Destination, message: Delivered): { readonly head: string; readonly tail: string }
  /** A key: equal for those destinations of one stream for which `message` gives the same text. */
  audience(to: Destination): string
}
