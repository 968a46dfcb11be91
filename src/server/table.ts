// The options that the server has beside those of the cable, in the same shape: a port, who is asked who is there, how it ends.

import { isText, kindOf, notShown, oneOf, optional } from '../options/check'
import { file, integer, type Option, path, readList, type WrittenRule } from '../options/table'

/** Where AnyCable's broadcasts are taken by `POST`, unless an operator says otherwise. */
export const defaultAnycablePath = '/_anycable/broadcast'

const text = (placeholder = 'text', words = 'a non-empty string'): WrittenRule => ({
  words,
  holds: isText,
  read: (given) => given,
  placeholder,
})
const secrets: WrittenRule = {
  ...text('text', 'a non-empty string or an array of these'),
  holds: (value) => [value].flat().length > 0 && [value].flat().every(isText),
  shown: kindOf,
  repeats: true,
}
const names: WrittenRule = {
  words: 'an array of names',
  holds: (value) => Array.isArray(value) && value.every(isText),
  read: readList,
  placeholder: 'list',
  repeats: true,
}
const port: WrittenRule = {
  ...integer(0),
  words: 'a port, 0 to 65535',
  holds: (value) => integer(0).holds(value) && (value as number) <= 65_535,
}
/** What is asked over HTTP. `fetch` takes no password in a URL. One that is wrong is not shown, as it may have a secret all the same. */
export const url: WrittenRule = {
  ...text('url', 'an http or https URL without a password'),
  holds: (value) => isText(value) && URL.canParse(value) && isPlainHttp(new URL(value)),
  shown: notShown,
}
const format: WrittenRule = { ...oneOf('text', 'json'), read: (given) => given, placeholder: 'format' }

/** Every option of the server alone, by its name. */
export const serverTable: Readonly<Record<string, Option>> = Object.freeze({
  port: { default: 28_080, rule: port, says: 'where it listens; 0 for a free one' },
  host: { default: '127.0.0.1', rule: text(), says: 'address it listens on; 0.0.0.0 for all' },
  workers: { default: 1, rule: integer(1), says: 'processes that share the port; more than 1 needs an engine' },
  log: { default: undefined, rule: optional(format), says: 'text, or json: one object per line' },
  shutdownTimeout: { default: 10_000, rule: integer(0), says: 'time to end in after SIGTERM, ms' },
  metricsPort: { default: undefined, rule: optional(port), says: 'serves /health, /ready and /metrics apart' },
  jwtSecret: { default: [], rule: secrets, says: 'lets in who has a JWT of HS256, HS384 or HS512' },
  jwtPublicKey: {
    default: undefined,
    rule: optional(file),
    says: 'the same for RS, PS, ES and EdDSA: a PEM or JWK file',
  },
  jwksUrl: { default: undefined, rule: optional(url), says: 'the same, with the keys that are published there' },
  jwtAudience: { default: undefined, rule: optional(text()), says: 'what the claim aud has to hold' },
  jwtIssuer: { default: undefined, rule: optional(text()), says: 'what the claim iss has to be' },
  jwtParam: { default: 'token', rule: text('name'), says: 'the parameter of the URL that has the token' },
  jwtCookie: { default: undefined, rule: optional(text('name')), says: 'a cookie that may have the token' },
  authenticateUrl: { default: undefined, rule: optional(url), says: 'your app is asked there who is connecting' },
  authorizeUrl: { default: undefined, rule: optional(url), says: 'your app is asked there who may have which stream' },
  askHeaders: {
    default: ['cookie', 'authorization', 'origin', 'user-agent', 'accept-language'],
    rule: names,
    says: 'headers of the client that your app gets',
  },
  askCache: { default: 5_000, rule: integer(0), says: 'how long a yes of your app holds, ms' },
  anycablePath: { default: defaultAnycablePath, rule: path, says: "path that takes broadcasts of AnyCable's senders" },
})

function isPlainHttp({ protocol, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && username === '' && password === ''
}
