// Requests and responses without a server, for what only reads the one and writes the other.

import { once } from 'node:events'
import { type IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

export interface Asked {
  readonly method?: string
  readonly url?: string
  readonly headers?: IncomingHttpHeaders
  readonly httpVersion?: string
  readonly remoteAddress?: string
  readonly body?: string | Uint8Array
}

/** A request as Node's parser would have made it; its whole body has arrived. */
export function requestOf({ method = 'GET', url = '/', headers = {}, httpVersion = '1.1', ...rest }: Asked = {}) {
  const { remoteAddress = '127.0.0.1', body } = rest
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress })
  const request = Object.assign(new IncomingMessage(socket), { method, url, headers, httpVersion })
  if (body !== undefined) request.push(body)
  request.push(null)
  return request
}

/** A response to it; `text` is the body that was sent, once its end has been. */
export function responseTo(request: IncomingMessage) {
  const response = new ServerResponse(request)
  // Wide enough for any file: nobody tells a response without a server that its socket has drained.
  const wire = new PassThrough({ highWaterMark: 2 ** 24 })
  response.assignSocket(wire as unknown as Socket)
  const sent: Buffer[] = []
  wire.on('data', (chunk) => sent.push(chunk))
  const text = once(response, 'finish').then(async () => {
    await setImmediate()
    const whole = Buffer.concat(sent).toString()
    return whole.slice(whole.indexOf('\r\n\r\n') + 4)
  })
  return { response, text }
}
