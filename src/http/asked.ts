// What a request of Turbo's says about the answer that it wants. Reads headers and nothing else.

import type { IncomingHttpHeaders } from 'node:http'

/** The media type of an answer that is `<turbo-stream>` elements. Turbo looks at how a content type begins. */
export const streamType = 'text/vnd.turbo-stream.html'

/** `wantsTurboStream({ accept: 'text/vnd.turbo-stream.html, text/html' })` → true. Everything (`*` + `/*`) is no wish for a stream. */
export function wantsTurboStream({ accept = '' }: IncomingHttpHeaders): boolean {
  return accept.split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return type === streamType && !parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
  })
}

/** The id of the frame that the answer is for, or undefined: `turboFrame({ 'turbo-frame': 'tray' })` → `'tray'`. */
export function turboFrame(headers: IncomingHttpHeaders): string | undefined {
  return [headers['turbo-frame']].flat()[0] || undefined
}

/** Whether the request comes from a Hotwire Native app, by its `User-Agent`, as turbo-rails' `hotwire_native_app?` sees it. */
export function isHotwireNative(headers: IncomingHttpHeaders): boolean {
  return /(?:Turbo|Hotwire) Native/.test(headers['user-agent'] ?? '')
}

/** `varied('Accept-Encoding', 'Accept')` → `'Accept-Encoding, Accept'`, or undefined where `Vary` says so already. */
export function varied(vary: number | string | readonly string[] | undefined, name: string): string | undefined {
  const known = [vary ?? []].flat().join(', ')
  const names = known.split(',').map((each) => each.trim().toLowerCase())
  if (names.includes('*') || names.includes(name.toLowerCase())) return undefined
  return known ? `${known}, ${name}` : name
}
