// Finds out who an upgrade request comes from: runs the app's middleware on it, then the app's `authenticate`. If one of them
// throws or rejects, the request is refused and the error logged; if middleware answers by itself, the request is refused too.

import { type IncomingMessage, ServerResponse } from 'node:http'
import { inTime } from '../in-time'
import { logger, reasonOf, warnSeldomOf } from '../log'
import type { Identity, UpgradeMiddleware, UpgradeRequest } from '../options/identity'
import type { ResolvedOptions } from '../options/options'
import type { DisconnectReason } from '../protocol/protocol'

const say = warnSeldomOf(logger('upgrade'))

/** How an upgrade is refused. */
export interface Refusal {
  /** The HTTP status. */
  readonly status: number
  /** The body, plain text. */
  readonly text: string
  /** What clients are told that are shown no status. @default unauthorized */
  readonly reason?: DisconnectReason
}

/** What came out: who it is, or how the request is refused. */
export type Admission =
  | { readonly identity: Identity; readonly request: UpgradeRequest; readonly expires?: number | undefined }
  | Refusal

/** True if the app has neither middleware nor `authenticate`, so that everybody is let in. */
export function asksNobody({
  middleware,
  authenticate,
}: Pick<ResolvedOptions, 'middleware' | 'authenticate'>): boolean {
  return middleware.length === 0 && authenticate === undefined
}

/** Runs the middleware, then `authenticate`: an identity, or the status to refuse with. `left` tells that the client has gone. */
export async function admitted(
  request: IncomingMessage,
  options: Pick<ResolvedOptions, 'middleware' | 'authenticate' | 'limits'>,
  left: AbortSignal,
): Promise<Admission> {
  const visitor = request as UpgradeRequest
  // Session middleware reads this, which Express would have set.
  visitor.originalUrl ??= request.url
  let place: object = options
  const asking = (next: object) => {
    place = next
  }
  try {
    return await inTime(options.limits.answerTime, (signal) => asked(visitor, options, signal, asking), left)
  } catch (error) {
    say(place, '', `a connection is refused, as its middleware or authenticate failed: ${reasonOf(error)}`)
    return { status: 401, text: 'Unauthorized' }
  }
}

async function asked(
  visitor: UpgradeRequest,
  { middleware, authenticate }: Pick<ResolvedOptions, 'middleware' | 'authenticate'>,
  signal: AbortSignal,
  asking: (next: object) => void,
): Promise<Admission> {
  const response = new ServerResponse(visitor)
  for (const each of middleware) {
    asking(each)
    const answered = await run(each, visitor, response)
    if (answered) return { status: Math.max(response.statusCode, 400), text: 'Refused by middleware' }
  }
  if (authenticate) asking(authenticate)
  let ends: number | undefined
  const expires = (at: number) => {
    ends = at
  }
  const identity: Identity = authenticate ? await authenticate(visitor, { signal, expires }) : undefined
  if (authenticate && (identity === null || identity === undefined || identity === false)) {
    return { status: 401, text: 'Unauthorized' }
  }
  if (ends !== undefined && !(ends > Date.now()))
    return { status: 401, text: 'Unauthorized: expired', reason: 'expired' }
  return { identity, request: visitor, expires: ends }
}

// Resolves to true when the middleware answered by itself instead of calling next(). Its answer goes nowhere.
function run(middleware: UpgradeMiddleware, request: UpgradeRequest, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const { end } = response
    response.end = (...parameters: unknown[]) => {
      resolve(true)
      // end() has three overloads, all of which are passed on as they are.
      return (end as (...parameters: unknown[]) => ServerResponse).apply(response, parameters)
    }
    const next = (error?: unknown) => (error === undefined || error === null ? resolve(false) : reject(error))
    // Middleware may be async, whatever its type says.
    Promise.resolve(middleware(request, response, next) as unknown).catch(reject)
  })
}
