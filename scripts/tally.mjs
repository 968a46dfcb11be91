// A reporter for the test runner beside the visible one: what ran and what was skipped, as one JSON document.
import { resolve } from 'node:path'

export default async function* tally(events) {
  const files = new Set()
  const skipped = []
  let tests = 0
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue
    // The runner reports a file without tests as one passed test of the file's name.
    if (data.file && resolve(data.name) === data.file) continue
    tests += 1
    if (data.file) files.add(data.file)
    if (data.skip !== undefined || data.todo !== undefined) skipped.push(data.name)
  }
  yield JSON.stringify({ tests, skipped, files: [...files] })
}
