// What the editor shows: every public name has its words in the declarations that the package ships.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reachableFrom } from '../support/declarations.ts'

const entries = ['dist/src/index.d.ts', 'dist/src/testing/testing.d.ts', 'dist/src/server/server.d.ts']
const reachable = [
  ...new Map(entries.flatMap(reachableFrom).map((found) => [`${found.file} ${found.name}`, found])).values(),
]
// The rooms of the receiving side, whose types a public one mentions.
const receiving = /^dist\/src\/(?:cable|express|host\/|hub\/|http\/|engine\/|protocol\/|transport\/)/
const sending = reachable.filter(({ file, exported }) => exported && !receiving.test(file))
const title = ({ file, name }: { file: string; name: string }) => `${name} (${file})`

test('the public names lead to the types of the sending side', () => {
  const names = new Set(sending.map(({ name }) => name))
  for (const name of ['broadcastAppendTo', 'BroadcastOptions', 'Mixin', 'BroadcastMethods', 'TurboStream', 'Locals']) {
    assert.ok(names.has(name), name)
  }
})

test('every public function, class and type has a comment', () => {
  assert.deepEqual(sending.filter(({ doc }) => doc === '').map(title), [])
})

test('every public method and property has a comment', () => {
  const members = sending.flatMap((owner) => owner.members.map((member) => ({ ...member, owner })))
  assert.ok(members.length > 100, `only ${members.length} were read`)
  assert.deepEqual(
    members.filter(({ doc }) => doc === '').map(({ name, owner }) => `${owner.name}.${name} (${owner.file})`),
    [],
  )
})

test('every public function shows itself at work', () => {
  const functions = sending.filter(
    ({ kind, name }) => kind === 'function' || (kind === 'const' && /^[a-zB]/.test(name)),
  )
  assert.ok(functions.length >= 24, `only ${functions.length} were read`)
  // A call, or a value that is handed over.
  assert.deepEqual(
    functions.filter(({ doc, name }) => !new RegExp(`\\b${name}\\b[^\n]*\\(|[:(?] ${name}\\b`).test(doc)).map(title),
    [],
  )
})
