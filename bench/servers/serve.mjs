// What all servers share: a port, the `POST /_broadcast` of those that have none of their own, and the answers about cost.

import { once } from 'node:events'
import { answer, usage } from '../support/child.mjs'

/** Listens, and tells the parent where when asked `ready`. */
export async function serve(server, more = {}) {
  server.listen(0, '127.0.0.1', 4_096)
  await once(server, 'listening')
  const { port } = server.address()
  answer({ ready: () => ({ port, postPort: port }), usage, ...more })
}

/** A request listener that hands `{stream, data}` to `publish` and answers 200. */
export function takesPosts(publish) {
  return (request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { stream, data } = JSON.parse(body)
      publish(stream, data)
      response.end('OK')
    })
  }
}

/** Who listens to what, the simple way: sets of clients, and a client that knows its streams. */
export class Streams {
  #clients = new Map()

  of(stream) {
    return this.#clients.get(stream) ?? []
  }

  join(stream, client) {
    const clients = this.#clients.get(stream) ?? new Set()
    this.#clients.set(stream, clients.add(client))
  }

  leave(stream, client) {
    const clients = this.#clients.get(stream)
    if (clients?.delete(client) && clients.size === 0) this.#clients.delete(stream)
  }
}
