// A reverse proxy on this machine that passes each request on as it came, Host and all, by HTTP/1.1, and adds no header of its own.

import { createServer, type IncomingMessage, request } from 'node:http'
import { whileServing } from './http-server.ts'

interface ProxyOptions {
  /** Headers to add, or to put in the place of the client's. */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether the answer to this request gets lost on its way back. */
  readonly loses?: (request: IncomingMessage) => boolean
}

export function withHttpProxy(
  target: number,
  run: (port: number) => Promise<void>,
  { headers = {}, loses = () => false }: ProxyOptions = {},
): Promise<void> {
  const proxy = createServer((incoming, answer) => {
    const lost = loses(incoming)
    const { method, url: path } = incoming
    const all = { ...incoming.headers, ...headers }
    const outgoing = request(
      { host: '127.0.0.1', port: target, method, path, headers: all, agent: false },
      (response) => {
        if (lost) {
          response.resume()
          answer.destroy()
          return
        }
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      },
    )
    outgoing.on('error', () => answer.destroy())
    incoming.pipe(outgoing)
  })
  return whileServing(proxy, run)
}
