// The counts that a cable gives to its app. Apart from the hub, so that the public types reach no dependency's types.

/** Counts since the start and now, for health pages and tests. */
export interface HubStats {
  readonly connections: number
  readonly streams: number
  readonly subscriptions: number
  readonly broadcasts: number
  readonly slowConsumers: number
  readonly silentConnections: number
}
