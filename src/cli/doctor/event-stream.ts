// Does an event stream come as it is written, or does somebody gather it?

import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { createGunzip } from 'node:zlib'
import { unknownCursor } from '../../engine/cursor'
import { begin } from './ask'
import type { Finding, Patient } from './finding'

// How long the first bytes may be on their way, ms.
const patience = 3_000

/** Asks for a stream from a cursor that nobody knows: the server says at once that something is missing. */
export async function readEvents({ url, headers, stream }: Patient, name: string): Promise<Finding> {
  const events = new URL(`${url.pathname}/events`, url)
  events.searchParams.set('stream', stream ?? name)
  events.searchParams.set('cursor', unknownCursor)
  // As a browser asks: what is compressed is gathered first.
  const asBrowser = { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip' }
  const response = await begin(events, { headers: { ...headers, ...asBrowser }, timeout: patience })
  const { statusCode: status, headers: answered = {} } = response ?? {}
  if (status === 401 || status === 403) {
    return { kind: 'open', text: `the event stream is refused (${status}): --stream NAME names one that may be read` }
  }
  if (response && !/^text\/event-stream/.test(answered['content-type'] ?? '')) {
    response.destroy()
    return { kind: 'bad', text: `${events.pathname} is answered ${status} and no event stream` }
  }
  const came = response && (await Promise.race([firstBytes(response), setTimeout(patience, false)]))
  response?.destroy()
  if (came) return { kind: 'ok', text: 'an event stream comes as it is written' }
  return {
    kind: 'bad',
    text: 'an event stream does not come as it is written: it is gathered on its way',
    mend: 'buffering',
  }
}

async function firstBytes(response: IncomingMessage): Promise<boolean> {
  const isPlain = response.headers['content-encoding'] === undefined
  const readable = isPlain ? response : response.pipe(createGunzip())
  await once(readable, 'data')
  return true
}
