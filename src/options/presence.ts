// Who is on a stream, and what the app is told of it. Types only.

import type { Identity } from './identity'

/** Somebody who is on a stream, as others may see it: `{ id: '7', info: { name: 'Ada' } }`. */
export interface Present {
  /** The identity's `id`, or the string or number that it is itself, as text. */
  readonly id: string
  /** What `presence.info` gave for it, as JSON has it; null without one. */
  // biome-ignore lint/suspicious/noExplicitAny: only the app knows what it shows of its identities; it gets back what it gave.
  readonly info: any
}

/** Somebody has come to a stream, or has left it: `{ stream: 'room:7', identity: { id: '7', info: null }, joined: true, present: […] }`. */
export interface PresenceChange {
  /** The stream's plain name. */
  readonly stream: string
  /** Who has come or left. */
  readonly identity: Present
  /** True for who has come, false for who has left. */
  readonly joined: boolean
  /** Who is there now, in the order in which they came. */
  readonly present: readonly Present[]
}

/** `({ stream, present }) => broadcastUpdateTo(stream, { target: 'people', partial: 'rooms/people', locals: { people: present } })` */
export type OnPresence = (change: PresenceChange) => unknown

/** `(user, stream) => ({ name: user.name })`: what others see of an identity on a stream. Answers at once, with what JSON can hold. */
export type PresenceInfo = (identity: Identity, stream: string) => unknown

/** Which streams have presence: all or none, a list, those that match, or those it answers `true` for at once. */
export type PresenceStreams = boolean | readonly string[] | RegExp | ((stream: string) => boolean)
