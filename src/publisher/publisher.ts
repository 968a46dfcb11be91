// The seam of the sending side: whatever can take a broadcast. Types only.

/** Any value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** One message for one stream: `{ stream: 'room:7', data: '<turbo-stream …>' }`. */
export interface Broadcast {
  /** The stream's name, as `streamName()` makes it. */
  readonly stream: string
  /** A string is Turbo Stream HTML; anything else reaches the page as a JSON event. */
  readonly data: Json
  /** Id of the connection that shall not receive it: the tab that caused it. */
  readonly exclude?: string | undefined
}

/**
 * Takes broadcasts: the hub of this process, or a POST to the hub of another one.
 *
 * ```ts
 * const publisher: Publisher = { async publish(broadcasts) { await queue.add(broadcasts) } }
 * ```
 */
export interface Publisher {
  /**
   * Takes all of them or none. Resolves once they are on their way; rejects when they could not be taken. The same `id` is
   * applied once, however often it is brought. `givenUp` are ids that the sender brought before and said were not sent: they are
   * not applied any more, so that what is old does not come after what is new.
   */
  publish(broadcasts: readonly Broadcast[], id?: string, givenUp?: readonly string[]): Promise<void>
  /**
   * Makes every page refresh itself, whatever its streams: for a sender whose broadcasts failed to more streams than it can
   * remember. False where the hub does not know how; rejects when it could not be reached. The same `id` is applied once.
   */
  refreshAll?(id?: string): Promise<boolean>
  /**
   * Calls `told` whenever the log was lost from which pages read what it has taken: what somebody still has to say may be said anew.
   * Returns the undo.
   */
  whenLost?(told: () => void): () => void
  /** The cursor of what it has taken, where it knows one: two publishers whose cursors are of one epoch send to one history. */
  cursor?(): string | undefined
}
