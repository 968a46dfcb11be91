// `npx turbo-cable install [directory]`: makes an existing Express app live, and says what it did.

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { applyEdits } from '../../generators/apply'
import { unifiedDiff } from '../../generators/diff'
import { printable } from '../../generators/paths'
import { obstacle, type Plan, plan } from '../../generators/plan'
import { readApp, type Snapshot } from '../../generators/snapshot'
import type { Command, Output } from './command'

const help = `Usage: turbo-cable install [directory] [--dry-run]

Makes the Express app in a directory (by default the current one) live:
  - app.use(turboCable()) where the app is made
  - data-controller="turbo-streams" on the <body> of its layouts
  - turboCableTags() in their <head>, or the Stimulus controller where a bundler makes the scripts

What is already there stays as it is; a second run changes nothing.

  --dry-run   print the changes as a diff and write nothing
  -h, --help  print this text
`

/** `npx turbo-cable install`. Exits with 1 where the directory is no app that it knows how to change. */
export const install: Command = { summary: 'make an existing Express app live', help, run }

async function run(args: readonly string[], output: Output): Promise<number> {
  const usage = parse(args)
  if (typeof usage === 'string') {
    output.error(`turbo-cable: ${printable(usage)}\n\n${help}`)
    return 2
  }
  if (usage.help) {
    output.out(help)
    return 0
  }
  const directory = resolve(usage.directory)
  const isDirectory = await stat(directory).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
  const snapshot = isDirectory ? await readApp(directory) : undefined
  const reason = snapshot ? obstacle(snapshot.files) : 'There is no such directory.'
  if (!snapshot || reason !== undefined) {
    output.error(`turbo-cable: cannot install into ${printable(directory)}. ${reason}\n`)
    return 1
  }
  const planned = plan(snapshot.files)
  if (usage.dryRun) for (const { path, before, after } of planned.edits) output.out(unifiedDiff(path, before, after))
  else await applyEdits(directory, planned.edits)
  // A dry run's standard output is the diff alone, ready for `git apply`.
  const say = usage.dryRun ? output.error : output.out
  say(report(planned, snapshot, usage.dryRun))
  return 0
}

function parse(args: readonly string[]): { directory: string; dryRun: boolean; help: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    })
    if (positionals.length > 1) return `expected one directory, got ${positionals.join(' ')}`
    return { directory: positionals[0] ?? '.', dryRun: values['dry-run'] ?? false, help: values.help ?? false }
  } catch (error) {
    return (error as Error).message
  }
}

// What was done file by file, what is left to the author, and the lines to write next.
function report({ edits, notes, instructions, install, next }: Plan, { skipped }: Snapshot, dryRun: boolean): string {
  const rows = [
    ...edits.map(({ path, before, summary }) => [before === undefined ? 'created' : 'changed', path, summary] as const),
    ...notes.map(({ status, path, summary }) => [status, path, summary] as const),
    ...skipped.map(({ path, reason }) => ['skipped', path, reason] as const),
  ]
  const width = Math.max(0, ...rows.map(([, path]) => path.length))
  const lines = rows.map(([status, path, summary]) => `  ${status.padEnd(9)}  ${path.padEnd(width)}  ${summary}`)
  const title =
    edits.length === 0 ? 'Nothing to change.' : dryRun ? 'This would be done; nothing was written:' : 'Done:'
  const sections = [[title, ...lines].join('\n')]
  if (instructions.length > 0)
    sections.push(['Left to you:', ...instructions.map((text) => `  - ${text.replace(/\n/g, '\n    ')}`)].join('\n'))
  if (install !== undefined) sections.push(`Install what is missing:\n  ${install}`)
  sections.push(`Next, write these lines:\n  ${next.replace(/\n/g, '\n  ')}`)
  return `${sections.join('\n\n')}\n`
}
