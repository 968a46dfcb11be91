// The mixin for models: the verbs as methods, with target, partial and local filled in from the record.

import { type DomRecord, domId, modelNames } from '../stream/dom-id'
import type { Streamable } from '../stream/name'
import { needsContent } from '../turbo/element'
import type { ActionOptions, BroadcastOptions } from './job'
import * as verbs from './process'
import type { RefreshBroadcastOptions, RemoveOptions } from './verbs'

// What a mixin may extend: any class, abstract ones (Sequelize's Model) included.
// biome-ignore lint/suspicious/noExplicitAny: TypeScript takes a constructor for a mixin's only if its parameters are `any[]`
type MixinBase = abstract new (...parameters: any[]) => object
// biome-ignore lint/suspicious/noExplicitAny: as above
type Broadcasting = new (...parameters: any[]) => BroadcastMethods

class Plain {}

/**
 * The methods that `Broadcastable` adds. The target is the record's `domId` for replace, update and remove, its list
 * (`messages`) for append, prepend and custom actions; before and after need one. The content is the record's partial
 * (`messages/message`) with the record as a local (`message`), unless content is given. Those without `To` send to the
 * record's own stream: `turboStreamFrom(message)`. All else is as with the free functions of the same names.
 */
export interface BroadcastMethods {
  broadcastActionTo(streamables: Streamable, options: ActionOptions): Promise<boolean>
  broadcastAppendTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  broadcastPrependTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  broadcastReplaceTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  broadcastUpdateTo(streamables: Streamable, options?: BroadcastOptions): Promise<boolean>
  broadcastBeforeTo(streamables: Streamable, options: BroadcastOptions): Promise<boolean>
  broadcastAfterTo(streamables: Streamable, options: BroadcastOptions): Promise<boolean>
  broadcastRemoveTo(streamables: Streamable, options?: RemoveOptions): Promise<boolean>
  broadcastRefreshTo(streamables: Streamable, options?: RefreshBroadcastOptions): Promise<boolean>

  broadcastActionLaterTo(streamables: Streamable, options: ActionOptions): void
  broadcastAppendLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  broadcastPrependLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  broadcastReplaceLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  broadcastUpdateLaterTo(streamables: Streamable, options?: BroadcastOptions): void
  broadcastBeforeLaterTo(streamables: Streamable, options: BroadcastOptions): void
  broadcastAfterLaterTo(streamables: Streamable, options: BroadcastOptions): void

  broadcastAppend(options?: BroadcastOptions): Promise<boolean>
  broadcastPrepend(options?: BroadcastOptions): Promise<boolean>
  broadcastReplace(options?: BroadcastOptions): Promise<boolean>
  broadcastUpdate(options?: BroadcastOptions): Promise<boolean>
  broadcastRemove(options?: RemoveOptions): Promise<boolean>
  broadcastRefresh(options?: RefreshBroadcastOptions): Promise<boolean>
  broadcastAppendLater(options?: BroadcastOptions): void
  broadcastPrependLater(options?: BroadcastOptions): void
  broadcastReplaceLater(options?: BroadcastOptions): void
  broadcastUpdateLater(options?: BroadcastOptions): void
}

/**
 * Gives a class the broadcast methods, as `Turbo::Broadcastable` gives them to a Rails model.
 *
 * ```ts
 * class Message extends Broadcastable(Model) {}
 * await message.broadcastAppendTo(['room', 7])
 * // → <turbo-stream action="append" target="messages"><template>(messages/_message with { message })</template></turbo-stream>
 * ```
 */
