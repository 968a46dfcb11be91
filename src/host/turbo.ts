// What every host adds to its requests and responses for Turbo, under the same names.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { isHotwireNative, turboFrame, varied, wantsTurboStream } from '../http/asked'
import { createNativeRedirects, type NativeRedirects } from '../response/native'
import type { TurboStreamResponse } from '../response/turbo-stream-response'

/** What a request says about the answer that it wants. */
export interface TurboRequest {
  /** Whether the answer may be `<turbo-stream>` elements. Reading it adds `Vary: Accept`. */
  readonly wantsTurboStream: boolean
  /** The id of the `<turbo-frame>` that the answer is for, or undefined. Reading it adds `Vary: Turbo-Frame`. */
  readonly turboFrame: string | undefined
  /** Whether a Hotwire Native app asks. */
  readonly hotwireNativeApp: boolean
}

/** How a request of Turbo's is answered. */
export interface TurboResponse<Sent> extends NativeRedirects<Sent> {
  /** Answers with `<turbo-stream>` elements: `res.turboStream.append('messages', { html }).remove('hint')`. */
  readonly turboStream: TurboStreamResponse<Sent>
}

/** Notes the header of the request that an answer depends on. */
type Vary = (name: string) => void

/** How a host answers. */
interface HostAnswers<Sent> {
  readonly turboStream: () => TurboStreamResponse<Sent>
  readonly redirect: (url: string) => Sent
}

// Under these a target keeps what its accessors work with. The accessors themselves are the same functions for all requests: V8
// makes a new shape for each object whose accessors are its own, and that costs twenty times as much as the rest of the middleware.
const asked = Symbol('turbo-cable asked')
const answers = Symbol('turbo-cable answers')

interface Asked {
  readonly [asked]: { readonly headers: IncomingHttpHeaders; readonly vary: Vary }
}
interface Answers {
  readonly [answers]: { readonly make: () => unknown; made?: unknown }
}

const wantsAccessor = {
  wantsTurboStream: accessor(function (this: Asked) {
    this[asked].vary('Accept')
    return wantsTurboStream(this[asked].headers)
  }),
}
const frameAccessor = {
  turboFrame: accessor(function (this: Asked) {
    this[asked].vary('Turbo-Frame')
    return turboFrame(this[asked].headers)
  }),
}
const requestAccessors = { ...wantsAccessor, ...frameAccessor }
const responseAccessors = {
  turboStream: accessor(function (this: Answers) {
    const kept = this[answers]
    kept.made ??= kept.make()
    return kept.made
  }),
}

/** Adds what the request says. */
export function addTurboRequest(target: object, headers: IncomingHttpHeaders, vary: Vary): void {
  keep(target, asked, { headers, vary })
  Object.defineProperties(target, requestAccessors)
  Object.assign(target, { hotwireNativeApp: isHotwireNative(headers) })
}

/** Adds the answers. `mount` is where the cable is. */
export function addTurboResponse<Sent>(
  target: object,
  request: Pick<IncomingMessage, 'headers'>,
  mount: string,
  { turboStream, redirect }: HostAnswers<Sent>,
): void {
  keep(target, answers, { make: turboStream })
  Object.defineProperties(target, responseAccessors)
  Object.assign(target, createNativeRedirects(request, mount, redirect))
}

/** Adds what views see of the request. A frame's view goes without the layout, where the engine looks for `layout` in its locals. */
export function addTurboLocals(locals: object, headers: IncomingHttpHeaders, vary: Vary): void {
  keep(locals, asked, { headers, vary })
  Object.defineProperties(locals, frameAccessor)
  Object.assign(locals, { hotwireNativeApp: isHotwireNative(headers) }, headers['turbo-frame'] && { layout: false })
}

function accessor(get: (this: never) => unknown): PropertyDescriptor & ThisType<unknown> {
  return { get: get as () => unknown, enumerable: true, configurable: true }
}

function keep(target: object, key: symbol, value: object): void {
  Object.defineProperty(target, key, { value, configurable: true })
}

/** Notes in `Vary` that the answer depends on a header of the request. */
export function varyOn(response: ServerResponse): Vary {
  return (name) => {
    const vary = response.headersSent ? undefined : varied(response.getHeader('Vary'), name)
    if (vary) response.setHeader('Vary', vary)
  }
}
