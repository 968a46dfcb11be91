// The seam of the sending side: whatever can take a broadcast, and which one a process uses by default.

/** Any value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** One message for one stream. A string is Turbo Stream HTML; anything else reaches the page as a JSON event. */
export interface Broadcast {
  readonly stream: string
  readonly data: Json
  /** Id of the connection that shall not receive it: the tab that caused it. */
  readonly exclude?: string | undefined
}

/** Takes broadcasts, all or none. Resolves once they are on their way; rejects when they could not be taken. */
export interface Publisher {
  /** The same `id` is applied once, however often it is brought. */
  publish(broadcasts: readonly Broadcast[], id?: string): Promise<void>
}
