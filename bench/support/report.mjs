// Writes what was measured into bench/README.md, between the marks that are there for it.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/setup.mjs'
import { StepError } from '../../scripts/step.mjs'

const readme = join(root, 'bench', 'README.md')

/** `mark` is the name in the marks: `<!-- measured: begin -->`. */
export function writeReadme(/** @type {string} */ mark, /** @type {string} */ report) {
  const [before, after] = [`<!-- ${mark}: begin -->`, `<!-- ${mark}: end -->`]
  const text = readFileSync(readme, 'utf8')
  const start = text.indexOf(before) + before.length
  const end = text.indexOf(after)
  if (start < before.length || end < start) throw new StepError(`${readme} has no place for the measurements.`)
  writeFileSync(readme, `${text.slice(0, start)}\n\n${report}\n\n${text.slice(end)}`)
}

/** What could not be measured, as the end of a report. */
export function notInThisRun(/** @type {string[]} */ absent) {
  return absent.map((each) => `\n\nNot in this run: ${each}.`).join('')
}
