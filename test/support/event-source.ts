// A client of event streams for tests: events are a queue to read from.

import { type ClientRequest, get, type IncomingMessage } from 'node:http'
import { get as getSecurely } from 'node:https'
import { Queue } from './queue.ts'

export interface ServerEvent {
  /** `message` for an unnamed event. */
  readonly name: string
  readonly data: string
  /** The last id so far. */
  readonly id: string
}

export class TestEventSource {
  /** The head of the answer. */
  readonly opened: Promise<IncomingMessage>
  readonly closed: Promise<void>
  /** All that came, exactly. */
  text = ''
  /** The last id that came. */
  id = ''
  readonly #request: ClientRequest
  readonly #events = new Queue<ServerEvent>()
  #response: IncomingMessage | undefined
  #rest = ''

  constructor(url: string, headers: Record<string, string> = {}) {
    const secure = url.startsWith('https')
    this.#request = secure
      ? getSecurely(url, { headers, agent: false, rejectUnauthorized: false })
      : get(url, { headers, agent: false })
    this.opened = new Promise((resolve, reject) => this.#request.on('response', resolve).on('error', reject))
    this.opened.catch(() => {})
    this.closed = new Promise((resolve) => this.#request.on('close', resolve))
    this.#request.on('response', (response) => {
      this.#response = response.setEncoding('utf8')
      response.on('data', (chunk: string) => this.#take(chunk))
      response.on('error', () => {})
      response.on('close', () => this.#events.end(new Error('the stream has ended')))
    })
  }

  next(): Promise<ServerEvent> {
    return this.#events.next()
  }

  /** Everything that came and was not read. */
  get inbox(): readonly ServerEvent[] {
    return this.#events.items
  }

  pause(): void {
    this.#response?.pause()
  }

  resume(): void {
    this.#response?.resume()
  }

  close(): void {
    this.#request.destroy()
  }

  #take(chunk: string): void {
    this.text += chunk
    const { events, id, rest } = readEvents(this.#rest + chunk, this.id)
    this.#rest = rest
    this.id = id
    for (const event of events) this.#events.push(event)
  }
}

/** The events of a text (WHATWG HTML §9.2.6), as far as a server of ours writes them; `rest` is what is not whole yet. */
export function readEvents(text: string, id = ''): { events: ServerEvent[]; id: string; rest: string } {
  const events: ServerEvent[] = []
  const blocks = text.split('\n\n')
  const rest = blocks.pop() ?? ''
  let last = id
  for (const block of blocks) {
    const data: string[] = []
    let name = 'message'
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? []
      if (field === 'id') last = value
      else if (field === 'event') name = value
      else if (field === 'data') data.push(value)
    }
    if (data.length > 0) events.push({ name, data: data.join('\n'), id: last })
  }
  return { events, id: last, rest }
}
