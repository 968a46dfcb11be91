// The public names, for `require('turbo-cable')`. src/index.mts repeats them for `import`.

export { holdingBroadcasts } from './broadcast/hold'
export type { BroadcastOptions } from './broadcast/job'
export { type BroadcastMacros, type Change, committed, type MacroOptions } from './broadcast/macros'
export { suppressingBroadcasts } from './broadcast/mute'
export { currentRequestId, withRequestId } from './broadcast/request-id'
export type { BroadcastJob, Scheduler } from './broadcast/scheduler'
export type { Serializer, Serializers } from './broadcast/serialize'
export type { TextStreamOptions, TextTotals } from './broadcast/text-stream'
export type { CableEvents } from './diagnostics'
export type {
  Deadline,
  Engine,
  EngineDelegate,
  Listed,
  Outgoing,
  Positioned,
  PresenceSignal,
  Replay,
  Revocation,
  Signal,
  Whisper,
} from './engine/engine'
export { TurboCableError, type TurboCableErrorCode } from './errors'
export { type Cable, turboCable } from './host/express'
export type { Health, HealthBounds } from './hub/health'
export type { HubStats } from './hub/stats'
export type { Channel, ChannelAction, ChannelMap, ChannelQuestion, ChannelSubscribe } from './options/channels'
export type { Identity, UpgradeRequest } from './options/identity'
export type { TurboCableOptions } from './options/options'
export type { OnPresence, PresenceChange, PresenceInfo, Present } from './options/presence'
export type { RevokeOptions } from './options/revoke'
export { mongooseHooks } from './orm/mongoose'
export { objectionHooks } from './orm/objection'
export { prismaHooks } from './orm/prisma'
export { sequelizeHooks } from './orm/sequelize'
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
  broadcastRefreshLaterTo,
  broadcastRefreshTo,
  broadcastRemoveTo,
  broadcastReplaceLaterTo,
  broadcastReplaceTo,
  broadcastStream,
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
