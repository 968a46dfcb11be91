// createCable(): the only file that connects the concrete parts. Knows no framework; host/ has what a framework sees.

import { createVerbs } from './broadcast/create-verbs'
import { LaterQueue } from './broadcast/later'
import { createPerform } from './broadcast/perform'
import { Refreshes } from './broadcast/refreshes'
import type { CableCore, HostParts } from './core'
import { engineFromEnv } from './engine/from-env'
import { MemoryEngine } from './engine/memory'
import { BroadcastEndpoint } from './http/broadcast-endpoint'
import { BroadcastRight } from './http/broadcast-right'
import { Entrance } from './http/entrance'
import { Events } from './http/events'
import { Handshake } from './http/handshake'
import { Mounts } from './http/mounts'
import { PassedOver } from './http/passed-over'
import { Requests } from './http/requests'
import { Servers } from './http/servers'
import { type Close, shutdown, UnderWay } from './http/shutdown'
import { minded } from './http/turbo-head'
import { firstOf } from './http/upgrade'
import { healthOf } from './hub/health'
import { Hub } from './hub/hub'
import { within } from './in-time'
import { isInspected } from './inspector/access'
import { Inspector } from './inspector/inspector'
import { warn } from './log'
import { Metrics } from './operating/metrics'
import { cautions } from './options/cautions'
import { cursorHeader } from './options/limits'
import { resolveOptions, type TurboCableOptions } from './options/options'
import { processSerializers, registerProcessCable } from './process/defaults'
import { actionCableProtocol } from './protocol/action-cable'
import { actionCableExtProtocol } from './protocol/action-cable-ext'
import { turboCableProtocol } from './protocol/turbo-cable'
import { Amends } from './publisher/amends'
import { functionRenderer } from './render/function'
import { createTurboStreamResponse } from './response/turbo-stream-response'
import { streamName } from './stream/name'
import { createSignedStream } from './stream/signed-stream'
import { Signer } from './stream/signer'
import { createCsp } from './view/csp'
import { createPage } from './view/page'
import { createTurboCableTags } from './view/tags'
import { createTurboStreamFrom } from './view/turbo-stream-from'
import { createTurboTextFrom, type TurboTextFrom } from './view/turbo-text-from'

/** How long a cable that ends tries to refresh the streams whose broadcasts were not taken, ms. */
const amending = 1_000

