// What is unsafe about a server's settings: what it does not start with, and what it says aloud.

import { cautions } from '../options/cautions'
import { lookalike } from '../options/likeness'
import { resolveOptions } from '../options/options'
import { cableOptions, type Values, valuesOf } from './cable-options'
import { flagOf, type Setting, secretNames, variableOf, writtenNames } from './settings'

// What says more about tokens, and nothing without a key.
const keyless: ReadonlySet<string> = new Set(['jwtAudience', 'jwtIssuer', 'jwtParam', 'jwtCookie'])

// What the senders of this package read, and the file.
const otherVariables = ['TURBO_CABLE_BROADCAST_URL', 'TURBO_CABLE_CONFIG']

/** Why a server with these settings must not start; empty where it may. */
export function obstacles(settings: readonly Setting[], env: NodeJS.ProcessEnv): string[] {
  const values = valuesOf(settings)
  const lines: string[] = []
  if (env.NODE_ENV === 'production' && isOpen(values)) {
    lines.push(
      'anybody who can connect could subscribe to every stream: set TURBO_CABLE_SECRET, a JWT key or --authenticate-url with --authorize-url, or say --public-streams true if that is meant',
    )
  }
  if ((values.workers as number) > 1 && values.engine === undefined) {
    lines.push(
      '--workers needs an engine that they share: set --engine redis://… or nats://… (alone, each would be a hub of its own)',
    )
  }
  const idle = settings.filter(({ name, source }) => keyless.has(name) && source !== 'default')
  if (idle.length > 0 && !hasKey(values)) {
    lines.push(
      `${idle.map(({ name }) => flagOf(name)).join(' and ')} need${idle.length === 1 ? 's' : ''} a JWT key, and nobody is asked for a token without one: set TURBO_CABLE_JWT_SECRET, --jwt-public-key or --jwks-url`,
    )
  }
  if (values.metricsPort === values.port && values.port !== 0)
    lines.push('--metrics-port and --port are the same: give one of them another')
  const shared = pathsOf(values).find(([, path], index, all) => all.findIndex(([, other]) => other === path) < index)
  if (shared) lines.push(`${shared[0]} ${shared[1]} is taken: give it a path of its own`)
  return lines
}

// What answers where, in the order in which it does. With a port of their own the metrics are in nobody's way.
function pathsOf({ path, broadcastPath, anycablePath, metricsPort }: Values): readonly (readonly [string, unknown])[] {
  const probes = ['/health', '/ready', ...(metricsPort === undefined ? ['/metrics'] : [])]
  return [
    ...probes.map((each) => ['the probe', each] as const),
    ['--path', path],
    ['--broadcast-path', broadcastPath],
    ['--anycable-path', anycablePath],
  ]
}

/** What the cable will say of its own options when it starts. */
export function cableCautions(settings: readonly Setting[], env: NodeJS.ProcessEnv): string[] {
  return cautions(resolveOptions(cableOptions(valuesOf(settings)), {}), env)
}

/** What the operator should know beside that, none of which stops it. */
export function warnings(settings: readonly Setting[], env: NodeJS.ProcessEnv): string[] {
  const values = valuesOf(settings)
  const lines: string[] = []
  const isProduction = env.NODE_ENV === 'production'
  const mayBroadcast = [values.secret, values.broadcastToken].flat().length > 0
  if (!isProduction && isOpen(values)) {
    const whom = isLoopback(values.host as string) ? 'on this machine' : 'who reaches this machine'
    lines.push(`open, for development: anybody ${whom} may subscribe to every stream`)
  }
  if (isProduction && !mayBroadcast && values.localBroadcasts !== true)
    lines.push(
      'nobody may broadcast: set TURBO_CABLE_SECRET or TURBO_CABLE_BROADCAST_TOKEN here and where you send from',
    )
  if (knowsWho(values) && !decides(values)) {
    lines.push(
      'nobody may subscribe but by the claim `streams`: set --secret for signed names, --authorize-url, or --public-streams',
    )
  }
  if ((values.workers as number) > 1 && values.metricsPort !== undefined)
    lines.push('each worker counts its own: /metrics has the numbers of the one that happens to answer')
  for (const secret of [values.jwtSecret].flat() as string[]) {
    if (Buffer.byteLength(secret) < 32)
      lines.push('`jwtSecret` is shorter than 32 bytes, and can be guessed by who has a token')
  }
  for (const { name, source, value } of settings) {
    if (source === 'flag' && secretNames.has(name) && typeof value !== 'boolean')
      lines.push(
        `${flagOf(name)} can be read by everybody on this machine in the list of processes: set ${variableOf(name)}`,
      )
  }
  return [...lines, ...misspelt(env)]
}

// Nobody is asked who they are, or what they may have.
function isOpen(values: Values): boolean {
  return !decides(values) && !knowsWho(values)
}

// Something says which streams may be had.
function decides({ secret, publicStreams, authorize, authorizeUrl }: Values): boolean {
  return [publicStreams, authorize, authorizeUrl].some((each) => each !== undefined) || [secret].flat().length > 0
}

function knowsWho(values: Values): boolean {
  return [values.authenticate, values.authenticateUrl].some(Boolean) || hasKey(values)
}

/** Whether tokens are taken. */
export function hasKey({ jwtSecret, jwtPublicKey, jwksUrl }: Values): boolean {
  return [jwtPublicKey, jwksUrl].some(Boolean) || [jwtSecret].flat().length > 0
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.[\d.]+|::1)$/.test(host)
}

// A variable that nobody reads is an option that somebody thinks is set.
function misspelt(env: NodeJS.ProcessEnv): string[] {
  const known = [...writtenNames.map(variableOf), ...otherVariables]
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('TURBO_CABLE_') || known.includes(name)) return []
    const meant = lookalike(name, known)
    return meant === undefined ? [] : [`${name} is not read: did you mean ${meant}?`]
  })
}
