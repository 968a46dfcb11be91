// Who is at the other end, in the app's own terms, and how the app says so. Types only.

import type { IncomingMessage, ServerResponse } from 'node:http'

/** What `authenticate` found: the user, the session, anything but null and undefined. `{ id: 7, name: 'Ada' }` */
// biome-ignore lint/suspicious/noExplicitAny: only the app knows what its identities are; it gets back what it gave.
export type Identity = any

/** A request as the upgrade has it, with whatever the middleware put on it: `request.session.userId`. */
// biome-ignore lint/suspicious/noExplicitAny: middleware adds properties (session, user) that only the app knows.
export type UpgradeRequest = IncomingMessage & Record<string, any>

/**
 * An Express middleware, run on the upgrade request. The response takes headers and is never sent.
 * Made of a method, whose parameters may be narrower than these: Express' own `RequestHandler` asks for its Request and Response.
 */
export type UpgradeMiddleware = {
  run(request: UpgradeRequest, response: ServerResponse, next: (error?: unknown) => void): unknown
}['run']

/** Finds who is connecting: `(request) => findUser(request.session.userId)`. `null`, a throw and a rejection refuse with 401. */
export type Authenticate = (
  request: UpgradeRequest,
  more: {
    /** Aborted when the client has gone, or when the answer is too late. */
    signal: AbortSignal
    /** Says when the connection's right ends, ms since 1970: it is closed then, and the client told why. `expires(claims.exp * 1000)` */
    expires: (at: number) => void
  },
) => Identity | Promise<Identity>
/** `({ identity, stream }) => stream === `user:${identity.id}``: exactly `true` lets the subscription be, all else rejects it. */
export type Authorize = (question: {
  identity: Identity
  stream: string
  request: UpgradeRequest
  /** Aborted when the client has gone, or when the answer is too late. */
  signal: AbortSignal
}) => boolean | Promise<boolean>
