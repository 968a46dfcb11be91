// Sends a broadcast by hand: reads the form of the inspector's page, and answers it with what became of it.

import type { IncomingMessage } from 'node:http'
import getRawBody from 'raw-body'
import type { Hub } from '../hub/hub'
import { broadcastsIn } from '../publisher/body'
import { counted } from './lines'

/** A form as it was sent; undefined where it is none, or too large. */
export async function formIn(
  request: IncomingMessage & { body?: unknown },
  limit: number,
): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) return undefined
  if (request.readableDidRead) return parsed(request.body)
  try {
    const length = request.headers['content-length'] ?? null
    return new URLSearchParams(await getRawBody(request, { limit, length, encoding: 'utf8' }))
  } catch {
    return undefined
  }
}

// A body parser before the cable has read it.
function parsed(body: unknown): URLSearchParams | undefined {
  if (typeof body === 'string') return new URLSearchParams(body)
  if (typeof body !== 'object' || body === null) return undefined
  return new URLSearchParams(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** What is said to who has sent something. */
export interface Outcome {
  readonly sent: boolean
  readonly says: string
}

/** Sends what the form says: `stream`, `data`, and `json` where the data is JSON. */
export async function sendByHand(form: URLSearchParams, hub: Hub): Promise<Outcome> {
  const stream = form.get('stream') ?? ''
  const text = form.get('data') ?? ''
  let data: unknown = text
  if (form.has('json')) {
    try {
      data = JSON.parse(text)
    } catch (error) {
      return { sent: false, says: `Not sent: that is no JSON. ${error instanceof Error ? error.message : error}` }
    }
  }
  const broadcasts = broadcastsIn({ stream, data })
  if (typeof broadcasts === 'string') {
    return { sent: false, says: 'Not sent: name a stream, without a comma and with at most 512 bytes' }
  }
  try {
    await hub.publish(broadcasts)
  } catch (error) {
    return { sent: false, says: `Not sent: ${error instanceof Error ? error.message : error}` }
  }
  return { sent: true, says: `Sent to ${stream}: ${counted(hub.view.subscribers(stream), 'subscriber')} here` }
}
