// The mixin for models: the verbs as methods, with target, partial and local filled in from the record.

import { check, verbOptions } from '../options/check'
import { type DomRecord, domId, modelNames } from '../stream/dom-id'
import type { Streamable } from '../stream/name'
import { isGiven, needsContent } from '../turbo/content'
import type { BroadcastMethods } from './broadcast-methods'
import type { ActionOptions, BroadcastOptions } from './job'
import { type BroadcastMacros, macros } from './macros'
import { isMutedRecord } from './mute'
import { savingVerbs } from './saving'
import type { RefreshBroadcastOptions, RemoveOptions, Verbs } from './verbs'

// What a mixin may extend: any class, abstract ones (Sequelize's Model) included.
// biome-ignore lint/suspicious/noExplicitAny: TypeScript takes a constructor for a mixin's only if its parameters are `any[]`
type MixinBase = abstract new (...parameters: any[]) => object
// biome-ignore lint/suspicious/noExplicitAny: as above
type Broadcasting = new (...parameters: any[]) => BroadcastMethods

class Plain {}

/** A mixin: `class Message extends Broadcastable(Model) {}`, or `extends Broadcastable()` where there is no other class. */
export interface Mixin {
  // Two signatures and no default: where a class is generic (Sequelize's Model), TypeScript would fall back to the default.
  /** Adds the methods to a class, be it generic: `Broadcastable(Model)<Attributes>`. */
  <Base extends MixinBase>(base: Base): Base & Broadcasting & BroadcastMacros
  /** A class of nothing but the methods. */
  (): typeof Plain & Broadcasting & BroadcastMacros
}

/** Makes the mixin whose methods send by these verbs. */
export function createBroadcastable(verbs: Verbs): Mixin {
  const saving = savingVerbs(verbs)
  return (base: MixinBase = Plain) => mixed(saving, base) as never
}

function mixed(verbs: Verbs, base: MixinBase) {
  const muted = silent(verbs)
  const by = (record: object) => (isMutedRecord(record) ? muted : verbs)
  abstract class BroadcastableRecord extends base implements BroadcastMethods {
    declare readonly id?: unknown

    broadcastActionTo(streamables: Streamable, options: ActionOptions) {
      return by(this).broadcastActionTo(streamables, {
        ...filled(this, options.action, options),
        action: options.action,
      })
    }
    broadcastAppendTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return by(this).broadcastAppendTo(streamables, filled(this, 'append', options))
    }
    broadcastPrependTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return by(this).broadcastPrependTo(streamables, filled(this, 'prepend', options))
    }
    broadcastReplaceTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return by(this).broadcastReplaceTo(streamables, filled(this, 'replace', options))
    }
    broadcastUpdateTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return by(this).broadcastUpdateTo(streamables, filled(this, 'update', options))
    }
    broadcastBeforeTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return by(this).broadcastBeforeTo(streamables, filled(this, 'before', options))
    }
    broadcastAfterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      return by(this).broadcastAfterTo(streamables, filled(this, 'after', options))
    }
    broadcastRemoveTo(streamables: Streamable, options: RemoveOptions = {}) {
      return by(this).broadcastRemoveTo(streamables, { ...options, ...placed(this, 'remove', options) })
    }
    broadcastRefreshTo(streamables: Streamable, options: RefreshBroadcastOptions = {}) {
      return by(this).broadcastRefreshTo(streamables, options)
    }

    broadcastActionLaterTo(streamables: Streamable, options: ActionOptions) {
      const { action } = options
      by(this).broadcastActionLaterTo(streamables, { ...filled(this, action, options), action })
    }
    broadcastAppendLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      by(this).broadcastAppendLaterTo(streamables, filled(this, 'append', options))
    }
    broadcastPrependLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      by(this).broadcastPrependLaterTo(streamables, filled(this, 'prepend', options))
    }
    broadcastReplaceLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      by(this).broadcastReplaceLaterTo(streamables, filled(this, 'replace', options))
    }
    broadcastUpdateLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      by(this).broadcastUpdateLaterTo(streamables, filled(this, 'update', options))
    }
    broadcastBeforeLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      by(this).broadcastBeforeLaterTo(streamables, filled(this, 'before', options))
    }
    broadcastAfterLaterTo(streamables: Streamable, options: BroadcastOptions = {}) {
      by(this).broadcastAfterLaterTo(streamables, filled(this, 'after', options))
    }

    broadcastRefreshLaterTo(streamables: Streamable, options: RefreshBroadcastOptions = {}) {
      by(this).broadcastRefreshLaterTo(streamables, options)
    }

    broadcastAction(action: string, options?: BroadcastOptions) {
      return this.broadcastActionTo(this, { ...options, action })
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
    broadcastActionLater(action: string, options?: BroadcastOptions) {
      this.broadcastActionLaterTo(this, { ...options, action })
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
    broadcastRefreshLater(options?: RefreshBroadcastOptions) {
      this.broadcastRefreshLaterTo(this, options)
    }
  }
  return Object.assign(BroadcastableRecord, macros)
}

/** Verbs that send nothing. */
function silent(verbs: Verbs): Verbs {
  const silence = (name: string) => (name.includes('Later') ? () => {} : async () => false)
  return Object.fromEntries(Object.keys(verbs).map((name) => [name, silence(name)])) as unknown as Verbs
}

function filled(record: DomRecord, action: string, options: BroadcastOptions): BroadcastOptions {
  check('options', options, verbOptions)
  return { ...options, ...placed(record, action, options), ...rendered(record, action, options) }
}

function placed(record: DomRecord, action: string, { target, targets }: BroadcastOptions): BroadcastOptions {
  if (isGiven(target) || isGiven(targets) || action === 'before' || action === 'after') return {}
  const isItself = action === 'replace' || action === 'update' || action === 'remove'
  return { target: isItself ? domId(record) : listOf(record) }
}

function listOf(record: DomRecord): string {
  const { broadcastTargetDefault } = record.constructor as unknown as Partial<BroadcastMacros>
  return broadcastTargetDefault ?? modelNames(record).plural
}

// The record is a local of every partial, also of one that was named; a local of the caller's is never overwritten.
// The job prefers html and text to a partial, and none of them where `render` is false.
function rendered(record: DomRecord, action: string, { partial, locals }: BroadcastOptions): BroadcastOptions {
  if (!isGiven(partial) && !needsContent(action)) return {}
  const names = modelNames(record)
  return { partial: partial ?? names.partial, locals: { [names.element]: record, ...locals } }
}
