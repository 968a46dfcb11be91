// The counts that a cable gives to its app. In a file of their own, so that the public types need no types of a dependency.

/** Counts for health pages and tests. */
export interface HubStats {
  /** Connections now. */
  readonly connections: number
  /** Streams that have subscribers now. */
  readonly streams: number
  /** Subscriptions now. */
  readonly subscriptions: number
  /** Broadcasts that the engine has delivered to this process since the start. */
  readonly broadcasts: number
  /** Clients that were sent away since the start because they did not read. */
  readonly slowConsumers: number
  /** Connections that were cut off since the start because nothing was heard of them. */
  readonly silentConnections: number
}
