// What the log says at the start of options that are allowed and rarely meant.

import type { ResolvedOptions } from './options'

// As many bytes of text can still be tried out by who has one signed name; 16 random ones cannot.
const enough = 16

/** The lines for the operator: `['`secret` is shorter than 16 bytes: …']`. None of them shows a secret. */
export function cautions(options: ResolvedOptions, env: NodeJS.ProcessEnv = process.env): string[] {
  const { secret, broadcastToken, publicStreams, authorize } = options
  const lines: string[] = []
  for (const [name, values] of Object.entries({ secret, broadcastToken })) {
    if (values.some((value) => Buffer.byteLength(value) < enough)) {
      lines.push(
        `\`${name}\` is shorter than ${enough} bytes, and can be guessed: make one with \`node -p "crypto.randomBytes(32).toString('hex')"\``,
      )
    }
  }
  // Anyone may subscribe to a plain name. In production that is rarely meant, so an app that means it has to say so.
  if (env.NODE_ENV === 'production' && secret.length === 0 && publicStreams === undefined && !authorize) {
    lines.push(
      'anyone who can connect may subscribe to any stream: set TURBO_CABLE_SECRET, or say `publicStreams: true` if that is meant',
    )
  }
  return lines
}
