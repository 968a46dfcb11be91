// Who is let in, by whatever door: the same rules for a WebSocket and for an event stream, before anything is opened for them.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { wasDisconnected } from '../hub/arrivals'
import type { Visitor } from '../hub/gate'
import type { Hub } from '../hub/hub'
import { cutOff, logger, warnSeldom } from '../log'
import { fullLine } from '../options/cautions'
import type { ResolvedOptions } from '../options/options'
import type { DisconnectReason } from '../protocol/protocol'
import { Addresses } from './addresses'
import { admitted, asksNobody } from './admission'
import { originAllowed } from './origin'
import { isLocalHost } from './trusted-peer'

const debug = logger('upgrade')

/** Someone at the door. */
export interface Guest {
  readonly request: IncomingMessage
  /** The guest has left when it has ended; undefined for one that has its socket to itself. */
  readonly response?: ServerResponse
  /** Lets the guest in. */
  accept(visitor: Visitor): void
  /** Refuses the guest with an HTTP status and a text; `reason` is for clients that are shown no status. */
  refuse(status: number, text: string, reason?: DisconnectReason): void
  /** Calls `left` if the guest goes while the app is asked. Returns the undo. */
  watch(left: () => void): () => void
}

/** The rules of one cable. */
export class Entrance {
  readonly #hub: Hub
  readonly #options: ResolvedOptions
  readonly #addresses: Addresses
  // An operator should know of both, and a stranger can cause both.
  readonly #sayOrigin = warnSeldom(debug)
  readonly #sayNumber = warnSeldom(debug)

  constructor(hub: Hub, options: ResolvedOptions) {
    this.#hub = hub
    this.#options = options
    this.#addresses = new Addresses(options.limits.connectionsPerAddress)
  }

  /** Accepts or refuses a guest, now or when the app has said who it is. */
  enter(guest: Guest): void {
    const { request, response } = guest
    const full = this.#hub.size >= this.#options.limits.connections
    if (!originAllowed(request, this.#options)) this.#refuseOrigin(guest)
    else if (full) this.#refuseForNumber(guest)
    else if (!this.#addresses.admit(request, response)) guest.refuse(503, 'Too many connections from one address')
    else if (asksNobody(this.#options)) guest.accept({ identity: undefined, request })
    else if (this.#hub.arrivals.unanswered >= this.#options.limits.unanswered) guest.refuse(503, 'Too many at once')
    else void this.#acceptWhenAdmitted(guest)
  }

  async #acceptWhenAdmitted(guest: Guest): Promise<void> {
    const { arrivals } = this.#hub
    const arrival = arrivals.expect(() => guest.refuse(503, 'Closing'))
    const left = new AbortController()
    const unwatch = guest.watch(() => {
      arrivals.gone(arrival)
      left.abort()
    })
    const visitor = await admitted(guest.request, this.#options, left.signal)
    unwatch()
    if (!arrivals.answered(arrival)) return
    if ('status' in visitor) guest.refuse(visitor.status, visitor.text, visitor.reason)
    else if (wasDisconnected(arrival, visitor.identity)) guest.refuse(401, 'Unauthorized')
    else guest.accept({ ...visitor, since: arrival.since })
  }

  #refuseForNumber(guest: Guest): void {
    this.#sayNumber(fullLine(this.#options.limits.connections))
    guest.refuse(503, 'Too many connections')
  }

  #refuseOrigin({ request: { headers }, refuse }: Guest): void {
    const { host } = headers
    const from = cutOff(headers.origin ?? '')
    const to = cutOff(host ?? '')
    const mayBeProxied = isLocalHost(host)
    // What is no page of anybody, as `turbo-cable doctor` asks for it, says nothing of this server.
    const say = headers.origin?.endsWith('.invalid') ? debug : this.#sayOrigin
    say(
      mayBeProxied
        ? `refused a page of ${from} on host ${to}: where a proxy passes no Host of its own, let it pass Host (nginx: proxy_set_header Host $http_host), and see that it does not pass POST to the broadcast path from outside, as everybody looks local through it; else list the page in allowedOrigins`
        : `refused a page of ${from} on host ${to}: list it in allowedOrigins, or let the proxy pass Host (or set trustProxy)`,
    )
    refuse(403, 'Forbidden: origin not allowed')
  }
}
