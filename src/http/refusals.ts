// Tells whoever instruments a cable of a request that was refused.

import type { IncomingMessage } from 'node:http'
import { type RefusedEvent, tell } from '../diagnostics'

/** Publishes that a request to a door was refused. */
export function tellRefused(
  cable: string,
  door: RefusedEvent['door'],
  request: IncomingMessage & { readonly originalUrl?: string },
  { status, text }: { readonly status: number; readonly text: string },
): void {
  tell('turbo-cable:refused', () => {
    const [path = ''] = (request.originalUrl ?? request.url ?? '').split('?', 1)
    const [reason = ''] = text.split('\n', 1)
    const { origin } = request.headers
    return { cable, door, status, reason, path, origin, address: request.socket.remoteAddress }
  })
}
