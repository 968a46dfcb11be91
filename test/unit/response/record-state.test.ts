// Whether a record was created, changed or deleted: what records of several kinds say, and that nothing is guessed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataTypes, Model, Sequelize } from 'sequelize'
import { type RecordState, recordState } from '../../../src/response/record-state.ts'
import { readProjectFile } from '../../support/project-files.ts'

class Message {
  readonly id = 1
  constructor(says: object) {
    Object.assign(this, says)
  }
}
const of = (says: object, given?: RecordState) => recordState(new Message(says), given)

test('a record says it by a property or by a method', () => {
  assert.equal(of({ previouslyNewRecord: true }), 'created')
  assert.equal(of({ previouslyNewRecord: () => false }), 'updated')
  assert.equal(of({ destroyed: true, previouslyNewRecord: true }), 'deleted')
  assert.equal(of({ $isDeleted: () => true, isNew: false }), 'deleted')
  assert.equal(of({ isSoftDeleted: () => true }), 'deleted')
})

test('what the caller says counts before what the record says', () => {
  assert.equal(of({ previouslyNewRecord: true }, 'updated'), 'updated')
  assert.throws(() => of({}, 'gone' as RecordState), { code: 'TURBO_CABLE_BAD_OPTION' })
})

test('a record that says nothing is refused, and so is one that is not saved', () => {
  for (const says of [{}, { isNew: false }, { isNewRecord: false, destroyed: false }, { previouslyNewRecord: 1 }]) {
    assert.throws(() => of(says), { code: 'TURBO_CABLE_UNKNOWN_STATE', message: /message_1 .* neither/ })
  }
  for (const says of [{ isNew: true }, { isNewRecord: true, previouslyNewRecord: true }]) {
    assert.throws(() => of(says), { code: 'TURBO_CABLE_UNKNOWN_STATE', message: /not saved yet/ })
  }
})

test("Sequelize's records say it by the hooks of docs/responses.md, and a soft delete without any", async () => {
  // Sequelize's own classes and hooks; nothing is stored, so nothing stands behind them.
  const sequelize = new Sequelize({ dialect: 'sqlite', dialectModule: { Database: class {} }, logging: false })
  class Note extends Model {
    declare readonly id: number
  }
  class Trashed extends Note {}
  Note.init({ text: DataTypes.STRING }, { sequelize })
  Trashed.init({ deletedAt: DataTypes.DATE }, { sequelize, paranoid: true, timestamps: true })
  const [hooks = ''] = /Message\.afterCreate[\s\S]*?(?=```)/.exec(readProjectFile('docs/responses.md')) ?? []
  new Function('Message', hooks)(Note)
  const saved = (model: typeof Note, values: Record<string, unknown>) =>
    model.build(values, { isNewRecord: false, raw: true })
  const hook = (name: string, note: Model) =>
    (Note as unknown as { runHooks(name: string, ...given: unknown[]): Promise<void> }).runHooks(name, note, {})

  const note = saved(Note, { id: 1 })
  assert.throws(() => recordState(note), { code: 'TURBO_CABLE_UNKNOWN_STATE', message: /note_1/ })
  assert.throws(() => recordState(Note.build({})), { message: /not saved yet/ })
  await hook('afterCreate', note)
  assert.equal(recordState(note), 'created')
  await hook('afterUpdate', note)
  assert.equal(recordState(note), 'updated')
  await hook('afterDestroy', note)
  assert.equal(recordState(note), 'deleted')
  assert.equal(recordState(saved(Trashed, { id: 1, deletedAt: new Date(0) })), 'deleted')
})
