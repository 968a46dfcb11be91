// What a browser's EventSource does: one request, `Last-Event-ID`, and again after the reconnection time, for ever. Node 20 has none.

import { type ClientRequest, get } from 'node:http'
import { readEvents } from '../../test/support/event-source.ts'
import type { Address, Client } from './jitter-clients.mts'
import type { Ledger } from './jitter-ledger.mts'
import type { Payload } from './reliability-server.mts'

/** As long as Chromium waits before it comes back, ms. */
const reconnectionTime = 3_000

export class EventSourceClient implements Client {
  readonly #address: Address
  readonly #ledger: Ledger
  #request: ClientRequest | undefined
  #timer: NodeJS.Timeout | undefined
  #connected = true
  #over = false
  #id = ''
  #wait = reconnectionTime
  live = false

  constructor(address: Address, ledger: Ledger) {
    this.#address = address
    this.#ledger = ledger
    this.#open()
  }

  unplug(): void {
    this.#connected = false
    this.#request?.destroy()
  }

  /** An EventSource does not hear of `online`: it comes when its time is over. */
  replug(): void {
    this.#connected = true
  }

  end(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#request?.destroy()
  }

  #open(): void {
    const { ports, query, stream } = this.#address
    // Port 1 refuses: what a connect comes to without a network.
    const port = this.#connected ? ports[Math.floor(Math.random() * ports.length)] : 1
    const path = `/cable/events${query}${query === '' ? '?' : '&'}stream=${stream}`
    const headers = { Accept: 'text/event-stream', ...(this.#id && { 'Last-Event-ID': this.#id }) }
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false })
    this.#request = request
    let rest = ''
    request.on('response', (response) => {
      response.setEncoding('utf8')
      response.on('error', () => {})
      response.on('data', (chunk: string) => {
        const read = readEvents(rest + chunk, this.#id)
        const [, retry] = /^retry: (\d+)$/m.exec(rest + chunk) ?? []
        if (retry) this.#wait = Number(retry)
        rest = read.rest
        this.#id = read.id
        this.live = this.#id !== ''
        for (const { name, data } of read.events) this.#take(name, data)
      })
    })
    request.on('error', () => {})
    request.on('close', () => {
      this.live = false
      if (this.#over) return
      this.#timer = setTimeout(() => this.#open(), this.#wait)
      this.#wait = reconnectionTime
    })
  }

  #take(name: string, data: string): void {
    if (name === 'json') this.#ledger.take((JSON.parse(data) as { data: Payload }).data)
    // The only HTML that the bench's servers send is a refresh.
    else if (name === 'message') this.#ledger.gap()
  }
}
