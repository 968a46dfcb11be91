// Who is connecting, and who may have which stream, as the app says when it is asked at a URL of its own.

import type { IncomingMessage } from 'node:http'
import { subjectOf } from '../hub/gate'
import { check, checkNames, isObject, isText, type Rule, time } from '../options/check'
import type { Authenticate, Authorize } from '../options/identity'
import { optionTable } from '../options/table'
import { Ask } from './ask'
import { type Claims, identityOf } from './claims'
import { serverTable } from './table'

/** The options of `askApp()`: one of its URLs, or both. */
export interface AskAppOptions {
  /** Asked with the client's headers who is connecting. A 200 with a JSON object is the identity: `{ "id": 7 }`. */
  readonly authenticateUrl?: string | undefined
  /** Asked with the client's headers, `?stream=` and `&subject=`, who may have the stream. A 200 with `true` is a yes. */
  readonly authorizeUrl?: string | undefined
  /** The headers of the client that the app gets. @default cookie, authorization, origin, user-agent, accept-language */
  readonly headers?: readonly string[] | undefined
  /** How long a yes holds without being asked for again, ms. Minimum 0. @default 5000 */
  readonly cache?: number | undefined
  /** How long an answer may take, ms. @default 10000 */
  readonly answerTime?: number | undefined
}

/** What `turboCable()` is given. */
export interface AskedApp {
  /** Asks `authenticateUrl`. */
  readonly authenticate?: Authenticate
  /** Asks `authorizeUrl`. */
  readonly authorize?: Authorize
}

/**
 * Makes `authenticate` and `authorize` of URLs of your app, which is asked with the headers that the client has sent: its cookies say
 * who it is.
 *
 * ```ts
 * turboCable({ ...askApp({ authenticateUrl: 'http://127.0.0.1:8000/cable/who' }) })
 * ```
 *
 * Where the app is away, slow, redirects or answers what is no JSON, the client is refused.
 *
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function askApp(options: AskAppOptions): AskedApp {
  checkNames(options, ['authenticateUrl', 'authorizeUrl', 'headers', 'cache', 'answerTime'])
  const { authenticateUrl, authorizeUrl } = options
  const cache = check('cache', options.cache ?? fallback('askCache'), time) as number
  const answerTime = (options.answerTime ?? optionTable['limits.answerTime']?.default) as number
  const names = check('headers', options.headers ?? fallback('askHeaders'), headerNames) as readonly string[]
  const given = (request: IncomingMessage) => headersOf(request, names)
  const { rule } = serverTable.authenticateUrl as { rule: Rule }
  check('askApp', options, {
    words: 'given `authenticateUrl` or `authorizeUrl`',
    holds: () => (authenticateUrl ?? authorizeUrl) !== undefined,
  })
  check('authenticateUrl', authenticateUrl, rule)
  check('authorizeUrl', authorizeUrl, rule)

  const who = new Ask({ answerTime, cache, yes: claimsIn })
  const may = new Ask({ answerTime, cache, yes: (value) => (value === true ? true : undefined) })

  const authenticate: Authenticate = async (request, { expires }) => {
    const headers = { ...given(request), 'x-turbo-cable-url': request.url ?? '' }
    const claims = (await who.ask(new URL(authenticateUrl as string), headers)) as Claims | undefined
    return claims ? identityOf(claims, expires) : null
  }
  const authorize: Authorize = async ({ identity, stream, request }) => {
    const url = new URL(authorizeUrl as string)
    url.searchParams.set('stream', stream)
    const subject = subjectOf(identity)
    if (subject !== undefined) url.searchParams.set('subject', subject)
    return (await may.ask(url, given(request))) === true
  }
  return { ...(authenticateUrl && { authenticate }), ...(authorizeUrl && { authorize }) }
}

function fallback(name: string): unknown {
  return serverTable[name]?.default
}

// An end that cannot be read is no answer: taken for none, it would let somebody stay for ever.
function claimsIn(value: unknown): Claims | undefined {
  if (!isObject(value)) return undefined
  const { exp } = value as Claims
  if (exp !== undefined && exp !== null && !Number.isFinite(exp)) throw new Error('`exp` is no number of seconds')
  return value as Claims
}

function headersOf({ headers }: IncomingMessage, names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name.toLowerCase(), headers[name.toLowerCase()]] as const)
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
}

// These say how one connection is used, and no other one.
const hopByHop =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|expect|sec-websocket-.*)$/i
const headerNames: Rule = {
  words: 'an array of names of headers, none of them of the connection itself',
  holds: (value) =>
    Array.isArray(value) && value.every((name) => isText(name) && /^[\w-]+$/.test(name) && !hopByHop.test(name)),
}
