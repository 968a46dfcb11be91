// What a server says to an upgrade request, as plain HTTP: so that a refusal is seen to be a real answer and not a cut line.

import { request } from 'node:http'
import { handshakeHeaders } from './websocket.mjs'

export interface UpgradeAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Asks for a WebSocket with exactly these further headers; resolves to 101, or to the whole answer that refuses it. */
export function upgradeAnswer(
  port: number,
  headers: Readonly<Record<string, string>> = {},
  { host = '127.0.0.1', path = '/cable' } = {},
): Promise<UpgradeAnswer> {
  return new Promise((resolve, reject) => {
    const asking = request({
      host,
      port,
      path,
      headers: { ...handshakeHeaders, ...headers },
    })
    asking.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    asking.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      response.on('error', reject)
    })
    asking.on('error', reject)
    asking.end()
  })
}
