// An app whose pages are made of parts: a page, a frame, something permanent, streams that answer a form. Each shows some of
// one state, and every change is broadcast. Requests can be held between reading the state and answering.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import express, { type Request, type Response } from 'express'
import { type Cable, turboCable } from '../../src/index.ts'

/** What the server has: the truth that every page must show in the end. */
export class State {
  a = 0
  p = 0
  f = 0
  board = 0
  items: string[] = []
  made = 0
}

export class AgeApp {
  cable!: Cable
  /** Answers that are being made. */
  under = 0
  /** Runs in each route once it has read the state, and before it answers. */
  held: (request: Request) => Promise<unknown> = async () => {}
  /** Runs in each route before it reads the state. */
  early: (request: Request) => Promise<unknown> = async () => {}
  /** Runs before a page is given a stream. */
  authorized: () => Promise<unknown> = async () => {}
  /** Answers in place of the routes, if it returns true. */
  instead: (request: Request, response: Response) => boolean = () => false
  readonly requests: string[] = []
  readonly #turbo: string | undefined
  readonly #states = new Map<string, State>()
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0

  /** `turbo` is the text of another version of Turbo than the one that the cable serves. */
  constructor(turbo?: string) {
    this.#turbo = turbo
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  state(key: string): State {
    const state = this.#states.get(key) ?? new State()
    this.#states.set(key, state)
    return state
  }

  /** Starts, or starts again on the same port without a memory of what was sent. */
  async start(): Promise<this> {
    const cable = turboCable({
      refreshSpread: 0,
      secret: 'a secret for tests of ages',
      authorize: () => this.authorized().then(() => true),
    })
    const app = express()
    if (this.#turbo) app.get('/cable/turbo.js', (_, response) => void response.type('js').send(this.#turbo))
    app.use(cable)
    app.use((request, response, next) => {
      this.requests.push(`${request.method} ${request.url}`)
      if (!this.instead(request, response)) next()
    })
    const route = (make: (state: State, key: string, request: Request) => string, type = 'html') => {
      return async (request: Request, response: Response) => {
        this.under++
        response.on('close', () => this.under--)
        const key = String(request.params.key)
        await this.early(request)
        const text = make(this.state(key), key, request)
        await this.held(request)
        // As many an app answers; a page that is behind must not be content with that.
        response.set('Cache-Control', 'no-cache').type(type).send(text)
      }
    }
    const cursor = new WeakMap<Request, (stream: string) => string>()
    app.use((request, response, next) => {
      const { turboStreamFrom, signedStream } = response.locals
      cursor.set(request, (stream) => turboStreamFrom(signedStream(stream, { expiresIn: 3_600_000 })))
      next()
    })
    const marker = (request: Request, stream: string) => (cursor.get(request) as (stream: string) => string)(stream)
    app.get(
      '/p/:key/:page',
      route((state, key, request) => {
        const { page } = request.params
        const links = `<h1>${page}</h1>`
        const main =
          page === '5'
            ? `<b class="a">${state.a}</b><div id="keep" data-turbo-permanent>${marker(request, `p:${key}`)}<b class="p">${state.p}</b></div>`
            : page === '4'
              ? ''
              : `${marker(request, `a:${key}`)}<b class="a">${state.a}</b>${this.board(state, marker(request, `a:${key}`))}
${this.list(state)}<div id="keep" data-turbo-permanent>${marker(request, `p:${key}`)}<b class="p">${state.p}</b></div>`
        // Only what is permanent has a marker here, and shows as much outside of it.
        const bare = page === '5' ? `<b class="p">${state.p}</b>` : ''
        const frame = /[12]/.test(String(page)) ? `<turbo-frame id="frame" src="/f/${key}"></turbo-frame>` : ''
        const form = `<form id="form" method="post" action="/s/${key}"><input name="text"><textarea name="more"></textarea>
<details><summary>More</summary>More</details></form>`
        const morph = page === '2' ? '<meta name="turbo-refresh-method" content="morph">' : ''
        return `<!doctype html><html><head><title>${page}</title><link rel="icon" href="data:,">${morph}${this.cable.turboCableTags()}</head>
<body data-key="${key}"${page === '2' ? ' data-turbo-cable-keep' : ''}>${links}${main}${bare}${frame}${form}</body></html>`
      }),
    )
    app.get(
      '/f/:key',
      route(
        (state, key, request) =>
          `<turbo-frame id="frame">${request.query.bare ? '' : `${marker(request, `f:${key}`)}<b class="f">${state.f}</b>`}<b class="a">${state.a}</b></turbo-frame>`,
      ),
    )
    app.post(
      '/s/:key',
      route(
        (state) =>
          `<turbo-stream action="update" targets=".a"><template>${state.a}</template></turbo-stream><turbo-stream action="replace" target="items"><template>${this.list(state)}</template></turbo-stream>`,
        'text/vnd.turbo-stream.html',
      ),
    )
    this.cable = cable
    this.#server = createServer(app).listen(this.#port, '127.0.0.1')
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
    return this
  }

  board(state: State, marker: string): string {
    return `<div id="board">${marker}<b class="board">${state.board}</b></div>`
  }

  list({ items }: State): string {
    return `<ul id="items">${items.map(item).join('')}</ul>`
  }

  /** Changes one thing and broadcasts it. */
  async change(key: string, what: 'a' | 'p' | 'f' | 'board' | 'add' | 'remove'): Promise<unknown> {
    const state = this.state(key)
    const { cable } = this
    if (what === 'add') {
      const id = `i${state.made++}`
      state.items.push(id)
      return cable.broadcastAppendTo(`a:${key}`, { target: 'items', html: item(id) })
    }
    if (what === 'remove') {
      const id = state.items.shift()
      return id && cable.broadcastRemoveTo(`a:${key}`, { target: id })
    }
    state[what]++
    if (what !== 'board') return cable.broadcastUpdateTo(`${what}:${key}`, { targets: `.${what}`, text: state[what] })
    const marker = cable.turboStreamFrom(cable.signedStream(`a:${key}`, { expiresIn: 3_600_000 + state.board }))
    return cable.broadcastReplaceTo(`a:${key}`, { target: 'board', html: this.board(state, marker) })
  }

  /** Cuts every connection, as a network would. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Ends without a word to anybody. */
  async kill(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = undefined
    const closed = once(server, 'close')
    server.close()
    this.cut()
    await closed
    await this.cable.close({ timeout: 1_000 })
  }
}

const item = (id: string) => `<li id="${id}">${id}</li>`

/** Runs in a page: what it shows of the state. What a page has no place for is not compared. */
export function shown(): Record<string, string> {
  const all = (selector: string) => [...document.querySelectorAll(selector)].map(({ textContent }) => textContent)
  const values: Record<string, string> = {}
  for (const name of ['a', 'p', 'f', 'board']) {
    const texts = new Set(all(`.${name}`))
    if (texts.size) values[name] = [...texts].join('|')
  }
  const list = document.querySelector('#items')
  if (list) values.items = all('#items > li').join()
  return values
}

/** The same of the state, for the names that a page has shown. */
export function wanted(state: State, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, String(Reflect.get(state, name))]))
}
