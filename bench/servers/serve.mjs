// What all servers share: a port, the `POST /_broadcast` of those that have none of their own, and the answers about cost.

import { once } from 'node:events'
import { answer } from '../support/child.mjs'
import { usage } from '../support/usage.mjs'

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

  /** Lets a client of ws subscribe, until it closes; `member` is what stands for it in the sets. */
  admit(client, member = client) {
    const joined = new Set()
    client.on('message', (text) => {
      const { type, stream } = JSON.parse(text)
      if (type !== 'subscribe') return
      joined.add(stream)
      this.#clients.set(stream, (this.#clients.get(stream) ?? new Set()).add(member))
      client.send(JSON.stringify({ type: 'subscribed', stream }))
    })
    client.on('close', () => {
      for (const stream of joined) this.#leave(stream, member)
    })
  }

  #leave(stream, member) {
    const clients = this.#clients.get(stream)
    if (clients?.delete(member) && clients.size === 0) this.#clients.delete(stream)
  }
}
