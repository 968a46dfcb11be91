// What is used of `@nats-io/transport-node` and `@nats-io/jetstream`, in types of our own: their packages are there only where they
// are used, and so are their types.

/** A connection that the app has, as `connect()` of `@nats-io/transport-node` makes it. It is only a pattern, and stays the app's. */
export interface NatsClient {
  // biome-ignore lint/suspicious/noExplicitAny: a message may be of many types.
  publish(subject: string, ...rest: any[]): void
  closed(): Promise<unknown>
}

/** A connection that is open until it closes. */
export interface Connection {
  readonly info?:
    | {
        readonly server_id: string
        readonly max_payload: number
        readonly cluster?: string
        readonly domain?: string
        readonly jetstream?: boolean
      }
    | undefined
  publish(subject: string, payload: string): void
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: { string(): string }) => void },
  ): unknown
  close(): Promise<void>
  closed(): Promise<unknown>
}

/** How a stream is made, times in ns. */
export interface StreamSettings {
  readonly max_age: number
  readonly max_bytes: number
  readonly duplicate_window: number
}

/** What a stream says of itself. */
export interface StreamInfo {
  readonly created: unknown
  readonly config: StreamSettings
  readonly state: { readonly messages: number; readonly first_seq: number; readonly last_seq: number }
}

/** Makes streams and looks at them. */
export interface Manager {
  readonly streams: {
    info(name: string): Promise<StreamInfo>
    add(settings: StreamSettings & Readonly<Record<string, unknown>>): Promise<unknown>
    update(name: string, settings: StreamSettings): Promise<unknown>
  }
}

/** A message of a stream. */
export interface StreamMessage {
  readonly data: Uint8Array
  readonly info: { readonly streamSequence: number; readonly timestampNanos: number }
}

/** Writes to streams and reads them. */
export interface JetStream {
  publish(subject: string, data: Uint8Array, options: object): Promise<{ readonly seq: number }>
  readonly consumers: {
    getPushConsumer(
      stream: string,
      options: { opt_start_seq: number; mem_storage: boolean },
    ): Promise<{
      consume(options: { callback: (message: StreamMessage) => void }): Promise<{ close(): Promise<unknown> }>
    }>
  }
}

/** What both packages are used for. */
export interface NatsModules {
  connect(options: object): Promise<Connection>
  jetstream(connection: Connection, options: object): JetStream
  jetstreamManager(connection: Connection, options: object): Promise<Manager>
}
