// What a cable tells whoever instruments it, through `node:diagnostics_channel`: the names of the channels, and what each carries.
// Nothing is made of an event that nobody has subscribed to.

import { type Channel, channel } from 'node:diagnostics_channel'
import type { DisconnectReason, RejectReason } from './protocol/protocol'

/** About one client. */
export interface ClientEvent {
  /** The cable's `id`, as several may be in one process: `'cable-1'`. */
  readonly cable: string
  /** The number of the connection, unique within its cable. */
  readonly connection: number
  /** The id of who it is, as text, where `authenticate` has found somebody that has one. */
  readonly subject: string | undefined
}

/** A client was let in. */
export interface ConnectedEvent extends ClientEvent {
  /** How it is spoken to: `'turbo-cable'`, `'actioncable-v1-json'`, `'actioncable-v1-ext-json'`, `'event-stream'`. */
  readonly protocol: string
  /** What carries it: `'websocket'` or `'event-stream'`. */
  readonly transport: string
  /** The address at the other end of the socket; a proxy's, behind one. */
  readonly address: string | undefined
}

/** A connection has ended. */
export interface DisconnectedEvent extends ClientEvent {
  /** `'left'` where the client or the network ended it; else why the server did. */
  readonly reason: 'left' | 'silent' | DisconnectReason
}

/** A client is sent away because of what it costs. `disconnected` follows when its connection has ended. */
export interface DroppedEvent extends ClientEvent {
  /** It did not read, was not heard of, or sent more than it may. */
  readonly reason: 'slow_consumer' | 'silent' | 'limit'
  /** Bytes that waited for it. */
  readonly pending: number
}

/** A client has a stream from now on. */
export interface SubscribedEvent extends ClientEvent {
  /** The plain name of the stream. */
  readonly stream: string
  /** True if it subscribed with a cursor. */
  readonly resumes: boolean
}

/** A client has a stream no more, for whatever reason. For each `subscribed` there is one. */
export interface UnsubscribedEvent extends ClientEvent {
  /** The plain name of the stream. */
  readonly stream: string
}

/** A client was told what it had missed of a stream, or that nobody can tell: a gap. */
export interface ReplayedEvent extends ClientEvent {
  /** The plain name of the stream. */
  readonly stream: string
  /** What the client said that it has everything up to; null for a gap without one. */
  readonly cursor: string | null
  /** False if there is a gap: the page refreshes itself. */
  readonly recovered: boolean
  /** How many messages were replayed. */
  readonly messages: number
  /** About their size as they are written, bytes. */
  readonly bytes: number
}

/** A client does not get what it asked for, or no longer. */
export interface RejectedEvent extends ClientEvent {
  /** What it asked for, in quotes; of a long one, which may be a token, no more than the beginning. */
  readonly asked: string
  /** Why: `'unauthorized'`, `'expired'`, `'limit'`, `'invalid'`. */
  readonly reason: RejectReason
}

/** A request was refused at the door. */
export interface RefusedEvent {
  /** The cable's `id`. */
  readonly cable: string
  /** What was asked for: a WebSocket, an event stream, or to broadcast by POST. */
  readonly door: 'websocket' | 'event-stream' | 'broadcast'
  /** The HTTP status. */
  readonly status: number
  /** The first line of the answer: `'Too many connections'`. */
  readonly reason: string
  /** The path, without the query, which may hold a token. */
  readonly path: string
  /** The `Origin` header. */
  readonly origin: string | undefined
  /** The address at the other end of the socket; a proxy's, behind one. */
  readonly address: string | undefined
}

/** A broadcast was written to the sockets of this process. Each process that shares an engine tells of its own. */
export interface BroadcastEvent {
  /** The cable's `id`. */
  readonly cable: string
  /** The plain name of the stream. */
  readonly stream: string
  /** The data as JSON text. */
  readonly json: string
  /** Its place in the one sequence over all streams. */
  readonly position: number
  /** The same as text, as clients have it. */
  readonly cursor: string
  /** To how many subscribers it was written; one that has the stream at two addresses counts twice. */
  readonly recipients: number
  /** What was written to all of them together, bytes. */
  readonly bytes: number
  /** From `publish()` in this process, or else from when the engine brought it, until it was written, ms. */
  readonly ms: number
}

