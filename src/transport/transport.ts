// The seam between the hub and one client's connection. Types only. A transport carries whole frames and knows nothing of
// streams and words.

/** How text becomes bytes on a kind of transport. */
export interface Framing {
  /** Unique among the framings. */
  readonly name: string
  /** The bytes of one text. They are made once and written to many connections, so nobody may change them. */
  frame(text: string): Buffer
  /** The same of a text whose middle is bytes already, which are copied and not encoded once more. */
  around(head: string, payload: Buffer, tail: string): Buffer
  /** Bytes that go with each ping: proxies then keep the connection open, and the client answers. */
  readonly keepAlive: Buffer
}

/** What a transport tells its connection. */
export interface TransportDelegate {
  /** One text from the client. */
  received(text: string): void
  /** Anything else from the client: a sign of life. */
  heard(): void
  /** The connection has ended, whoever ended it. Called once. */
  closed(): void
}

/** The connection to one client. */
export interface Transport {
  readonly framing: Framing
  /** True if the client cannot say anything, so that no sign of life is to be expected. */
  readonly oneWay?: true
  /** False once nothing more can be written. */
  readonly open: boolean
  /** Bytes that the network has not taken yet. */
  readonly pending: number
  /** The address at the other end, where there is one. */
  readonly address?: string | undefined
  /** Begins to tell `delegate` what comes in. Called once. */
  start(delegate: TransportDelegate): void
  /** Writes whole frames; nothing where it is no longer open. `taken` is called once nothing of them waits any more, also when the end takes them. */
  write(frames: Buffer, taken?: () => void): void
  /** Between the two, what is written leaves as one. */
  cork(): void
  /** Writes what was gathered. */
  uncork(): void
  /** Writes the last frames and closes. `code` and `reason` are those of a WebSocket (RFC 6455 §7.4). */
  end(last: Buffer, code: number, reason?: string): void
  /** Closes at once; what waits is lost. */
  destroy(): void
}
