// The public names, for `require('turbo-cable')`. src/index.mts repeats them for `import`.

export type { BroadcastOptions } from './broadcast/job'
export type { BroadcastJob, Scheduler } from './broadcast/scheduler'
export type { Deadline, Engine, EngineDelegate, Outgoing, Positioned, Replay, Signal } from './engine/engine'
export { TurboCableError, type TurboCableErrorCode } from './errors'
export { type Cable, turboCable } from './host/express'
export type { HubStats } from './hub/stats'
export type { Identity, TurboCableOptions, UpgradeRequest } from './options/options'
export { configureBroadcasts } from './process/configure'
export { broadcastRenderLaterTo, broadcastRenderTo, broadcastStreamTo } from './process/elements-verbs'
export {
  Broadcastable,
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
} from './process/verbs'
export type { Broadcast, Json, Publisher } from './publisher/publisher'
export { domId } from './stream/dom-id'
export { streamName } from './stream/name'
export { railsStreamKey } from './stream/signer'
export {
  cspMetaTag,
  turboExemptsPageFromCacheTag,
  turboExemptsPageFromPreviewTag,
  turboPageRequiresReloadTag,
  turboPrefetchTag,
  turboRefreshesWith,
  turboRefreshMethodTag,
  turboRefreshScrollTag,
  turboRootTag,
  turboViewTransitionTag,
} from './turbo/metas'
export { turboFrameTag } from './turbo/turbo-frame'
export { turboStream } from './turbo/turbo-stream'
