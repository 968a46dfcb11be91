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

/** What the request says, read when it is asked for. `vary` notes the header that an answer depends on. */
export function turboRequest(headers: IncomingHttpHeaders, vary: (name: string) => void): TurboRequest {
  return {
    get wantsTurboStream() {
      vary('Accept')
      return wantsTurboStream(headers)
    },
    get turboFrame() {
      vary('Turbo-Frame')
      return turboFrame(headers)
    },
    get hotwireNativeApp() {
      return isHotwireNative(headers)
    },
  }
}

/** The answers, made when they are asked for. `mount` is where the cable is. */
export function turboResponse<Sent>(
  request: Pick<IncomingMessage, 'headers'>,
  mount: string,
  host: { turboStream: () => TurboStreamResponse<Sent>; redirect: (url: string) => Sent },
): TurboResponse<Sent> {
  let made: TurboStreamResponse<Sent> | undefined
  return {
    get turboStream() {
      made ??= host.turboStream()
      return made
    },
    ...createNativeRedirects(request, mount, host.redirect),
  }
}

/** What views see of the request. A frame's answer goes without the layout, for view engines that look for `layout` in their locals. */
export function turboLocals(headers: IncomingHttpHeaders, vary: (name: string) => void): object {
  const { turboFrame, hotwireNativeApp } = Object.getOwnPropertyDescriptors(turboRequest(headers, vary))
  const layout = headers['turbo-frame'] ? { layout: { value: false, enumerable: true, writable: true } } : {}
  return Object.defineProperties({}, { turboFrame, hotwireNativeApp, ...layout })
}

/** Puts the properties of `source` on `target`; those that are read when they are asked for stay so. */
export function adopt(target: object, source: object): void {
  Object.defineProperties(target, Object.getOwnPropertyDescriptors(source))
}

/** Notes in `Vary` that the answer depends on a header of the request. */
export function varyOn(response: ServerResponse): (name: string) => void {
  return (name) => {
    const vary = response.headersSent ? undefined : varied(response.getHeader('Vary'), name)
    if (vary) response.setHeader('Vary', vary)
  }
}
