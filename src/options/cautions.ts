// What the log says at the start of options that are allowed and rarely meant.

import { connectionsFor, openFilesLimit } from './open-files'
import type { ResolvedOptions } from './options'

const moreFiles = 'raise that (`ulimit -n`, `LimitNOFILE` of systemd)'

// As many bytes of text can still be tried out by who has one signed name; 16 random ones cannot.
const enough = 16

/** The lines for the operator: `['`secret` is shorter than 16 bytes: …']`. None of them shows a secret. */
export function cautions(
  options: ResolvedOptions,
  env: NodeJS.ProcessEnv = process.env,
  files: number | undefined = openFilesLimit(),
): string[] {
  const { secret, broadcastToken, publicStreams, authorize, limits } = options
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
  if (env.NODE_ENV === 'production' && options.inspector === true) {
    lines.push('`inspector: true` is for development and shows nothing in production: say `inspector: { token }`')
  }
  const shares = options.engine !== undefined || Boolean(env.TURBO_CABLE_ENGINE)
  if (shares && options.history.file !== undefined) {
    lines.push(
      '`history.file` is for a history in the memory of this process: the engine keeps its own, and nothing is written there',
    )
  }
  if (files !== undefined && limits.connections > connectionsFor(files)) {
    lines.push(
      `\`limits.connections\` is ${limits.connections}, but this process may open ${files} files, which is enough for ${connectionsFor(files)}: ${moreFiles}`,
    )
  }
  return lines
}

/** What the log says when the first client is refused because there are as many connections as may be. */
export function fullLine(connections: number, files: number | undefined = openFilesLimit()): string {
  const forFiles = files !== undefined && connections === connectionsFor(files)
  const why = forFiles
    ? `which is what the ${files} files allow that this process may open: ${moreFiles}`
    : 'which is `limits.connections`'
  return `a client was refused, as there are ${connections} connections, ${why}`
}
