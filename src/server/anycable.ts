// AnyCable's way to write broadcasts over HTTP, so that an app with `broadcast_adapter: http` can be pointed here as it is.

import { createHmac } from 'node:crypto'
import type { CableCore } from '../core'
import type { BodyFormat } from '../http/broadcast-endpoint'
import type { Broadcast, Json } from '../publisher/publisher'
import { isStreamName } from '../stream/name'
import type { Secret } from '../stream/signer'

/** The bearer that AnyCable's senders derive from their secret: hex HMAC-SHA256(secret, `broadcast-cable`). */
export function anycableKey(secret: Secret): string {
  return createHmac('sha256', secret).update('broadcast-cable').digest('hex')
}

/** Takes one broadcast, a batch of them, or the command to disconnect somebody. */
export function anycableFormat(cable: Pick<CableCore, 'publisher' | 'disconnect'>): BodyFormat {
  return {
    done: { status: 201, text: 'Created' },
    forbidden: 401,
    take(value) {
      const { command, payload } = fields(value)
      if (command !== undefined) {
        const { identifier } = fields(payload)
        if (command !== 'disconnect' || typeof identifier !== 'string' || identifier === '') return 'Unknown command'
        // In every process: the identity of AnyCable's tokens is the identifier itself.
        cable.disconnect(identifier)
        return Promise.resolve()
      }
      const broadcasts = broadcastsIn(value)
      return typeof broadcasts === 'string' ? broadcasts : cable.publisher.publish(broadcasts)
    },
  }
}

function broadcastsIn(value: unknown): readonly Broadcast[] | string {
  const broadcasts: Broadcast[] = []
  for (const item of [value].flat()) {
    const { stream, data, meta } = fields(item)
    if (typeof stream !== 'string' || !isStreamName(stream)) return 'Stream required'
    if (data === undefined) return 'Data required'
    const { exclude_socket: exclude } = fields(meta)
    broadcasts.push({ stream, data: dataOf(data as Json), ...(typeof exclude === 'string' && { exclude }) })
  }
  return broadcasts.length === 0 ? 'Stream required' : broadcasts
}

// The data is JSON in a string. What is no JSON is sent as the text that it is, and `null` too, as AnyCable does.
function dataOf(data: Json): Json {
  if (typeof data !== 'string') return data
  try {
    return (JSON.parse(data) as Json) ?? data
  } catch {
    return data
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
