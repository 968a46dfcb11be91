// The inspector of one cable: a page that shows what goes on in it while it does. It makes nothing before somebody looks who may.

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { UpgradeDelegate } from '../http/upgrade'
import type { Hub } from '../hub/hub'
import { logger, reasonOf, warnSeldom } from '../log'
import type { ResolvedOptions } from '../options/options'
import { turboStream } from '../turbo/turbo-stream'
import { Access } from './access'
import { Live } from './live'
import { OwnCable } from './own-cable'
import { page, policy, signInPage } from './page'
import { rendering, renderingHeaders } from './rendering'
import { formIn, sendByHand } from './sending'
import { style } from './style'

const debug = logger('inspector')

// One for the process: whoever asks for its pages may cause it.
const sayFailed = warnSeldom(debug)

/** The largest form with a token alone, bytes. */
const smallForm = 4_096

/** What an inspector works with. */
export interface InspectorParts {
  readonly hub: Hub
  readonly options: ResolvedOptions
  /** Whether being on this machine is a right to broadcast. */
  readonly local: boolean
  /** Whether this is a full path of the inspector, without query. */
  readonly isPath: (path: string) => boolean
}

interface Opened {
  readonly cable: OwnCable
  readonly live: Live
}

/** Answers what is asked for at `<path>/inspector` and below it. */
export class Inspector implements UpgradeDelegate {
  readonly #parts: InspectorParts
  readonly #access: Access
  #opened: Opened | undefined

  constructor(parts: InspectorParts) {
    this.#parts = parts
    this.#access = new Access(parts.options, parts.local)
  }

  /** Answers a request; `rest` is its path below the inspector's. False, and does nothing, for what is not there. */
  handle(request: IncomingMessage, response: ServerResponse, rest: string): boolean {
    const { method } = request
    const way = `${method === 'HEAD' ? 'GET' : method} ${rest.replace(/\/\d{1,15}$/, '/:id')}`
    if (!ways.has(way)) return false
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    response.setHeader('Referrer-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
    const answered = this.#answer(way, request, response, rest)
    answered.catch((error: unknown) => {
      sayFailed(`the inspector failed: ${reasonOf(error)}`)
      debug('%O', error)
      if (response.headersSent) response.destroy()
      else text(response, 500, 'The inspector failed')
    })
    return true
  }

  claims(request: IncomingMessage): boolean {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false
    return this.#parts.isPath((request.url ?? '').split('?', 1)[0] ?? '')
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#open().cable.upgrade(request, socket, head)
  }

  /** Sends the pages away, within `timeout` ms. */
  async close(timeout: number): Promise<void> {
    this.#opened?.live.stop()
    await this.#opened?.cable.close(timeout)
  }

  async #answer(way: string, request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> {
    // Nothing in it is a secret, and the page that asks for the token needs it too.
    if (way === 'GET /style.css') return send(response, 'text/css', style)
    const access = this.#access
    const isPage = way === 'GET '
    if (!access.isOwn(request) && !(isPage && access.isVisit(request)))
      return forbidden(response, 'another page asks for it')
    if (this.#parts.hub.closed) return text(response, 503, 'This cable is closed')
    if (way === 'GET /') return redirect(response)
    if (way === 'POST /sign-in') return this.#signIn(request, response)
    const refusal = access.refusal(request)
    if (refusal === 'token' && isPage) return askForToken(request, response)
    if (refusal !== undefined) return forbidden(response, refusal === 'token' ? 'Sign in first' : refusal)
    if (isPage) return this.#page(response)
    if (way === 'GET /rendered/:id') return this.#rendering(response, Number(rest.slice('/rendered/'.length)))
    const limit = way === 'POST /send' ? this.#parts.options.limits.bodyBytes : smallForm
    const form = await formIn(request, limit)
    if (!form) return text(response, 400, 'A form is required, no larger than `limits.bodyBytes`')
    if (!access.isPageToken(form.get('token') ?? '')) return forbidden(response, 'load the page again')
    if (way === 'POST /send') return this.#send(form, response)
    response.setHeader('Set-Cookie', access.signOut())
    redirect(response)
  }

  #page(response: ServerResponse): void {
    const { cable, live } = this.#open()
    live.watch()
    const nonce = randomBytes(16).toString('base64')
    const entries = live.entries()
    const token = this.#access.pageToken()
    const { hub, options } = this.#parts
    const signedIn = typeof options.inspector === 'object'
    response.setHeader('Content-Security-Policy', policy(nonce))
    const parts = { nonce, marker: cable.marker(), pieces: live.pieces(), entries, token, signedIn, cable: hub.id }
    send(response, 'text/html', page(parts))
  }

  #rendering(response: ServerResponse, id: number): void {
    const { data } = this.#opened?.live.recording.entry(id)?.sent ?? { data: 'It is not kept any more.' }
    for (const [name, value] of Object.entries(renderingHeaders)) response.setHeader(name, value)
    send(response, 'text/html', rendering(data))
  }

  async #send(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const { sent, says } = await sendByHand(form, this.#parts.hub)
    response.statusCode = sent ? 200 : 422
    send(response, 'text/vnd.turbo-stream.html', turboStream.update('sent', { text: says }))
  }

  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await formIn(request, smallForm)
    const secure = /^https:/i.test(request.headers.origin ?? '')
    const cookie = this.#access.signIn(form?.get('token') ?? '', secure)
    if (cookie !== undefined) response.setHeader('Set-Cookie', cookie)
    redirect(response, cookie === undefined ? '?wrong' : '')
  }

  #open(): Opened {
    if (!this.#opened) {
      const cable = new OwnCable(this.#access, this.#parts.options, () => live.watch())
      const live = new Live(this.#parts.hub, cable)
      this.#opened = { cable, live }
    }
    return this.#opened
  }
}

const ways = new Set([
  'GET ',
  'GET /',
  'GET /style.css',
  'GET /rendered/:id',
  'POST /send',
  'POST /sign-in',
  'POST /sign-out',
])

function send(response: ServerResponse, type: string, body: string): void {
  response.setHeader('Content-Type', `${type}; charset=utf-8`)
  response.end(body)
}

function text(response: ServerResponse, status: number, body: string): void {
  response.statusCode = status
  send(response, 'text/plain', body)
}

function forbidden(response: ServerResponse, reason: string): void {
  debug('refused: %s', reason)
  text(response, 403, `Forbidden: ${reason}`)
}

function askForToken({ url = '' }: IncomingMessage, response: ServerResponse): void {
  response.statusCode = 401
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  send(response, 'text/html', signInPage(url.endsWith('?wrong')))
}

// From below it back to the page, whatever the path before it is.
function redirect(response: ServerResponse, query = ''): void {
  response.statusCode = 303
  response.setHeader('Location', `../inspector${query}`)
  response.end()
}
