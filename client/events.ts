// The events that the client dispatches, by their names, for `addEventListener` on any element, on `document` and on `window`.

export interface TurboCableEventMap {
  /** A message that is not HTML. `replayed`: it was sent before this page asked for it. */
  'turbo:stream-message': CustomEvent<{ stream: string; data: unknown; cursor?: string; replayed: boolean }>
  /** Another subscriber of the stream has said something by `whisper()`: a stranger's word, and never HTML. */
  'turbo-cable:whisper': CustomEvent<{ stream: string; data: unknown }>
  'turbo-cable:connected': CustomEvent<{ stream: string }>
  'turbo-cable:disconnected': CustomEvent<{ stream: string }>
  'turbo-cable:rejected': CustomEvent<{ stream: string; reason: string }>
  /** The page has missed messages and will refresh itself, unless the event is canceled. */
  'turbo-cable:gap': CustomEvent<{ stream: string }>
  /** A refresh is about to take away what a person has changed in the target; who cancels the event keeps it. */
  'turbo-cable:discard': CustomEvent<{ newElement?: Element }>
}

declare global {
  interface GlobalEventHandlersEventMap extends TurboCableEventMap {}
}
