// Which web pages may open a socket. Browsers let any page connect to any host and send the cookies along (cross-site
// WebSocket hijacking), so the server has to look at the Origin that they add. Other programs send none, and are let through.

import type { IncomingMessage } from 'node:http'
import type { AllowedOrigins } from '../options/options'
import { verdict } from '../verdict'

export interface OriginRules {
  readonly allowedOrigins: AllowedOrigins
  readonly trustProxy: boolean
}

/** True when the request comes from no web page, from one of the same host, or from one of an allowed origin. */
export function originAllowed(request: IncomingMessage, { allowedOrigins, trustProxy }: OriginRules): boolean {
  const { origin } = request.headers
  if (origin === undefined) return true
  const page = hostOf(origin)
  if (page !== undefined && page === hostIn(request, trustProxy)) return true
  if (typeof allowedOrigins !== 'function') return allowedOrigins.some((rule) => fits(rule, origin, page))
  return verdict('allowedOrigins', () => allowedOrigins(origin, request), false)
}

// `https://a.example`, `a.example`, `a.example:8080`, `*.example`, `https://*.example`, `*`
function fits(rule: string, origin: string, page: string | undefined): boolean {
  if (rule === '*') return true
  if (page === undefined) return false
  const [, scheme, pattern = ''] = /^(?:([a-z][a-z\d+.-]*):\/\/)?(.*?)\/?$/i.exec(rule) ?? []
  if (scheme !== undefined && !origin.toLowerCase().startsWith(`${scheme.toLowerCase()}://`)) return false
  const host = pattern.toLowerCase()
  // The dot stays: `*.example` is no rule for `badexample`.
  return host.startsWith('*.') ? page.endsWith(host.slice(1)) && page.length > host.length - 1 : page === host
}

// The host of an origin, with its port where that is not the scheme's own; undefined for `null` and whatever is no URL.
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) && new URL(origin).host !== '' ? new URL(origin).host : undefined
}

function hostIn(request: IncomingMessage, trustProxy: boolean): string | undefined {
  const forwarded = trustProxy ? [request.headers['x-forwarded-host']].flat()[0]?.split(',', 1)[0]?.trim() : undefined
  const host = forwarded || request.headers.host
  // A default port may be spelt out in Host; an origin never has it.
  return host?.toLowerCase().replace(/:(?:80|443)$/, '')
}
