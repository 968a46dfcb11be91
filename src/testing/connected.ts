// Waits, in a browser, until a page hears what is broadcast.

import { signedValue, splitSigned } from '../stream/signed-name'

/** What is used of a page of Playwright. */
export interface BrowserPage {
  /** Finds elements by a CSS selector. */
  locator(selector: string): PageLocator
}

/** What is used of a locator of Playwright. */
export interface PageLocator {
  /** The first element that it finds. */
  first(): PageLocator
  /** Waits until there is such an element, or until there is none. */
  waitFor(options: { state: 'attached' | 'detached'; timeout?: number }): Promise<void>
  /** Calls the function with the elements that there are, in the browser. */
  evaluateAll<Result>(pageFunction: (elements: Element[]) => Result): Promise<Result>
}

// `lib` has no DOM here: what the function in the browser uses of an element.
interface Element {
  getAttribute(name: string): string | null
}

/**
 * Waits until the page has a marker, that of `turboStreamFrom()`, and every marker it has is served: what is broadcast from now on
 * reaches it.
 *
 * ```ts
 * await page.goto('/rooms/7')
 * await connected(page)
 * ```
 *
 * `timeout` is in ms; without it Playwright's own counts. Rejects with an `Error` that names the streams which are not served.
 */
export async function connected(page: BrowserPage, { timeout }: { timeout?: number } = {}): Promise<void> {
  const options = timeout === undefined ? {} : { timeout }
  const waiting = page.locator(`${marker}:not([connected])`)
  try {
    await page
      .locator(marker)
      .first()
      .waitFor({ state: 'attached', ...options })
    await waiting.first().waitFor({ state: 'detached', ...options })
  } catch (cause) {
    const markers = await waiting.evaluateAll((elements) =>
      elements.map((element) => element.getAttribute('data-streams') ?? ''),
    )
    const streams = markers.flatMap((names) => names.split(',')).map(streamIn)
    const why = streams.length > 0 ? `these streams are not served: ${streams.join(', ')}` : 'it has no marker'
    throw new Error(`The page is not connected: ${why}`, { cause })
  }
}

// As the client finds it.
const marker = '[data-turbo-stream][data-streams]'

// For a reader: the name that a token carries, whoever signed it; a plain name is itself.
function streamIn(token: string): string {
  const said = signedValue(splitSigned(token)?.data ?? '') as string | { stream?: unknown } | null | undefined
  const name = typeof said === 'object' ? said?.stream : said
  return typeof name === 'string' ? name : token
}
