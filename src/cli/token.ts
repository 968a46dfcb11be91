// `npx turbo-cable token`: the bearer for a broadcast from curl, Ruby or cron.

import { broadcastToken } from '../publisher/token'
import type { Command, Output } from './command'

const help = `Usage: turbo-cable token

Prints the token that lets a broadcast in, for Authorization: Bearer. It is TURBO_CABLE_BROADCAST_TOKEN, or
else derived from TURBO_CABLE_SECRET:

  curl -H "Authorization: Bearer $(npx turbo-cable token)" -H 'Content-Type: application/json' \\
    http://localhost:3000/_broadcast -d '{"stream":"counter","data":"<turbo-stream …>"}'
`

/** `npx turbo-cable token`. Exits with 1 where there is nothing to derive a token from. */
export const token: Command = { summary: 'print the token that lets a broadcast in', help, run }

function run(args: readonly string[], output: Output, env: NodeJS.ProcessEnv = process.env): number {
  if (args.length > 0) {
    const wantsHelp = args.length === 1 && ['-h', '--help'].includes(args[0] ?? '')
    if (wantsHelp) output.out(help)
    else output.error(`turbo-cable: expected no arguments, got ${args.join(' ')}\n\n${help}`)
    return wantsHelp ? 0 : 2
  }
  const found = broadcastToken(env)
  if (found) output.out(`${found}\n`)
  else output.error('turbo-cable: set TURBO_CABLE_SECRET or TURBO_CABLE_BROADCAST_TOKEN as the server has it\n')
  return found ? 0 : 1
}
