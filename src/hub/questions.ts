// The app's answers to "may this client listen to that stream?": one question for a client and a stream at a time, however
// often the client asks, and no more at once than the client may have streams.

import type { Connection } from './connection'
import type { Gate } from './gate'

/** A question that is not answered yet. It is one also when nobody waits for the answer any more. */
interface Question {
  readonly answer: Promise<boolean>
  /** Of the question that follows it, where the client has asked again meanwhile. */
  next?: Promise<boolean | undefined>
}

interface Client {
  readonly open: Map<string, Question>
  readonly left: AbortController
}

export class Questions {
  readonly #gate: Gate
  readonly #most: number
  readonly #clients = new Map<Connection, Client>()

  /** `most` is how many may be unanswered for one client. */
  constructor(gate: Gate, most: number) {
    this.#gate = gate
    this.#most = most
  }

  /** The answer, as new as the call; undefined where too many of this client are unanswered. */
  async ask(connection: Connection, stream: string): Promise<boolean | undefined> {
    const client = this.#clients.get(connection) ?? { open: new Map<string, Question>(), left: new AbortController() }
    const known = client.open.get(stream)
    if (known) {
      known.next ??= known.answer.then(() => (client.left.signal.aborted ? false : this.ask(connection, stream)))
      return known.next
    }
    if (client.open.size >= this.#most) return undefined
    const answer = this.#gate.allows(stream, connection, client.left.signal)
    client.open.set(stream, { answer })
    this.#clients.set(connection, client)
    const allowed = await answer
    client.open.delete(stream)
    if (client.open.size === 0 && this.#clients.get(connection) === client) this.#clients.delete(connection)
    return allowed
  }

  /** The client has gone: the app is told, and need not answer any more. */
  forget(connection: Connection): void {
    this.#clients.get(connection)?.left.abort()
    this.#clients.delete(connection)
  }
}
