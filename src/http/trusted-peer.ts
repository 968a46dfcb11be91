// Who may broadcast without a token: a process on this machine, speaking for itself. Loopback alone is not enough: behind a
// reverse proxy on the same machine everybody is loopback, and so is a web page in a browser on it, also one whose host name
// was pointed here (DNS rebinding).

import type { IncomingMessage } from 'node:http'

const loopback = /^(?:::1|(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/
const relayed = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'cf-connecting-ip',
  'true-client-ip',
  'origin',
  'sec-fetch-site',
])

const localHost = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d+)?$/i

/**
 * True for a request from 127.0.0.0/8, ::1 or ::ffff:127.0.0.0/104 that asks for this machine by a local name and shows no
 * sign of a proxy or a browser. HTTP/1.0 is such a sign: nginx before 1.29.7 speaks it to what is behind it, unless told otherwise.
 */
export function isTrustedPeer(request: IncomingMessage): boolean {
  if (!loopback.test(request.socket.remoteAddress ?? '')) return false
  if (!localHost.test(request.headers.host ?? '') || request.httpVersion === '1.0') return false
  return !Object.keys(request.headers).some((name) => relayed.has(name) || name.startsWith('x-forwarded-'))
}