/**
 * Makes a cable.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function createCable(given: TurboCableOptions = {}, host: HostParts = {}): CableCore {
  const options = resolveOptions(given)
  const { path, secret, limits, render } = options
  const hub = new Hub(options.engine ?? engineFromEnv() ?? new MemoryEngine(options.history), options)
  const metrics = new Metrics(hub)
  const mounts = new Mounts(host.mountPaths)
  const url = (mount = mounts.first) => `${mount}${path}`

  const protocols = [turboCableProtocol, actionCableProtocol, actionCableExtProtocol, ...(host.protocols ?? [])]
  const isAt = (path: string) => (asked: string) => asked.endsWith(path) && mounts.has(asked.slice(0, -path.length))
  const entrance = new Entrance(hub, options)
  const right = new BroadcastRight(options)
  const inspector = isInspected(options)
    ? new Inspector({ hub, options, local: right.local, isPath: isAt(`${path}/inspector`) })
    : undefined
  const handshake = new Handshake({ hub, options, entrance, protocols, isPath: isAt(path) })
  const servers = new Servers(firstOf(inspector ? [handshake, inspector] : [handshake]), host.serves)
  const underWay = new UnderWay()
  const endpoint = new BroadcastEndpoint(hub, { right, bodyBytes: limits.bodyBytes, cable: hub.id })
  const requests = new Requests(options, { endpoint, events: new Events(hub, entrance), inspector }, mounts)

  const passedOver = new PassedOver({
    serves: (server) => servers.has(server),
    mounts: () => mounts.known,
    path,
    broadcastPath: options.broadcastPath,
    mayBroadcast: (request) => right.refusal(request) === undefined,
  })

  const ownRenderer = render && functionRenderer(render)
  const publisher = new Amends(hub.sending)
  const sending = {
    publisher: () => publisher,
    renderer: () => ownRenderer ?? host.renderer?.(),
    serializers: processSerializers,
  }
  const queue = options.scheduler ? undefined : new LaterQueue(createPerform(sending))
  const scheduler = options.scheduler ?? (queue as LaterQueue)
  const refreshes = new Refreshes()
  const parts = { ...sending, scheduler: () => scheduler, refreshes: () => refreshes }

  const verbs = createVerbs(parts)

  const signer = secret.length > 0 ? new Signer(secret) : undefined
  const sign = signer && ((name: string) => signer.sign(name))
  const signedStream = createSignedStream(signer)

  // A page shows of each text what there was when its request arrived, which is where its cursor is.
  const textFrom = (): TurboTextFrom => {
    const { texts } = hub.deliveries
    const moment = texts.now()
    return createTurboTextFrom((stream, target) => texts.html(stream, target, moment))
  }

  for (const caution of cautions(options)) warn(caution)
  void hub.start(options.history)
  const unregister = registerProcessCable(parts)

  // Sends what waits to be sent, as far as that is possible in time.
  const settle = async (timeout: number) => {
    const start = performance.now()
    await within(timeout, Promise.all([refreshes.flush(), queue?.idle()]))
    const left = Math.max(0, timeout - (performance.now() - start))
    await within(Math.min(left, amending), publisher.finish())
  }

  // Until `answered` resolves, which takes at most as long as it is told, requests may still broadcast, by the free verbs as well.
  const close: Close = async (timeout, answered = async () => {}) => {
    const end = performance.now() + timeout
    const left = () => Math.max(0, end - performance.now())
    await settle(timeout)
    servers.close()
    passedOver.stop()
    const last = answered(left() - Math.min(amending, left() / 4)).then(() => settle(left()))
    await Promise.all([hub.close(left(), last), inspector?.close(left())])
    unregister()
    publisher.stop()
    metrics.stop()
  }

  return {
    ...verbs,
    handle(request, response, mount = '') {
      if (!requests.opensEvents(request)) underWay.add(request, response)
      passedOver.reached(request)
      if (!hub.closed && !host.knowsServer) {
        servers.meet(request)
        mounts.show(mount)
      }
      if (requests.handle(request, response, mount)) return true
      // Frames, and streams that answer a form, have no marker to say how old they are.
      if (!response.headersSent) response.setHeader(cursorHeader, hub.cursor())
      minded(request, response)
      return false
    },
    page: (mount) =>
      createPage({ cursor: hub.cursor(), url: () => url(mount), sign, signedStream, turboTextFrom: textFrom() }),
    turboStreamResponse: (answer, begun) => {
      const renderer = () => ownRenderer ?? answer.renderer?.() ?? host.renderer?.()
      return createTurboStreamResponse({ ...answer, renderer, broadcast: verbs.broadcastStreamTo }, begun)
    },
    attach: (server) => servers.attach(server),
    attachedTo: (server) => servers.has(server),
    close: ({ timeout = 5_000 } = {}) => close(timeout),
    shutdown: (server, { timeout = 10_000 } = {}) => shutdown(server, timeout, { underWay, close }),
    id: hub.id,
    publisher: hub,
    stats: () => hub.stats(),
    health: (bounds) => healthOf(hub, bounds),
    metrics: () => metrics.text(),
    disconnect: (who) => hub.removals.disconnect(who),
    revoke: (streamables, who, options) => hub.removals.revoke(streamName(streamables), who, options),
    presence: (streamables) => hub.presence.list(streamName(streamables)),
    signedStream,
    turboStreamFrom: createTurboStreamFrom({ cursor: () => hub.cursor(), sign }),
    turboCableTags: createTurboCableTags(() => url()),
    csp: createCsp(() => url()),
  }
}
