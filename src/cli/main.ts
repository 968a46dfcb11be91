#!/usr/bin/env node
// `npx turbo-cable …`: hands the command line to its command. The only place that ends the process.

import { printable } from '../../generators/paths'
import { lookalike } from '../options/likeness'
import { commands } from './commands'

const names = Object.keys(commands)
const width = Math.max(...names.map((name) => name.length))
const help = `Usage: turbo-cable <command>

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  .join('\n')}

turbo-cable <command> --help says more of each.
`

const [asked, ...args] = process.argv.slice(2)
const output = {
  out: (text: string) => process.stdout.write(text),
  error: (text: string) => process.stderr.write(text),
}

run().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    output.error(`turbo-cable: ${printable(error instanceof Error ? error.message : String(error))}\n`)
    process.exit(1)
  },
)

async function run(): Promise<number> {
  const command = asked !== undefined && Object.hasOwn(commands, asked) ? commands[asked] : undefined
  if (command) return command.run(args, output)
  if (asked === '--help' || asked === '-h' || asked === 'help') {
    output.out(help)
    return 0
  }
  output.error(
    asked === undefined ? help : `turbo-cable: unknown command "${printable(asked)}"${meant(asked)}\n\n${help}`,
  )
  return 2
}

function meant(word: string): string {
  const name = lookalike(word, names)
  return name === undefined ? '' : `: did you mean \`${name}\`?`
}
