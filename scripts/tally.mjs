// A reporter for the test runner beside the visible one: what ran and what was skipped, as one JSON document.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

export default async function* tally(events) {
  const empty = []
  const skipped = []
  let tests = 0
  for await (const { type, data } of events) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue
    // The runner reports a file that ran no test as one passed test with the file's name.
    if (existsSync(data.name) && resolve(data.name) === data.file) {
      if (type === 'test:pass') empty.push(data.name)
      continue
    }
    tests += 1
    if (data.skip !== undefined || data.todo !== undefined) skipped.push(data.name)
  }
  yield JSON.stringify({ tests, skipped, empty })
}
