// Decides which requests the cable answers. All others are the app's.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { logger, reasonOf, warnSeldom } from '../log'
import { serveAsset } from './assets'
import type { BroadcastEndpoint } from './broadcast-endpoint'
import type { Events } from './events'
import { serveHistoricalLocation } from './historical-locations'
import { Mounts } from './mounts'

const debug = logger('http')

// One for the process: whoever posts can cause it.
const sayUnread = warnSeldom(debug)

/** The paths of a cable, below its mount. */
export interface RequestPaths {
  /** The path of the WebSocket endpoint. The files of the browser are served below it. */
  readonly path: string
  /** The path that takes broadcasts by POST. */
  readonly broadcastPath: string
}

/** Who answers what. */
export interface RequestParts {
  readonly endpoint: BroadcastEndpoint
  readonly events: Events
  /** Answers what is asked for at `<path>/inspector` and, with the rest of the path, below it; false, and does nothing, for what is not there. */
  readonly inspector?: { handle(request: IncomingMessage, response: ServerResponse, rest: string): boolean } | undefined
}

/** Answers the requests of one cable. */
export class Requests {
  readonly #paths: RequestPaths
  readonly #parts: RequestParts
  readonly #mounts: Mounts

  constructor(paths: RequestPaths, parts: RequestParts, mounts = new Mounts()) {
    this.#paths = paths
    this.#parts = parts
    this.#mounts = mounts
  }

  /** Answers a request whose `url` is relative to `mount`. Returns false, and does nothing, if it is not the cable's. */
  handle(request: IncomingMessage, response: ServerResponse, mount = ''): boolean {
    const { method, url = '', headers } = request
    const { path, broadcastPath } = this.#paths
    const { inspector } = this.#parts
    const inspectorPath = `${path}/inspector`
    const [asked = ''] = url.split('?', 1)
    if (asked === broadcastPath && method === 'POST' && this.#asWritten(request, mount)) {
      this.#parts.endpoint.handle(request, response).catch((error: unknown) => fail(response, error))
      return true
    }
    const hasSocket = asked === path || (inspector && asked === inspectorPath)
    if (hasSocket && headers.upgrade?.toLowerCase() === 'websocket') return comeBack(response)
    if (inspector && (asked === inspectorPath || asked.startsWith(`${inspectorPath}/`))) {
      return inspector.handle(request, response, asked.slice(inspectorPath.length))
    }
    if (serveHistoricalLocation(asked, request, response)) return true
    if (this.opensEvents(request)) {
      this.#parts.events.handle(request, response)
      return true
    }
    const isFile = (method === 'GET' || method === 'HEAD') && asked.startsWith(`${path}/`)
    return isFile && serveAsset(asked.slice(path.length + 1), request, response)
  }

  /** Whether a request is for an event stream: its answer ends only with the cable. */
  opensEvents({ method, url = '' }: IncomingMessage): boolean {
    return method === 'GET' && url.split('?', 1)[0] === `${this.#paths.path}/events`
  }

  // Express takes `/APP/_broadcast`, and in version 4 `/app//_broadcast`, for `/app/_broadcast`. A proxy that blocks the last lets the
  // others through. So the path has to be the very one that the app wrote.
  #asWritten({ originalUrl }: IncomingMessage & { originalUrl?: string }, mount: string): boolean {
    if (originalUrl === undefined) return true
    const [whole] = originalUrl.split('?', 1)
    const { known } = this.#mounts
    const mounts = known.length > 0 ? known : [mount]
    const same = mounts.some((each) => `${each}${this.#paths.broadcastPath}` === whole)
    if (!same) debug('a POST to %s is not taken for one to %s below %o', whole, this.#paths.broadcastPath, mounts)
    return same
  }
}

// Where nobody said which server it is, Node hands the first upgrade over as an ordinary request. That one shows the server, whose
// next upgrades are taken, but its own socket is the http parser's: the client has to connect once more.
function comeBack(response: ServerResponse): true {
  debug('an upgrade came before the server was known: the client has to come again')
  response.writeHead(503, { 'Retry-After': '0', Connection: 'close', 'Content-Type': 'text/plain; charset=utf-8' })
  response.end('Service Unavailable: connect again')
  return true
}

function fail(response: ServerResponse, error: unknown): void {
  sayUnread(`a broadcast could not be read: ${reasonOf(error)}`)
  debug('%O', error)
  if (response.headersSent) return void response.destroy()
  response.statusCode = 500
  response.end()
}
