// Takes WebSocket upgrades from an HTTP server, by public means of Node only, and beside other listeners. A server gets one
// listener, however many cables it has.

import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { noteForeign } from './foreign-sockets'
import { giveBack } from './give-back'

/** Someone who takes upgrades. */
export interface UpgradeDelegate {
  /** True for an upgrade that is its own: a WebSocket to exactly its path. */
  claims(request: IncomingMessage): boolean
  /** Takes an upgrade that it claims, and answers it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** All of these as one: the first that claims an upgrade takes it. */
export function firstOf(delegates: readonly UpgradeDelegate[]): UpgradeDelegate {
  const taker = (request: IncomingMessage) => delegates.find((delegate) => delegate.claims(request))
  return {
    claims: (request) => taker(request) !== undefined,
    upgrade: (request, socket, head) => taker(request)?.upgrade(request, socket, head),
  }
}

// From Node 24.9 on, a server calls this before it upgrades. If it returns false, the request stays an ordinary one.
type AskingServer = Server & { shouldUpgradeCallback?: (request: IncomingMessage) => boolean }

// How long another listener may take to touch the socket of an upgrade that is not ours, ms. It may have to ask a database first.
const grace = 5_000

interface Attachment {
  readonly delegates: Set<UpgradeDelegate>
  readonly stop: () => void
}

const attachments = new WeakMap<Server, Attachment>()

/** Gives `delegate` the upgrades of a server that it claims. Returns the undo. A second call does nothing more. */
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
    else {
      noteForeign(server, socket)
      giveBackUntaken(server, request, socket, head)
    }
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

// Another listener may want this upgrade, and nothing shows that before it touches the socket. What another listener has touched
// is left alone. What nobody has touched after the grace is given back to the app.
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
