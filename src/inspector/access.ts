// Who may look at the inspector: with a token whoever has it; without one, and never in production, a browser on this machine
// that speaks for itself. The page shows what is sent to others, and can send, so both halves of a request count: who asks, and
// which page makes it ask.

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hasBearer } from '../http/bearer'
import { type OriginRules, originAllowed } from '../http/origin'
import { isDirect } from '../http/trusted-peer'
import type { ResolvedOptions } from '../options/options'
import { Signer } from '../stream/signer'

/** How long a browser that gave the token once need not give it again, ms. */
const sessionLife = 12 * 3_600_000

const cookieName = 'turbo-cable-inspector'

// Names that the keys of one inspector sign; a token for one of them is none for another.
const session = 'session'
const send = 'send'

/** The stream of the inspector's own cable. */
export const liveStream = 'live'

type AccessOptions = Pick<ResolvedOptions, 'inspector'> & OriginRules

/** The right to look, and what proves it. */
export class Access {
  readonly #token: string | undefined
  readonly #local: boolean
  readonly #rules: OriginRules
  readonly #signer: Signer
  /** What the inspector's own cable signs the names of its streams with. */
  readonly secret: Uint8Array

  /** `local`: whether a process on this machine may broadcast without a token; the same is asked of who looks. */
  constructor({ inspector, allowedOrigins, trustProxy }: AccessOptions, local: boolean) {
    this.#token = typeof inspector === 'object' ? inspector.token : undefined
    this.#local = inspector === true || local
    // Without a token the right is to be on this machine, and so is the page's origin.
    this.#rules = this.#token === undefined ? { allowedOrigins: [], trustProxy: false } : { allowedOrigins, trustProxy }
    // Derived from the token, so that all processes which share it know each other's sessions.
    this.secret = this.#token === undefined ? randomBytes(32) : derived(this.#token)
    this.#signer = new Signer([this.secret])
  }

  /** Undefined for who may look; `'token'` for who has to give the token first; else why not. */
  refusal(request: IncomingMessage): string | undefined {
    if (this.#token !== undefined) {
      return this.#hasSession(request) || hasBearer(request, [this.#token]) ? undefined : 'token'
    }
    if (!this.#local)
      return `This cable has a secret or a token, so being on this machine is no right by itself. ${wayOut}`
    if (isDirect(request)) return undefined
    return `The inspector is for a browser on this machine, which asks for localhost and comes through no proxy. ${wayOut}`
  }

  /** Whether the inspector's own page makes this request, or a person who typed its address. */
  isOwn(request: IncomingMessage): boolean {
    const { 'sec-fetch-site': site = 'none' } = request.headers
    return (site === 'same-origin' || site === 'none') && originAllowed(request, this.#rules)
  }

  /** Whether this is a visit: a link from elsewhere may lead to the page, which no other page can read or frame. */
  isVisit({ method, headers }: IncomingMessage): boolean {
    return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  }

  /** The cookie for who has given the right token; undefined for a wrong one. */
  signIn(given: string, secure: boolean): string | undefined {
    if (this.#token === undefined || !timingSafeEqual(derived(given), derived(this.#token))) return undefined
    const value = this.#signer.sign(session, { expires: Date.now() + sessionLife })
    // Without a path it is for where it was given, `…/inspector/`, by whatever path the browser has come there.
    return `${cookieName}=${value}; HttpOnly; SameSite=Strict; Max-Age=${sessionLife / 1_000}${secure ? '; Secure' : ''}`
  }

  /** The cookie for who leaves. */
  signOut(): string {
    return `${cookieName}=; HttpOnly; SameSite=Strict; Max-Age=0`
  }

  /** What a page of the inspector sends with what it wants to be sent. */
  pageToken(): string {
    return this.#signer.sign(send, { expires: Date.now() + sessionLife })
  }

  /** Whether that is of a page of this inspector. */
  isPageToken(token: string): boolean {
    return this.#holds(token, send)
  }

  /** The name by which a page subscribes to the inspector's own stream. */
  streamToken(): string {
    return this.#signer.sign(liveStream, { expires: Date.now() + sessionLife })
  }

  #hasSession({ headers: { cookie = '' } }: IncomingMessage): boolean {
    const cookies = cookie.split(';').map((each) => each.trim())
    return cookies.some(
      (each) => each.startsWith(`${cookieName}=`) && this.#holds(each.slice(cookieName.length + 1), session),
    )
  }

  #holds(token: string, name: string): boolean {
    const { stream, expires = 0 } = this.#signer.verify(token) ?? {}
    return stream === name && expires > Date.now()
  }
}

/** Whether there is an inspector at all. */
export function isInspected({ inspector }: Pick<ResolvedOptions, 'inspector'>, env = process.env): boolean {
  return typeof inspector === 'object' || (inspector !== false && env.NODE_ENV !== 'production')
}

const wayOut =
  'From elsewhere: turboCable({ inspector: { token } }) or TURBO_CABLE_INSPECTOR. On this machine alone, in development: turboCable({ inspector: true })'

function derived(token: string): Buffer {
  return createHmac('sha256', token).update('turbo-cable/inspector').digest()
}
