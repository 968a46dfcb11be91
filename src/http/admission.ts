// Who an upgrade request comes from: the app's middleware runs on it, then the app says whose it is. All of this is guarded:
// what throws, rejects or answers by itself refuses, is logged, and never crashes.

import { type IncomingMessage, ServerResponse } from 'node:http'
import { warn } from '../log'
import type { Identity, ResolvedOptions, UpgradeMiddleware, UpgradeRequest } from '../options/options'

export interface Refusal {
  readonly status: number
  readonly text: string
}

export type Admitted = { readonly identity: Identity; readonly request: UpgradeRequest } | Refusal

/** True when an upgrade can be decided without asking the app. */
export function asksNobody({
  middleware,
  authenticate,
}: Pick<ResolvedOptions, 'middleware' | 'authenticate'>): boolean {
  return middleware.length === 0 && authenticate === undefined
}

/** Runs the middleware, then `authenticate`: an identity, or the status to refuse with. */
export async function admitted(
  request: IncomingMessage,
  { middleware, authenticate }: Pick<ResolvedOptions, 'middleware' | 'authenticate'>,
): Promise<Admitted> {
  const visitor = request as UpgradeRequest
  // What Express would have set, and session middleware reads.
  visitor.originalUrl ??= request.url
  try {
    const response = new ServerResponse(request)
    for (const each of middleware) {
      const answered = await run(each, visitor, response)
      if (answered) return { status: Math.max(response.statusCode, 400), text: 'Refused by middleware' }
    }
    const identity: Identity = authenticate ? await authenticate(visitor) : undefined
    if (authenticate && (identity === null || identity === undefined || identity === false)) {
      return { status: 401, text: 'Unauthorized' }
    }
    return { identity, request: visitor }
  } catch (error) {
    warn(
      `a connection is refused, as its middleware or authenticate failed: ${error instanceof Error ? error.message : error}`,
    )
    return { status: 401, text: 'Unauthorized' }
  }
}

// Resolves to true when the middleware answered by itself instead of calling next(). Its answer goes nowhere.
function run(middleware: UpgradeMiddleware, request: UpgradeRequest, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const { end } = response
    response.end = (...parameters: unknown[]) => {
      resolve(true)
      // end() has three overloads; whichever was meant is passed on.
      return (end as (...parameters: unknown[]) => ServerResponse).apply(response, parameters)
    }
    const next = (error?: unknown) => (error === undefined || error === null ? resolve(false) : reject(error))
    // Middleware may be async, whatever its type says.
    Promise.resolve(middleware(request, response, next) as unknown).catch(reject)
  })
}
