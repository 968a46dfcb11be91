// The end of a server, in the order that loses nothing: nobody new, then the answers under way, then the pages, then the rest. Where
// answers take long, pages go before them.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { within } from '../in-time'
import { cutOffForeign } from './foreign-sockets'
import { UntilClosed } from './until-closed'

/** The requests that a cable has seen and that are not answered yet. */
export class UnderWay {
  // A number and no set of responses: what is in a set outlives its time, and each request would cost a collection of the old.
  #count = 0
  readonly #gone = (count: number) => {
    this.#count -= count
  }
  readonly #answered = () => this.#gone(1)
  readonly #waiting = new UntilClosed()

  add({ socket }: IncomingMessage, response: ServerResponse): void {
    // Its client has left while something before the cable was at work: no close is to come.
    if (socket.destroyed) return
    this.#count++
    // Few wait behind another one, and only those cost more.
    if (response.socket) response.once('close', this.#answered)
    else this.#waiting.add(socket, response, this.#gone)
  }

  /** Resolves when all are answered, those that come meanwhile too, or after `timeout` ms. */
  async answered(timeout: number): Promise<void> {
    const end = performance.now() + timeout
    while (this.#count > 0 && performance.now() < end) await wait(look)
  }
}

// How often it is looked whether all are answered, ms.
const look = 20

// How long sockets that are cut off may take to tell that they are closed, ms.
const moment = 100

/** Ends a cable within so many ms. Broadcasts are taken until `answered` resolves, which it does within the ms that it is given. */
export type Close = (timeout: number, answered?: (timeout: number) => Promise<void>) => Promise<void>

/** Ends a server within `timeout` ms: what is left then is cut off. */
export async function shutdown(
  server: Server,
  timeout: number,
  { underWay, close }: { underWay: UnderWay; close: Close },
): Promise<void> {
  const end = performance.now() + timeout
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that is kept alive would bring a next request.
  server.prependListener('request', (_request, response) => {
    if (!response.headersSent) response.setHeader('Connection', 'close')
  })
  server.closeIdleConnections()
  // A handler at work may still broadcast. Pages hear it until half of the time is over; then they are sent away, and the cable
  // takes it for those who come back.
  await underWay.answered(timeout / 2)
  await close(Math.max(0, end - performance.now()), (left) => underWay.answered(left))
  server.closeAllConnections()
  cutOffForeign(server)
  // What else may hold the server open, nobody can know: its own end is told where it comes in time.
  await within(Math.max(moment, end - performance.now()), closed)
}
