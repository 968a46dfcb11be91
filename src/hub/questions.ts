// The app's answers about one client: "may it listen to that stream?", "which streams is that channel?". The same is asked once at
// a time, however often the client asks, and no more at once than the client may have streams.

import { setMaxListeners } from 'node:events'
import type { Connection } from './connection'

/** A question that is not answered yet. It is one also when nobody waits for the answer any more. */
interface Question<Answer> {
  readonly answer: Promise<Answer>
  /** Of the question that follows it, where the client has asked again meanwhile. */
  next?: Promise<Answer | undefined>
}

interface Client<Answer> {
  readonly open: Map<string, Question<Answer>>
  readonly left: AbortController
}

export class Questions<Answer> {
  readonly #most: number
  readonly #clients = new Map<Connection, Client<Answer>>()

  /** `most` is how many may be unanswered for one client. */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * The answer, as new as the call; undefined where too many of this client are unanswered, or where it has gone. `put` asks the
   * app; `about` is the same for the same question.
   */
  async ask(
    connection: Connection,
    about: string,
    put: (left: AbortSignal) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const client = this.#clients.get(connection) ?? { open: new Map(), left: leaving() }
    const known = client.open.get(about)
    if (known) {
      known.next ??= known.answer.then(() =>
        client.left.signal.aborted ? undefined : this.ask(connection, about, put),
      )
      return known.next
    }
    if (client.open.size >= this.#most) return undefined
    const answer = put(client.left.signal)
    client.open.set(about, { answer })
    this.#clients.set(connection, client)
    const answered = await answer
    client.open.delete(about)
    if (client.open.size === 0 && this.#clients.get(connection) === client) this.#clients.delete(connection)
    return answered
  }

  /** The client has gone: the app is told, and need not answer any more. */
  forget(connection: Connection): void {
    this.#clients.get(connection)?.left.abort()
    this.#clients.delete(connection)
  }
}

// As many listen to it as there are questions. Node would print a warning from the eleventh on, which any client could cause.
function leaving(): AbortController {
  const left = new AbortController()
  setMaxListeners(0, left.signal)
  return left
}
