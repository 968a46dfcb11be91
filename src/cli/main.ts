#!/usr/bin/env node
// `npx turbo-cable …`: hands the command line to its command. The only place that ends the process.

import { install, help as installHelp } from './install'
import { token, tokenHelp } from './token'

const help = `${installHelp}\n${tokenHelp}`

const [command, ...args] = process.argv.slice(2)
const output = {
  out: (text: string) => process.stdout.write(text),
  error: (text: string) => process.stderr.write(text),
}

run().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`turbo-cable: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)

async function run(): Promise<number> {
  if (command === 'install') return install(args, output)
  if (command === 'token') return token(args, output)
  if (command === '--help' || command === '-h' || command === 'help') {
    output.out(help)
    return 0
  }
  output.error(command === undefined ? help : `turbo-cable: unknown command "${command}"\n\n${help}`)
  return 2
}
