// Paths and bounds that several files must agree on. Nothing else writes these numbers down.

/** Where the WebSocket endpoint is, unless an app says otherwise. The client's own default; `client/page.ts` has it too. */
export const defaultPath = '/cable'

/** Where broadcasts are taken by `POST`, unless an app says otherwise. The gem's path. */
export const defaultBroadcastPath = '/_broadcast'

/** The longest name or token that a client may ask for, in characters: a name in base64 and its digest; JSON may write a byte as six. */
export const maxAskedLength = 8_192

/** The longest id that somebody else chooses (a page's, a POST's), in characters. It is kept, so a long one would be memory for the asking. */
export const maxIdLength = 128

/** Whether an id can be remembered. */
export function isUsableId(id: string | undefined): id is string {
  return id !== undefined && id !== '' && id.length <= maxIdLength
}

/** The header of a POST with ids of earlier ones that their sender has given up, separated by spaces. */
export const givenUpHeader = 'x-turbo-cable-given-up'

/** How many of them a POST may name. */
export const mostGivenUp = 100

/** The header of the app's responses with the cursor of the moment that their request arrived. `client/responses.ts` has it too. */
export const cursorHeader = 'X-Turbo-Cable-Cursor'

/** The header with the id that Turbo gives to each of its requests. */
export const requestIdHeader = 'x-turbo-request-id'

/** Where Hotwire Native apps are sent to leave a screen, below the mount path, and what a browser reads there: turbo-rails' own. */
export const historicalPaths = {
  recede: { path: '/recede_historical_location', says: 'Going back…' },
  resume: { path: '/resume_historical_location', says: 'Staying put…' },
  refresh: { path: '/refresh_historical_location', says: 'Refreshing…' },
} as const