export function Broadcastable<Base extends MixinBase = typeof Plain>(
  base: Base = Plain as unknown as Base,
): Base & Broadcasting {
  abstract class BroadcastableRecord extends (base as MixinBase) implements BroadcastMethods {
    declare readonly id?: unknown

    broadcastActionTo(streamables: Streamable, options: ActionOptions) {
      return verbs.broadcastActionTo(streamables, { ...filled(this, options.action, options), action: options.action })
    }
    broadcastAppendTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return verbs.broadcastAppendTo(streamables, filled(this, 'append', options))
    }
    broadcastPrependTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return verbs.broadcastPrependTo(streamables, filled(this, 'prepend', options))
    }
    broadcastReplaceTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return verbs.broadcastReplaceTo(streamables, filled(this, 'replace', options))
    }
    broadcastUpdateTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return verbs.broadcastUpdateTo(streamables, filled(this, 'update', options))
    }
    broadcastBeforeTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return verbs.broadcastBeforeTo(streamables, filled(this, 'before', options))
    }
    broadcastAfterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return verbs.broadcastAfterTo(streamables, filled(this, 'after', options))
    }
    broadcastRemoveTo(streamables: Streamable, options: RemoveOptions = {}) {
      return verbs.broadcastRemoveTo(streamables, { ...options, ...placed(this, 'remove', options) })
    }
    broadcastRefreshTo(streamables: Streamable, options: RefreshBroadcastOptions = {}) {
      return verbs.broadcastRefreshTo(streamables, options)
    }

    broadcastActionLaterTo(streamables: Streamable, options: ActionOptions) {
      const { action } = options
      verbs.broadcastActionLaterTo(streamables, { ...filled(this, action, options), action })
    }
    broadcastAppendLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      verbs.broadcastAppendLaterTo(streamables, filled(this, 'append', options))
    }
    broadcastPrependLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      verbs.broadcastPrependLaterTo(streamables, filled(this, 'prepend', options))
    }
    broadcastReplaceLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      verbs.broadcastReplaceLaterTo(streamables, filled(this, 'replace', options))
    }
    broadcastUpdateLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      verbs.broadcastUpdateLaterTo(streamables, filled(this, 'update', options))
    }
    broadcastBeforeLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      verbs.broadcastBeforeLaterTo(streamables, filled(this, 'before', options))
    }
    broadcastAfterLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      verbs.broadcastAfterLaterTo(streamables, filled(this, 'after', options))
    }

    broadcastAppend(options?: BroadcastOptions) {
      return this.broadcastAppendTo(this, options)
    }
    broadcastPrepend(options?: BroadcastOptions) {
      return this.broadcastPrependTo(this, options)
    }
    broadcastReplace(options?: BroadcastOptions) {
      return this.broadcastReplaceTo(this, options)
    }
    broadcastUpdate(options?: BroadcastOptions) {
      return this.broadcastUpdateTo(this, options)
    }
    broadcastRemove(options?: RemoveOptions) {
      return this.broadcastRemoveTo(this, options)
    }
    broadcastRefresh(options?: RefreshBroadcastOptions) {
      return this.broadcastRefreshTo(this, options)
    }
    broadcastAppendLater(options?: BroadcastOptions) {
      this.broadcastAppendLaterTo(this, options)
    }
    broadcastPrependLater(options?: BroadcastOptions) {
      this.broadcastPrependLaterTo(this, options)
    }
    broadcastReplaceLater(options?: BroadcastOptions) {
      this.broadcastReplaceLaterTo(this, options)
    }
    broadcastUpdateLater(options?: BroadcastOptions) {
      this.broadcastUpdateLaterTo(this, options)
    }
  }
  return BroadcastableRecord as unknown as Base & Broadcasting
}

function filled(record: DomRecord, action: string, options: BroadcastOptions): BroadcastOptions {
  return { ...options, ...placed(record, action, options), ...rendered(record, action, options) }
}

function placed(record: DomRecord, action: string, { target, targets }: BroadcastOptions): BroadcastOptions {
  if (given(target) || given(targets) || action === 'before' || action === 'after') return {}
  const isItself = action === 'replace' || action === 'update' || action === 'remove'
  return { target: isItself ? domId(record) : modelNames(record).plural }
}

// The record is a local of every partial, also of one that was named; a local of the caller's is never overwritten.
// The job prefers html and text to a partial, and none of them where `render` is false.
function rendered(record: DomRecord, action: string, { partial, locals }: BroadcastOptions): BroadcastOptions {
  if (!given(partial) && !needsContent(action)) return {}
  const names = modelNames(record)
  return { partial: partial ?? names.partial, locals: { [names.element]: record, ...locals } }
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null
}
