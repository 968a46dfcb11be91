// The clients of the jitter bench: this package's, one that speaks the plain wire as older clients do, AnyCable's, and one that
// does what a browser's EventSource does. Each keeps a ledger.

import { createCable } from '@anycable/core'
import { backoff } from '../../client/backoff.ts'
import { createConnection } from '../../client/connection.ts'
import { decode, encode } from '../../client/protocol.ts'
import { EventSourceClient } from './event-source-client.mts'
import type { Ledger } from './jitter-ledger.mts'
import { Plug } from './plug.mts'
import type { Payload } from './reliability-server.mts'

export interface Client {
  readonly live: boolean
  /** Takes the network away: the socket ends without a close, and no other can be had. */
  unplug(): void
  /** Gives it back, and says so as a browser does by its event `online`. */
  replug(): void
  end(): void
}

/** Where a client connects to; the ports are those of processes that are one hub. */
export interface Address {
  readonly ports: readonly number[]
  /** What follows the path. */
  readonly query: string
  readonly stream: string
}

export type Wire = 'cursors' | 'plain' | 'anycable' | 'events'

/** A client of a wire, with its stock settings. */
export const clientOf: Record<Wire, (address: Address, ledger: Ledger) => Client> = {
  cursors: stockClient,
  plain: plainClient,
  anycable: anycableClient,
  events: (address, ledger) => new EventSourceClient(address, ledger),
}

// A broadcast of the bench, or one that says that something is missing: the refresh after broadcasts that could not be sent.
function take(ledger: Ledger, data: unknown): void {
  if (typeof data === 'string') ledger.gap()
  else ledger.take(data as Payload)
}

function stockClient({ ports, query, stream }: Address, ledger: Ledger): Client {
  const plug = new Plug(ports)
  const connection = createConnection(`ws://127.0.0.1/cable${query}`, {
    WebSocket: plug.WebSocket,
    gap: () => ledger.gap(),
  })
  const listener = {
    cursor: null,
    waiting: true,
    connected: false,
    deliver: ({ data }: { data: unknown }) => take(ledger, data),
    notify() {},
  }
  const leave = connection.subscribe(stream, listener)
  return {
    get live() {
      return !!listener.connected
    },
    unplug: () => plug.pull(),
    replug() {
      plug.push()
      connection.wake()
    },
    end() {
      leave()
      connection.suspend()
      plug.pull()
    },
  }
}

// Subscribes anew after each loss, with the same backoff, and knows nothing of what it missed.
function plainClient({ ports, query, stream }: Address, ledger: Ledger): Client {
  const plug = new Plug(ports)
  let timer: NodeJS.Timeout | undefined
  let attempt = 0
  let live = false
  let over = false
  const open = () => {
    clearTimeout(timer)
    timer = undefined
    const socket = new plug.WebSocket(`ws://127.0.0.1/cable${query}`)
    socket.on('open', () => socket.send(JSON.stringify({ type: 'subscribe', stream })))
    socket.on('message', (frame) => {
      const message = decode(String(frame))
      attempt = 0
      if (message?.type === 'message') take(ledger, message.data)
      else if (message?.type === 'subscribed') live = true
      else if (message?.type === 'ping') socket.send(encode({ type: 'pong' }))
    })
    socket.on('close', () => {
      live = false
      if (!over) timer = setTimeout(open, backoff(attempt++))
    })
  }
  open()
  return {
    get live() {
      return live
    },
    unplug: () => plug.pull(),
    replug() {
      plug.push()
      if (timer) open()
    },
    end() {
      over = true
      clearTimeout(timer)
      plug.pull()
    },
  }
}

// `@anycable/core` over `actioncable-v1-ext-json`. It closes a channel for good where the answer to its subscribe takes more than ten
// seconds, or where it finds itself subscribing twice. It says so, and drops what comes for that channel until it is asked
// again, as an app has to.
function anycableClient({ ports, query, stream }: Address, ledger: Ledger): Client {
  const plug = new Plug(ports)
  const cable = createCable(`ws://127.0.0.1/cable${query}`, {
    protocol: 'actioncable-v1-ext-json',
    websocketImplementation: plug.WebSocket as never,
    logLevel: 'error',
  })
  let live = false
  let over = false
  const open = () => {
    if (over) return
    const channel = cable.streamFrom(stream)
    channel.on('connect', () => {
      live = true
    })
    channel.on('disconnect', () => {
      live = false
    })
    channel.on('message', (data) => take(ledger, data))
    channel.on('info', ({ type }) => {
      if (type === 'history_not_found') ledger.gap()
    })
    channel.on('close', () => {
      live = false
      if (!over) ledger.giveUp()
      setImmediate(open)
    })
  }
  open()
  return {
    get live() {
      return live
    },
    unplug: () => plug.pull(),
    replug() {
      plug.push()
      // What @anycable/web does at a browser's `online`.
      cable.monitor?.reconnectNow()
    },
    end() {
      over = true
      plug.pull()
      cable.disconnect()
    },
  }
}
