// The stream that `defineStream()` of `turbo-cable/streams` makes, whose type nothing here can import.

/** A stream's name that carries the type of its data. */
export type TypedStream<Data> = string & { readonly '~data': Data }

/** A stream's name that says nothing of its data. */
export type UntypedStream = string & { readonly '~data'?: never }
