// `npx turbo-cable token`: the bearer for a broadcast from curl, Ruby or cron.

import { broadcastToken } from '../publisher/token'

export const tokenHelp = `Usage: turbo-cable token

Prints the token that lets a broadcast in, for Authorization: Bearer. It is TURBO_CABLE_BROADCAST_TOKEN, or
else derived from TURBO_CABLE_SECRET:

  curl -H "Authorization: Bearer $(npx turbo-cable token)" -H 'Content-Type: application/json' \\
    http://localhost:3000/_broadcast -d '{"stream":"counter","data":"<turbo-stream …>"}'
`

interface Output {
  out(text: string): void
  error(text: string): void
}

/** Runs the command; returns its exit code: 0 done, 1 nothing to derive a token from, 2 wrong usage. */
export function token(args: readonly string[], output: Output, env: NodeJS.ProcessEnv = process.env): number {
  if (args.length > 0) {
    const wantsHelp = args.length === 1 && ['-h', '--help'].includes(args[0] ?? '')
    if (wantsHelp) output.out(tokenHelp)
    else output.error(`turbo-cable: expected no arguments, got ${args.join(' ')}\n\n${tokenHelp}`)
    return wantsHelp ? 0 : 2
  }
  const found = broadcastToken(env)
  if (found) output.out(`${found}\n`)
  else output.error('turbo-cable: set TURBO_CABLE_SECRET or TURBO_CABLE_BROADCAST_TOKEN as the server has it\n')
  return found ? 0 : 1
}
