// Decides which web pages may open a socket. A browser lets any page connect to any host and sends the user's cookies along
// (cross-site WebSocket hijacking). So the server must look at the Origin that browsers add. Other programs need not send one.

import type { IncomingMessage } from 'node:http'
import type { AllowedOrigins } from '../options/options'
import { verdict } from '../verdict'

/** Which origins are allowed beside the own host: the options of the same names. */
export interface OriginRules {
  readonly allowedOrigins: AllowedOrigins
  readonly trustProxy: boolean
}

/** True if the request has no Origin, the Origin of its own host, or an allowed one. */
export function originAllowed(request: IncomingMessage, { allowedOrigins, trustProxy }: OriginRules): boolean {
  const { origin } = request.headers
  if (origin === undefined) return true
  const page = hostOf(origin)
  if (page !== undefined && page === hostIn(request, trustProxy)) return true
  if (typeof allowedOrigins !== 'function') return allowedOrigins.some((rule) => fits(rule, origin, page))
  return verdict('allowedOrigins', allowedOrigins, [origin, request], false)
}

// `https://a.example`, `a.example`, `a.example:8080`, `*.example`, `https://*.example`, `*`
function fits(rule: string, origin: string, page: string | undefined): boolean {
  if (rule === '*') return true
  if (page === undefined) return false
  const [, scheme, pattern = ''] = /^(?:([a-z][a-z\d+.-]*):\/\/)?(.*?)\/?$/i.exec(rule) ?? []
  if (scheme !== undefined && !origin.toLowerCase().startsWith(`${scheme.toLowerCase()}://`)) return false
  const host = pattern.toLowerCase()
  // The dot belongs to the end that is compared: `*.example` does not allow `badexample`.
  return host.startsWith('*.') ? page.endsWith(host.slice(1)) && page.length > host.length - 1 : page === host
}

// The host of an origin, with its port unless that is the default of the scheme. Undefined for `null` and for what is no URL.
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) && new URL(origin).host !== '' ? new URL(origin).host : undefined
}

function hostIn(request: IncomingMessage, trustProxy: boolean): string | undefined {
  const forwarded = trustProxy ? [request.headers['x-forwarded-host']].flat()[0]?.split(',', 1)[0]?.trim() : undefined
  const host = forwarded || request.headers.host
  // Host may name a default port; an origin never does.
  return host?.toLowerCase().replace(/:(?:80|443)$/, '')
}
