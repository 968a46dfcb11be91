// The options of the server's cable: those that were given, and who is let in to what.

import { readFileSync } from 'node:fs'
import type { Engine } from '../engine/engine'
import { engineFromEnv } from '../engine/from-env'
import { holds } from '../hub/rule'
import { check } from '../options/check'
import type { Authenticate } from '../options/identity'
import type { PublicStreams, TurboCableOptions } from '../options/options'
import { optionTable } from '../options/table'
import { claimsStream } from './claims'
import { jwt } from './jwt'
import type { Setting } from './settings'
import { tokenIn } from './token-in'
import { type AskedApp, askApp } from './webhook'

/** The values of the settings, by their dotted names. */
export type Values = Readonly<Record<string, unknown>>

/** `valuesOf(settings)['history.size'] // → 100` */
export function valuesOf(settings: readonly Setting[]): Values {
  return Object.fromEntries(settings.map(({ name, value }) => [name, value]))
}

/**
 * Makes the options of `createCable()`.
 * @throws TurboCableError TURBO_CABLE_BAD_OPTION
 */
export function cableOptions(values: Values): TurboCableOptions {
  const nested: Record<string, unknown> = {}
  for (const [name, { default: fallback }] of Object.entries(optionTable)) {
    const [group = '', key] = name.split('.')
    // A default is the cable's own matter: that of `limits.connections` depends on the process.
    const value = values[name] === fallback ? undefined : values[name]
    if (key === undefined) nested[group] = value
    else nested[group] = { ...(nested[group] as object), [key]: value }
  }
  // Each value has passed its rule in `settle`.
  const options = nested as TurboCableOptions
  return { ...options, engine: engineOf(values.engine), ...rights(options, values) }
}

/** Who is let in, and to which streams, by what the operator has set up. */
function rights(given: TurboCableOptions, values: Values): TurboCableOptions {
  const byToken = tokens(values)
  const app = asked(values)
  const authenticate = given.authenticate ?? either(byToken, app.authenticate, values)
  const authorize = given.authorize ?? app.authorize
  return { authenticate, authorize, publicStreams: plainNames(given, authenticate, authorize !== undefined) }
}

// Where it is known who is there, a plain name is for whom it was given to: by the claim `streams`, or to all by the option.
function plainNames(
  { publicStreams, secret }: TurboCableOptions,
  authenticate: Authenticate | undefined,
  decided: boolean,
): PublicStreams | undefined {
  if (!authenticate) return publicStreams
  const open = publicStreams ?? (decided && [secret ?? []].flat().length === 0)
  return (stream, identity) => claimsStream(identity, stream) || holds(open, stream, 'publicStreams', identity)
}

// Who has a token is known by it; who has none may still be known to the app.
function either(
  byToken: Authenticate | undefined,
  byApp: Authenticate | undefined,
  values: Values,
): Authenticate | undefined {
  if (!byToken || !byApp) return byToken ?? byApp
  const places = placesOf(values)
  return (request, more) => (tokenIn(request, places) === undefined ? byApp : byToken)(request, more)
}

function tokens(values: Values): Authenticate | undefined {
  const { jwtSecret, jwtPublicKey, jwksUrl, jwtAudience, jwtIssuer } = values
  const secret = [jwtSecret as string | string[]].flat()
  if (secret.length === 0 && jwtPublicKey === undefined && jwksUrl === undefined) return undefined
  return jwt({
    ...(secret.length > 0 && { secret }),
    publicKey: jwtPublicKey === undefined ? undefined : keyIn(jwtPublicKey as string),
    jwksUrl: jwksUrl as string | undefined,
    audience: jwtAudience as string | undefined,
    issuer: jwtIssuer as string | undefined,
    ...placesOf(values),
  })
}

function placesOf({ jwtParam, jwtCookie }: Values) {
  return { param: jwtParam as string, cookie: jwtCookie as string | undefined }
}

function asked(values: Values): AskedApp {
  const { authenticateUrl, authorizeUrl, askHeaders, askCache, 'limits.answerTime': answerTime } = values
  if (authenticateUrl === undefined && authorizeUrl === undefined) return {}
  return askApp({
    authenticateUrl: authenticateUrl as string | undefined,
    authorizeUrl: authorizeUrl as string | undefined,
    headers: askHeaders as string[],
    cache: askCache as number,
    answerTime: answerTime as number,
  })
}

// The key itself, or the file that has it.
function keyIn(given: string): string {
  if (given.includes('-----BEGIN') || given.trimStart().startsWith('{')) return given
  try {
    return readFileSync(given, 'utf8')
  } catch (error) {
    const words = `a file with a public key (${(error as Error).message})`
    return check('jwtPublicKey', given, { words, holds: () => false })
  }
}

function engineOf(given: unknown): Engine | undefined {
  return typeof given === 'string' ? engineFromEnv({ TURBO_CABLE_ENGINE: given }) : (given as Engine | undefined)
}
