// A stream that says what data it carries, so that both ends are checked by one definition. Runs in a browser too: it imports nothing.

/** What `broadcastJson` can send: anything that JSON can hold but a string, which a page would take for HTML. */
type Sendable = object | number | boolean | null

/** A stream's name that carries the type of its data. At run time it is the name, a string. */
export type TypedStream<Data> = string & { readonly '~data': Data }

/** The type of a stream's data: `StreamData<typeof importStream>`; `unknown` where none was defined. */
export type StreamData<Stream> = Stream extends TypedStream<infer Data> ? Data : unknown

/**
 * Defines a stream of data, for a file that server and browser share.
 *
 * ```ts
 * export const importStream = (id: number) => defineStream<{ progress: number }>(`import:${id}`)
 * // server
 * await broadcastJson(importStream(7), { progress: 50 })
 * // browser
 * subscribe(importStream(7), ({ progress }) => { bar.value = progress })
 * ```
 *
 * It is the name itself, so it names the stream everywhere else too: `turboStreamFrom(importStream(7))`.
 */
export function defineStream<Data extends Sendable>(name: string): TypedStream<Data> {
  return name as TypedStream<Data>
}
