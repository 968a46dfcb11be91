// Decides which requests the cable answers. All others are the app's.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { logger, warn } from '../log'
import { serveAsset } from './assets'
import type { BroadcastEndpoint } from './broadcast-endpoint'

const debug = logger('http')

/** The paths of a cable, below its mount. */
export interface RequestPaths {
  /** The path of the WebSocket endpoint. The files of the browser are served below it. */
  readonly path: string
  /** The path that takes broadcasts by POST. */
  readonly broadcastPath: string
}

/** Answers the requests of one cable. */
export class Requests {
  readonly #paths: RequestPaths
  readonly #endpoint: BroadcastEndpoint

  constructor(paths: RequestPaths, endpoint: BroadcastEndpoint) {
    this.#paths = paths
    this.#endpoint = endpoint
  }

  /** Answers a request whose `url` is relative to the mount. Returns false, and does nothing, if it is not the cable's. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request
    const { path, broadcastPath } = this.#paths
    const [asked = ''] = url.split('?', 1)
    if (asked === broadcastPath && method === 'POST') {
      this.#endpoint.handle(request, response).catch((error: unknown) => fail(response, error))
      return true
    }
    const isFile = (method === 'GET' || method === 'HEAD') && asked.startsWith(`${path}/`)
    return isFile && serveAsset(asked.slice(path.length + 1), request, response)
  }
}

function fail(response: ServerResponse, error: unknown): void {
  warn(`a broadcast could not be read: ${error instanceof Error ? error.message : error}`)
  debug('%O', error)
  if (response.headersSent) return void response.destroy()
  response.statusCode = 500
  response.end()
}
