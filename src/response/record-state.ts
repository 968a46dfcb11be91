// Whether a record was just created, changed or deleted: only what the record itself says, never a guess.

import { failure } from '../errors'
import { check, oneOf } from '../options/check'
import { type DomRecord, domId } from '../stream/dom-id'

/** What happened to a record. */
export type RecordState = 'created' | 'updated' | 'deleted'

/**
 * The state of a record: as `given`, or as the record says it by `destroyed` (Rails), `$isDeleted()` (Mongoose), `isSoftDeleted()`
 * (Sequelize) and `previouslyNewRecord` (Rails), each a property or a method.
 *
 * Throws `TURBO_CABLE_UNKNOWN_STATE` for a record that says nothing, or that is not saved.
 */
export function recordState(record: DomRecord, given?: RecordState): RecordState {
  if (given !== undefined) return check('state', given, oneOf('created', 'updated', 'deleted'))
  if (['destroyed', '$isDeleted', 'isSoftDeleted'].some((name) => said(record, name) === true)) return 'deleted'
  const unsaved = ['isNewRecord', 'isNew'].some((name) => said(record, name) === true)
  if (unsaved) throw failure('TURBO_CABLE_UNKNOWN_STATE', [domId(record), 'it is not saved yet'])
  const isNew = said(record, 'previouslyNewRecord')
  if (typeof isNew === 'boolean') return isNew ? 'created' : 'updated'
  throw failure('TURBO_CABLE_UNKNOWN_STATE', [domId(record), 'it has neither `previouslyNewRecord` nor `destroyed`'])
}

function said(record: object, name: string): unknown {
  const value = (record as Record<string, unknown>)[name]
  if (typeof value !== 'function') return value
  try {
    return value.call(record)
  } catch {
    // Sequelize's isSoftDeleted() throws where rows are deleted for good.
    return undefined
  }
}
