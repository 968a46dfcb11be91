// Taking WebSocket upgrades off an http(s) server, by public means only, beside whoever else listens for them.
// One listener per server, however many cables it has.

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { giveBack } from './give-back'

export interface UpgradeDelegate {
  /** True for an upgrade that is ours: a WebSocket to exactly our path. */
  claims(request: IncomingMessage): boolean
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

// From Node 24.9 on a server asks this before it upgrades; what is refused stays an ordinary request, body included.
type AskingServer = Server & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean }

// How long another listener may take to show interest in an upgrade that is not ours, ms. It may be asking a database.
const grace = 5_000

interface Attachment {
  readonly delegates: Set<UpgradeDelegate>
  readonly stop: () => void
}

const attachments = new WeakMap<Server, Attachment>()

/** Hands the server's upgrades that `delegate` claims to it. Returns the undo; attaching twice is attaching once. */
export function attachUpgrade(server: Server, delegate: UpgradeDelegate): () => void {
  const { delegates, stop } = attachments.get(server) ?? listen(server)
  delegates.add(delegate)
  return () => {
    if (delegates.delete(delegate) && delegates.size === 0) stop()
  }
}

function listen(server: AskingServer): Attachment {
  const delegates = new Set<UpgradeDelegate>()
  const claimant = (request: IncomingMessage) => [...delegates].find((delegate) => delegate.claims(request))

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const taker = claimant(request)
    if (taker) taker.upgrade(request, socket, head)
    else if (server.listenerCount('upgrade') === 1) giveBack(server, request, socket, head)
    else giveBackUntaken(server, request, socket, head)
  }
  const original = server.shouldUpgradeCallback
  const shouldUpgrade = (request: IncomingMessage) =>
    claimant(request) !== undefined || (server.listenerCount('upgrade') > 1 && original?.call(server, request) === true)

  server.on('upgrade', onUpgrade)
  if (original) server.shouldUpgradeCallback = shouldUpgrade
  const attachment = {
    delegates,
    stop() {
      server.off('upgrade', onUpgrade)
      if (original && server.shouldUpgradeCallback === shouldUpgrade) server.shouldUpgradeCallback = original
      attachments.delete(server)
    },
  }
  attachments.set(server, attachment)
  return attachment
}

// Another listener may want this upgrade, and nothing says so until it touches the socket. Theirs are left alone; one that
// nobody has touched after the grace is answered by the app.
function giveBackUntaken(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const written = request.socket.bytesWritten
  const untouched = () =>
    !socket.destroyed &&
    socket.writable &&
    socket.readableFlowing === null &&
    request.socket.bytesWritten === written &&
    (['data', 'readable', 'error', 'close'] as const).every((event) => socket.listenerCount(event) === listeners[event])
  const count = (event: string) => socket.listenerCount(event)
  const listeners = { data: count('data'), readable: count('readable'), error: count('error'), close: count('close') }
  setTimeout(() => untouched() && giveBack(server, request, socket, head), grace).unref()
}
