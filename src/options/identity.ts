// Who is at the other end, in the app's own terms. Types only.

import type { IncomingMessage } from 'node:http'

/** What `authenticate` found: the user, the session, anything but null and undefined. `{ id: 7, name: 'Ada' }` */
// biome-ignore lint/suspicious/noExplicitAny: only the app knows what its identities are; it gets back what it gave.
export type Identity = any

/** A request as the upgrade has it, with whatever the middleware put on it: `request.session.userId`. */
// biome-ignore lint/suspicious/noExplicitAny: middleware adds properties (session, user) that only the app knows.
export type UpgradeRequest = IncomingMessage & Record<string, any>
