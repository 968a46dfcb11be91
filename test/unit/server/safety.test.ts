// What a server does not start with, and what it says aloud.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cableCautions, obstacles, warnings } from '../../../src/server/safety.ts'
import { readEnvironment, readFlags, settle } from '../../../src/server/settings.ts'
import { settingLines } from '../../../src/server/texts.ts'

const settings = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  settle(readFlags(args).values, readEnvironment(env), new Map())
const production = { NODE_ENV: 'production' }
const long = 'a'.repeat(32)

describe('the server does not start', () => {
  const open: [string[], boolean][] = [
    [[], true],
    [['--allowed-origins', '*'], true],
    [['--secret', long], false],
    [['--jwt-secret', long], false],
    [['--authenticate-url', 'http://a/'], false],
    [['--authorize-url', 'http://a/'], false],
    [['--public-streams', 'true'], false],
    [['--public-streams', 'news'], false],
  ]
  for (const [args, refused] of open) {
    it(`${refused ? '' : 'but it does '}in production with ${args.join(' ') || 'nothing set'}`, () => {
      assert.equal(obstacles(settings(args), production).length, refused ? 1 : 0)
      assert.deepEqual(obstacles(settings(args), {}), [])
    })
  }

  it('with several workers and no engine', () => {
    assert.match(obstacles(settings(['--workers', '2']), {}).join(), /^--workers needs an engine/)
    assert.deepEqual(obstacles(settings(['--workers', '2', '--engine', 'redis://localhost']), {}), [])
  })
})

describe('the server does not start where two of its parts would be at one address', () => {
  const meetings: [args: string[], line: RegExp][] = [
    [['--port', '3000', '--metrics-port', '3000'], /^--metrics-port and --port are the same/],
    [['--path', '/health'], /^--path \/health is taken/],
    [['--broadcast-path', '/x', '--anycable-path', '/x'], /^--anycable-path \/x is taken/],
    [['--anycable-path', '/metrics'], /^--anycable-path \/metrics is taken/],
  ]
  for (const [args, line] of meetings) {
    it(args.join(' '), () => assert.match(obstacles(settings(args), {}).join('\n'), line))
  }

  it('but it does where each has its own', () => {
    assert.deepEqual(obstacles(settings(['--port', '0', '--metrics-port', '0']), {}), [])
    assert.deepEqual(obstacles(settings(['--anycable-path', '/metrics', '--metrics-port', '9100']), {}), [])
  })
})

describe('the server does not start with what says more about tokens, and no key', () => {
  for (const flag of ['--jwt-audience', '--jwt-issuer', '--jwt-param', '--jwt-cookie']) {
    it(flag, () => {
      const lines = obstacles(settings([flag, 'x', '--secret', long]), production)
      assert.equal(lines.length, 1)
      assert.match(lines.join(), new RegExp(`^${flag} needs a JWT key`))
      assert.deepEqual(obstacles(settings([flag, 'x', '--jwt-secret', long]), production), [])
      assert.deepEqual(obstacles(settings([flag, 'x', '--jwks-url', 'http://a/']), production), [])
    })
  }
})

describe('the server says aloud', () => {
  const said: [what: string, args: string[], env: NodeJS.ProcessEnv, line: RegExp][] = [
    ['that it is open', [], {}, /^open, for development: anybody on this machine/],
    ['to whom it is open', ['--host', '0.0.0.0'], {}, /anybody who reaches this machine/],
    ['that nobody may broadcast', ['--public-streams', 'true'], production, /^nobody may broadcast: set/],
    ['that a secret stands on the command line', ['--secret', long], {}, /^--secret can be read by everybody/],
    ['that a JWT secret can be guessed', ['--jwt-secret', 'short'], {}, /^`jwtSecret` is shorter than 32 bytes/m],
    ['that only the claim lets in', ['--jwt-secret', long], {}, /^nobody may subscribe but by the claim `streams`/m],
    [
      'that a variable is misspelt',
      ['--secret', long],
      { TURBO_CABLE_SECERT: 'x' },
      /did you mean TURBO_CABLE_SECRET\?$/m,
    ],
  ]
  for (const [what, args, env, line] of said) {
    it(what, () => assert.match(warnings(settings(args, env), env).join('\n'), line))
  }

  it('nothing where nothing is wrong', () => {
    const env = { ...production, TURBO_CABLE_SECRET: long, TURBO_CABLE_BROADCAST_URL: 'http://a/' }
    assert.deepEqual([...cableCautions(settings([], env), env), ...warnings(settings([], env), env)], [])
  })

  it('what the cable itself cautions against', () =>
    assert.match(cableCautions(settings(['--secret', 'short']), {}).join(), /^`secret` is shorter than 16 bytes/))
})

describe('--check', () => {
  it('shows neither a secret nor the password of a URL', () => {
    const env = {
      TURBO_CABLE_SECRET: 'topmost',
      TURBO_CABLE_JWT_SECRET: 'topmost',
      TURBO_CABLE_BROADCAST_TOKEN: 'topmost',
    }
    const text = settingLines(
      settings(['--engine', 'redis://user:topmost@localhost:1/0', '--secret', 'topmost'], env),
    ).join('\n')
    assert.doesNotMatch(text, /topmost/)
    assert.match(text, /^ {2}engine +redis:\/\/\*\*\*@localhost:1\/0 {2}\(flag\)$/m)
    assert.match(text, /^ {2}jwtSecret +\*{8} {2}\(environment\)$/m)
  })

  for (const engine of [
    'redis://u:p@topmost@localhost:1',
    'redis://u:p,topmost@localhost:1',
    'redis://localhost:1/?password=topmost',
    'redis://localhost:1/0#topmost',
    'nats://u:topmost@a:1,nats://topmost@b:1',
  ]) {
    it(`shows no secret of ${engine}`, () =>
      assert.doesNotMatch(settingLines(settings(['--engine', engine])).join(), /topmost/))
  }

  it('shows no key in the URL of an app', () => {
    const text = settingLines(settings(['--authenticate-url', 'http://a/who?key=topmost'])).join('\n')
    assert.match(text, /^ {2}authenticateUrl +http:\/\/a\/who\?\*{3} {2}\(flag\)$/m)
  })
})

describe('what is said of a bad value', () => {
  for (const flag of ['--authenticate-url', '--authorize-url', '--jwks-url']) {
    for (const url of ['http://u:topmost@a/', 'ftp://u:topmost@a/', 'http//u:topmost@a/']) {
      it(`shows nothing of ${flag} ${url}`, () =>
        assert.throws(
          () => settings([flag, url]),
          ({ message }) => /http or https URL/.test(message) && !/topmost/.test(message),
        ))
    }
  }

  it('shows nothing of what is no engine', () =>
    assert.throws(
      () => settle(new Map(), new Map(), new Map([['engine', { url: 'redis://:topmost@a' }]])),
      ({ message }) => /engine/.test(message) && !/topmost/.test(message),
    ))
})
