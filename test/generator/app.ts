// What the tests of the installer share: an app as a table of files, and its plan.

import assert from 'node:assert/strict'
import type { Files } from '../../generators/draft.ts'
import { type Plan, plan } from '../../generators/plan.ts'

/** An app with express in its package.json and these files. */
export function app(files: Record<string, string>, manifest: object = {}): Files {
  const packages = { dependencies: { express: '^5.0.0', 'turbo-cable': '^0.1.0' }, ...manifest }
  return new Map(Object.entries({ 'package.json': JSON.stringify(packages), ...files }))
}

/** The app's files after an install, having checked that a second install changes nothing and says so. */
export function installed(files: Files): { files: Record<string, string>; plan: Plan } {
  const first = plan(files)
  const after = new Map(files)
  for (const { path, before, after: text } of first.edits) {
    assert.equal(before, files.get(path))
    assert.notEqual(before, text)
    after.set(path, text)
  }
  assert.deepEqual(plan(after).edits, [], 'a second install changes nothing')
  return { files: Object.fromEntries(after), plan: first }
}

/** One file after an install. */
export function installedFile(files: Files, path: string): string | undefined {
  return installed(files).files[path]
}
