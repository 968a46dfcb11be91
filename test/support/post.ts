// A POST whose every header is the test's own, `Host` included, which fetch does not let one choose.

import { request } from 'node:http'

export interface Posted {
  readonly status: number
  readonly body: string
}

/** The answer without its second line, which says what to do. */
export function gist({ status, body }: Posted): Posted {
  return { status, body: body.split('\n', 1)[0] ?? '' }
}

/** Sends one broadcast of `data` to the stream `s`, and resolves to the answer. */
export function post(
  port: number,
  headers: Readonly<Record<string, string>> = {},
  { host = '127.0.0.1', path = '/_broadcast', data = 'from outside' as unknown } = {},
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const sending = request({
      host,
      port,
      path,
      method: 'POST',
      // A connection of its own, so that nothing is left open behind a proxy.
      agent: false,
      headers: { 'Content-Type': 'application/json', ...headers },
    })
    sending.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    sending.on('error', reject)
    sending.end(JSON.stringify({ stream: 's', data }))
  })
}
