// The seam between bytes and one client. Types only. A transport carries whole frames, and knows neither streams nor words.

/** How text becomes bytes on a kind of transport. */
export interface Framing {
  readonly name: string
  /** The bytes of one text: made once, and shared by all who are sent the same. */
  frame(text: string): Buffer
  /** What makes a client, or a proxy in between, show that it is there. */
  readonly keepAlive: Buffer
}

/** What a transport tells its connection. */
export interface TransportDelegate {
  /** One text from the client. */
  received(text: string): void
  /** Something that says no more than that somebody is there. */
  heard(): void
  /** The end, whoever caused it. Comes once. */
  closed(): void
}

export interface Transport {
  readonly framing: Framing
  /** False from the moment that nothing may follow any more. */
  readonly open: boolean
  /** Bytes that the network has not taken yet. */
  readonly pending: number
  /** Begins to tell `delegate` what comes in. */
  start(delegate: TransportDelegate): void
  /** Writes whole frames; nothing where it is no longer open. `taken` is called once nothing of them waits any more, also when the end takes them. */
  write(frames: Buffer, taken?: () => void): void
  /** Between the two, what is written leaves as one. */
  cork(): void
  uncork(): void
  /** The last frames, then an orderly end. `code` and `reason` are a WebSocket's (RFC 6455 §7.4). */
  end(last: Buffer, code: number, reason?: string): void
  /** The end at once. */
  destroy(): void
}
