// Decides who may broadcast without a token: only a process on this machine that speaks for itself. A loopback address alone does
// not prove that. Every request through a reverse proxy on this machine has one. So has every web page in a browser on this
// machine, also one whose host name an attacker made to point here (DNS rebinding).

import type { IncomingMessage } from 'node:http'

const loopback = /^(?:::1|(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/
const relayed = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'cf-connecting-ip',
  'cdn-loop',
  'true-client-ip',
  'fly-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-amzn-trace-id',
  'x-original-host',
])

const localHost = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d+)?$/i

/** True for `localhost`, 127.0.0.0/8 and [::1], with or without a port. */
export function isLocalHost(host: string | undefined): boolean {
  return localHost.test(host ?? '')
}

/**
 * True for a request from 127.0.0.0/8, ::1 or ::ffff:127.0.0.0/104 whose Host is a local name, and which has no sign of a proxy.
 * HTTP/1.0 is such a sign: nginx before 1.29.7 uses it by default for the servers behind it.
 */
export function isDirect(request: IncomingMessage): boolean {
  if (!loopback.test(request.socket.remoteAddress ?? '')) return false
  if (!isLocalHost(request.headers.host) || request.httpVersion === '1.0') return false
  return !Object.keys(request.headers).some((name) => relayed.has(name) || name.startsWith('x-forwarded-'))
}

/** True for such a request without a sign of a browser. */
export function isTrustedPeer(request: IncomingMessage): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  return origin === undefined && site === undefined && isDirect(request)
}
