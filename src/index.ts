// The public names, for `require('turbo-cable')`. src/index.mts repeats them for `import`.

export { Broadcastable } from './broadcast/broadcastable'
export { configureBroadcasts } from './broadcast/configure'
export {
  broadcastActionLaterTo,
  broadcastActionTo,
  broadcastAfterLaterTo,
  broadcastAfterTo,
  broadcastAppendLaterTo,
  broadcastAppendTo,
  broadcastBeforeLaterTo,
  broadcastBeforeTo,
  broadcastJson,
  broadcastPrependLaterTo,
  broadcastPrependTo,
  broadcastRefreshTo,
  broadcastRemoveTo,
  broadcastReplaceLaterTo,
  broadcastReplaceTo,
  broadcastUpdateLaterTo,
  broadcastUpdateTo,
  performBroadcast,
} from './broadcast/process'
export type { Broadcast, Json, Publisher } from './broadcast/publisher'
export type { Engine, EngineDelegate, Outgoing, Positioned, Replay, Signal } from './engine/engine'
export { TurboCableError, type TurboCableErrorCode } from './errors'
export { type Cable, turboCable } from './host/express'
export type { HubStats } from './hub/stats'
export type { Identity, TurboCableOptions, UpgradeRequest } from './options'
export { domId } from './stream/dom-id'
export { streamName } from './stream/name'
export { railsStreamKey } from './stream/signer'
export { turboStream } from './turbo/turbo-stream'