/** A whisper was written to the other subscribers in this process. */
export interface WhisperEvent {
  /** The cable's `id`. */
  readonly cable: string
  /** The plain name of the stream. */
  readonly stream: string
  /** The data as JSON text. */
  readonly json: string
  /** To how many subscribers it was written. */
  readonly recipients: number
}

/** The engine has started, went away, came back, or lost something. */
export interface EngineEvent {
  /** The cable's `id`. */
  readonly cable: string
  /** `'up'`: started or back. `'away'`: nothing can be sent. `'lost'`: its log has a hole, so every client comes back with its cursor. */
  readonly state: 'up' | 'away' | 'lost'
  /** What the engine says about it. */
  readonly reason: string | undefined
}

/**
 * What a cable publishes to `node:diagnostics_channel`, by the name of the channel. The events are frozen.
 *
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import type { CableEvents } from 'turbo-cable'
 *
 * subscribe('turbo-cable:broadcast', (event) => {
 *   const { stream, recipients, ms } = event as CableEvents['turbo-cable:broadcast']
 *   console.log(`${stream} → ${recipients} in ${ms.toFixed(1)} ms`) // room:7 → 12 in 0.4 ms
 * })
 * ```
 */
export interface CableEvents {
  /** A client was let in. */
  'turbo-cable:connected': ConnectedEvent
  /** A connection has ended. */
  'turbo-cable:disconnected': DisconnectedEvent
  /** A client is sent away because of what it costs. */
  'turbo-cable:dropped': DroppedEvent
  /** A client has a stream from now on. */
  'turbo-cable:subscribed': SubscribedEvent
  /** A client has a stream no more. */
  'turbo-cable:unsubscribed': UnsubscribedEvent
  /** A client was told what it had missed, or that there is a gap. */
  'turbo-cable:replayed': ReplayedEvent
  /** A client does not get what it asked for. */
  'turbo-cable:rejected': RejectedEvent
  /** A request was refused at the door. */
  'turbo-cable:refused': RefusedEvent
  /** A broadcast was written to the sockets. */
  'turbo-cable:broadcast': BroadcastEvent
  /** A whisper was written to the sockets. */
  'turbo-cable:whisper': WhisperEvent
  /** The engine has started, went away, came back, or lost something. */
  'turbo-cable:engine': EngineEvent
}

const channels: { readonly [Name in keyof CableEvents]: Channel } = {
  'turbo-cable:connected': channel('turbo-cable:connected'),
  'turbo-cable:disconnected': channel('turbo-cable:disconnected'),
  'turbo-cable:dropped': channel('turbo-cable:dropped'),
  'turbo-cable:subscribed': channel('turbo-cable:subscribed'),
  'turbo-cable:unsubscribed': channel('turbo-cable:unsubscribed'),
  'turbo-cable:replayed': channel('turbo-cable:replayed'),
  'turbo-cable:rejected': channel('turbo-cable:rejected'),
  'turbo-cable:refused': channel('turbo-cable:refused'),
  'turbo-cable:broadcast': channel('turbo-cable:broadcast'),
  'turbo-cable:whisper': channel('turbo-cable:whisper'),
  'turbo-cable:engine': channel('turbo-cable:engine'),
}

/** Whether anybody has subscribed to a channel. */
export function heard(name: keyof CableEvents): boolean {
  return channels[name].hasSubscribers
}

/** Publishes an event, which is made only if anybody has subscribed. */
export function tell<Name extends keyof CableEvents>(name: Name, event: () => CableEvents[Name]): void {
  const to = channels[name]
  if (to.hasSubscribers) to.publish(Object.freeze(event()))
}
