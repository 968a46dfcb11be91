// Hotwire Native: its apps leave a screen when they are sent to one of three paths, and browsers are redirected as ever.

import type { IncomingMessage } from 'node:http'
import { isHotwireNative } from '../http/asked'
import { historicalPaths } from '../options/limits'

/** What an app's screen does: go back, stay as it is, or load anew. */
export type NativeAction = keyof typeof historicalPaths

/** The options of the redirects for Hotwire Native. */
export interface NativeOptions {
  /** Query parameters for the app: `{ notice: 'Saved' }`. Browsers do not get them. */
  readonly nativeParams?: Readonly<Record<string, string>> | undefined
}

/** Redirects that an app takes for what its screen does. Each is named as in turbo-rails. */
export interface NativeRedirects<Sent> {
  /** The app goes back one screen; a browser is redirected: `res.recedeOrRedirectTo('/messages')`. */
  recedeOrRedirectTo(url: string, options?: NativeOptions): Sent
  /** The app's screen stays as it is; a browser is redirected. */
  resumeOrRedirectTo(url: string, options?: NativeOptions): Sent
  /** The app's screen loads anew; a browser is redirected. */
  refreshOrRedirectTo(url: string, options?: NativeOptions): Sent
  /** The app goes back one screen; a browser goes to the page it came from, or to `url` where that is not known or not ours. */
  recedeOrRedirectBackOrTo(url: string, options?: NativeOptions): Sent
  /** The app's screen stays as it is; a browser goes back or to `url`. */
  resumeOrRedirectBackOrTo(url: string, options?: NativeOptions): Sent
  /** The app's screen loads anew; a browser goes back or to `url`. */
  refreshOrRedirectBackOrTo(url: string, options?: NativeOptions): Sent
}

/** Makes the redirects of one request; `mount` is where the cable answers the three paths. */
export function createNativeRedirects<Sent>(
  { headers }: Pick<IncomingMessage, 'headers'>,
  mount: string,
  redirect: (url: string) => Sent,
): NativeRedirects<Sent> {
  const to =
    (action: NativeAction, elsewhere: (url: string) => string) =>
    (url: string, { nativeParams = {} }: NativeOptions = {}) => {
      if (!isHotwireNative(headers)) return redirect(elsewhere(url))
      const query = String(new URLSearchParams(nativeParams))
      return redirect(`${mount}${historicalPaths[action].path}${query && `?${query}`}`)
    }
  const back = (url: string) => ownReferer(headers.referer, headers.host) ?? url
  return {
    recedeOrRedirectTo: to('recede', itself),
    resumeOrRedirectTo: to('resume', itself),
    refreshOrRedirectTo: to('refresh', itself),
    recedeOrRedirectBackOrTo: to('recede', back),
    resumeOrRedirectBackOrTo: to('resume', back),
    refreshOrRedirectBackOrTo: to('refresh', back),
  }
}

const itself = (url: string) => url

// Another site's page must not choose where ours sends its visitors.
function ownReferer(referer: string | undefined, host: string | undefined): string | undefined {
  if (!referer || !host || !URL.canParse(referer)) return undefined
  const { protocol, host: from, pathname, search } = new URL(referer)
  // In other schemes a path may begin with `/\\`, which a browser takes for `//`.
  return /^https?:$/.test(protocol) && from === host.toLowerCase()
    ? `${pathname.replace(/^\/+/, '/')}${search}`
    : undefined
}
