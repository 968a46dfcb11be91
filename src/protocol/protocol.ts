// The seam between words and text: a protocol says how one kind of client is spoken to. Types only. A protocol is pure: it has
// no socket, no timer and no state, so one object serves all connections.

import type { Listed, Positioned } from '../engine/engine'

/** Why a subscribe is refused, or a subscription ended. */
export type RejectReason = 'unauthorized' | 'expired' | 'limit' | 'invalid'
/** What a client asks for by the name of one of the app's channels. The app says which streams that means. */
export interface ChannelAsk {
  readonly channel: string
  /** What the client gave beside the name, as it gave it. */
  readonly params: Readonly<Record<string, unknown>>
}

/** From where to replay, for the streams of one address. */
export interface Cursors {
  readonly byStream: ReadonlyMap<string, string>
  /** For the other streams: everything since then, ms since 1970. Without it they start now. */
  readonly since?: number
}

/** Why a client is sent away. */
export type DisconnectReason = 'server_restart' | 'slow_consumer' | 'unauthorized' | 'expired' | 'limit'

/**
 * What a client can say. `address` is its own name for a subscription, unique within its connection. `asked` is the stream's
 * name, or the token, that it wants to subscribe to.
 */
export type Command =
  | {
      readonly type: 'subscribe'
      readonly address: string
      readonly asked: string | ChannelAsk
      /** Only a token will do, as in clients whose field is for tokens alone. */
      readonly signed?: true
      /** The cursor to replay from; `null` means "from now on". Absent for a subscription without cursors. */
      readonly cursor?: string | null | Cursors
      /** The id that the client chose for its page. A broadcast with this id in `exclude` is not sent to it. */
      readonly connection?: string
      /** The client joins the streams with its subscription, in a wire that has a word for that. */
      readonly joins?: true
    }
  | { readonly type: 'unsubscribe'; readonly address: string }
  /** A replay for an address that is subscribed. */
  | { readonly type: 'history'; readonly address: string; readonly cursor: Cursors }
  /** Something for the app's channel. `data` is what the client sent, with the action's name in it. */
  | {
      readonly type: 'perform'
      readonly address: string
      readonly asked: ChannelAsk
      readonly action: string
      readonly data: Readonly<Record<string, unknown>>
    }
  /** Something for the other subscribers, as JSON text. It is never kept. */
  | { readonly type: 'whisper'; readonly address: string; readonly json: string }
  /** The client is present on the streams of an address from now on, or no longer; or it asks who is. */
  | { readonly type: 'join' | 'leave' | 'presence'; readonly address: string }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }

/** A subscribe. */
export type SubscribeCommand = Extract<Command, { type: 'subscribe' }>

/** Somebody who is present: an identity's id, and what the app shows of it. */
export type Somebody = Pick<Listed, 'id' | 'info'>

/** What a server can say, apart from messages. */
export type Word =
  /** `id` is the page's id, where the server gives it. */
  | { readonly type: 'welcome'; readonly id?: string | undefined }
  | { readonly type: 'subscribed'; readonly address: string; readonly stream: string; readonly replay?: ReplayWord }
  | { readonly type: 'rejected'; readonly address: string; readonly reason: RejectReason }
  /** Follows the messages of a replay that was asked for. `recovered` is false if there is a gap in any stream of the address. */
  | { readonly type: 'replayed'; readonly address: string; readonly cursor: string; readonly recovered: boolean }
  /** The client has everything up to here, of all its streams. */
  | { readonly type: 'position'; readonly cursor: string }
  | { readonly type: 'joined' | 'left'; readonly address: string; readonly who: Somebody }
  /** Who is there; undefined where nobody knows. */
  | { readonly type: 'present'; readonly address: string; readonly present: readonly Somebody[] | undefined }
  /** `at` is the time, ms since 1970. */
  | { readonly type: 'ping'; readonly at: number; readonly cursor?: string | undefined }
  | { readonly type: 'pong' }
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
  /** The text of a message is `head + body + tail`; without a `body` it is `message.json`. */
  message(
    to: Destination,
    message: Delivered,
  ): { readonly head: string; readonly tail: string; readonly body?: string | undefined }
  /** The same for a whisper. A protocol without it, or a destination that it has none for, is sent none. */
  whisper?(to: Destination): { readonly head: string; readonly tail: string } | undefined
  /** A key: equal for those destinations of one stream for which `message` gives the same text. */
  audience(to: Destination): string
  /** Its clients are sent a ping each so many ms, subscribed or not. @default the option `heartbeat.interval`, once they have asked */
  readonly pingEvery?: number
  /** The server chooses the page's id, and says it in the welcome. @default the client chooses */
  readonly givesId?: true
  /** Its clients say by `join` and `leave` when they are present. @default they are for as long as they are subscribed */
  readonly joins?: true
  /** When the client is told one cursor for all its streams: after a replay, or also after each turn in which it was sent messages. */
  readonly tellsPosition?: 'after-replay' | 'after-turn'
}
