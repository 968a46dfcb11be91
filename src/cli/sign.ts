// `npx turbo-cable sign`: the signed name of a stream, as pages have it.

import { createSignedStream } from '../stream/signed-stream'
import { Signer } from '../stream/signer'
import type { Command, Output } from './command'
import { duration } from './duration'
import { UsageError, withUsage } from './usage'

const help = `Usage: turbo-cable sign STREAM [--expires TIME] [--subject ID]

Prints the signed name of a stream, which a client may subscribe to where there is a secret. Needs TURBO_CABLE_SECRET.

  turbo-cable sign room:7
  turbo-cable sign room:7 --expires 1h --subject 7

  --expires TIME  how long it holds: 90s, 15m, 1h, 7d. By default for ever
  --subject ID    whose it is: only a connection of this user may use it. By default whoever has it
  -h, --help      print this text
`

/** `npx turbo-cable sign`. Exits with 1 where there is no secret to sign with. */
export const sign: Command = { summary: 'print the signed name of a stream', help, run }

const flags = { expires: { type: 'string' }, subject: { type: 'string' } } as const

function run(args: readonly string[], output: Output): Promise<number> {
  return withUsage({ args, output, help, flags }, (usage) => {
    const [stream, ...more] = usage.positionals
    if (stream === undefined || more.length > 0) throw new UsageError('expected the name of one stream')
    const expires = usage.text('expires')
    const subject = usage.text('subject')
    const { TURBO_CABLE_SECRET: secret } = process.env
    const signedStream = createSignedStream(secret ? new Signer([secret]) : undefined)
    const { token } = signedStream(stream, {
      ...(expires === undefined ? {} : { expiresIn: duration(expires) }),
      ...(subject === undefined ? {} : { subject }),
    })
    output.out(`${token}\n`)
    return 0
  })
}
