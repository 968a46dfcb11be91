// Options from flags, from the environment and from a file: the same names, the same rules, and which of them counts.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { optionTable } from '../../../src/options/table.ts'
import { readConfig } from '../../../src/server/config-file.ts'
import {
  everyOption,
  flagOf,
  readEnvironment,
  readFlags,
  settle,
  variableOf,
  writtenNames,
} from '../../../src/server/settings.ts'
import { serverTable } from '../../../src/server/table.ts'

const flags = (...args: string[]) => Object.fromEntries(readFlags(args).values)
const settled = (args: string[], env = {}, file: [string, unknown][] = []) =>
  new Map(settle(readFlags(args).values, readEnvironment(env), new Map(file)).map((each) => [each.name, each]))

describe('the names of options', () => {
  it('are those of turboCable(), for a command line and for the environment', () => {
    assert.equal(flagOf('history.streamBytes'), '--history-stream-bytes')
    assert.equal(variableOf('history.streamBytes'), 'TURBO_CABLE_HISTORY_STREAM_BYTES')
    assert.equal(variableOf('broadcastToken'), 'TURBO_CABLE_BROADCAST_TOKEN')
    assert.equal(flagOf('jwksUrl'), '--jwks-url')
  })

  it('stand for one option each', () => {
    for (const nameOf of [flagOf, variableOf]) {
      assert.equal(new Set(Object.keys(everyOption).map(nameOf)).size, Object.keys(everyOption).length)
    }
    assert.equal(Object.keys(everyOption).length, Object.keys(serverTable).length + Object.keys(optionTable).length)
  })

  it('leave out only what is no text: functions and objects of an app', () => {
    const left = Object.keys(everyOption).filter((name) => !writtenNames.includes(name))
    assert.deepEqual(left, [
      ...['middleware', 'authenticate', 'authorize', 'channels'],
      ...['presence.info', 'onPresence', 'scheduler', 'render'],
    ])
    for (const name of Object.keys(everyOption)) {
      assert.equal(
        'read' in (everyOption[name]?.rule ?? {}),
        writtenNames.includes(name),
        `${name} has \`says\` and can be read`,
      )
    }
  })
})

describe('flags', () => {
  const read: [what: string, args: string[], expected: object][] = [
    ['a number', ['--port', '1'], { port: 1 }],
    ['an inline value', ['--history-size=5'], { 'history.size': 5 }],
    ['the last of two', ['--port', '1', '--port', '2'], { port: 2 }],
    ['what is true by itself', ['--trust-proxy'], { trustProxy: true }],
    ['what is false by name', ['--no-trust-proxy'], { trustProxy: false }],
    ['what is false by value', ['--trust-proxy=false'], { trustProxy: false }],
    ['one secret as it is, comma and all', ['--secret', 'a,b'], { secret: 'a,b' }],
    ['several secrets', ['--secret', 'a', '--secret', 'b'], { secret: ['a', 'b'] }],
    [
      'a list',
      ['--allowed-origins', 'https://a.example, *.b.example'],
      { allowedOrigins: ['https://a.example', '*.b.example'] },
    ],
    ['a list in parts', ['--allowed-origins', 'a', '--allowed-origins', 'b'], { allowedOrigins: ['a', 'b'] }],
    ['all streams', ['--public-streams', 'true'], { publicStreams: true }],
    ['streams by name', ['--public-streams', 'a, b'], { publicStreams: ['a', 'b'] }],
    ['the token of the inspector', ['--inspector', 'the-token-of-it'], { inspector: { token: 'the-token-of-it' } }],
    ['no inspector', ['--inspector', 'false'], { inspector: false }],
    ['streams that match', ['--public-streams', '/^room:/'], { publicStreams: /^room:/ }],
  ]
  for (const [what, args, expected] of read) it(`reads ${what}`, () => assert.deepEqual(flags(...args), expected))

  const refused: [args: string[], message: RegExp][] = [
    [['--prot', '1'], /Unexpected option `--prot`: did you mean `--port`\?/],
    [['--history-sizes', '1'], /did you mean `--history-size`\?/],
    [['--zzz'], /Unexpected option `--zzz`/],
    [['serve'], /Unexpected option `serve`/],
    [['--port'], /Expected `--port` to be followed by a value/],
    [['--secret', '--port', '1'], /Expected `--secret` to be followed by a value/],
    [['--no-port'], /Unexpected option `--no-port`/],
  ]
  for (const [args, message] of refused) {
    it(`refuses ${args.join(' ')}`, () =>
      assert.throws(() => readFlags(args), { code: 'TURBO_CABLE_BAD_OPTION', message }))
  }

  const broken: [args: string[], env: object, message: RegExp][] = [
    [['--port', '65536'], {}, /Expected `--port` to be a port/],
    [['--port', '1e3'], {}, /Expected `--port` to be a port/],
    [['--log', 'xml'], {}, /Expected `--log` to be 'text' or 'json'/],
    [['--path', 'cable'], {}, /Expected `--path` to be a path/],
    [['--public-streams', '/(/'], {}, /Expected `--public-streams` to be true, false/],
    [[], { TURBO_CABLE_HISTORY_TTL: 'long' }, /Expected `TURBO_CABLE_HISTORY_TTL` to be an integer ≥ 0, got `"long"`/],
    [['--authenticate-url', 'file:///etc/passwd'], {}, /Expected `--authenticate-url` to be an http or https URL/],
  ]
  for (const [args, env, message] of broken) {
    it(`says by its own name what is wrong: ${message.source}`, () =>
      assert.throws(() => settled(args, env), { message }))
  }
})

describe('what counts', () => {
  it('is the flag, then the environment, then the file, then the default', () => {
    const env = { TURBO_CABLE_PORT: '2', TURBO_CABLE_HOST: '::1', TURBO_CABLE_SECRET: '' }
    const found = settled(['--port', '1'], env, [
      ['port', 3],
      ['host', 'x'],
      ['path', '/x'],
    ])
    const told = ['port', 'host', 'path', 'secret', 'history.size'].map((name) => found.get(name))
    assert.deepEqual(told, [
      { name: 'port', value: 1, source: 'flag' },
      { name: 'host', value: '::1', source: 'environment' },
      { name: 'path', value: '/x', source: 'file' },
      { name: 'secret', value: [], source: 'default' },
      { name: 'history.size', value: 100, source: 'default' },
    ])
  })
})

describe('the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turbo-cable-config-'))
  after(() => rmSync(folder, { recursive: true }))
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  it('has the shape of the options, in JSON', async () => {
    const path = write(
      'a.json',
      '{ "port": 1, "history": { "size": 5 }, "publicStreams": "/^a/", "secret": ["x", "y"] }',
    )
    assert.deepEqual(Object.fromEntries(await readConfig(path)), {
      port: 1,
      'history.size': 5,
      publicStreams: /^a/,
      secret: ['x', 'y'],
    })
  })

  it('may be a module, which may hold functions', async () => {
    const path = write('a.mjs', 'export default { authorize: () => true, limits: { connections: 7 } }')
    const values = await readConfig(path)
    assert.equal(typeof values.get('authorize'), 'function')
    assert.equal(values.get('limits.connections'), 7)
  })

  const refused: [text: string, message: RegExp][] = [
    ['{ "prot": 1 }', /Unexpected option `prot`: did you mean `port`\?/],
    ['{ "history": { "sizes": 1 } }', /did you mean `history.size`\?/],
    ['[1]', /to be an object/],
    ['{', /Expected `--config` to be a JSON file, or a \.mjs file \(/],
  ]
  for (const [text, message] of refused) {
    it(`refuses ${text}`, () => assert.rejects(readConfig(write('bad.json', text)), { message }))
  }

  for (const [what, text, message] of [
    [
      'does not parse',
      'export default { port: 1,, }',
      /Expected `--config` to be a module that loads \(SyntaxError: .*throws-0\.mjs/,
    ],
    ['throws', "throw new Error('no database')", /a module that loads \(Error: no database\), got `".*throws-1\.mjs"`/],
  ] as const) {
    it(`names the module that ${what}`, () =>
      assert.rejects(readConfig(write(`throws-${what === 'throws' ? 1 : 0}.mjs`, text)), {
        code: 'TURBO_CABLE_BAD_OPTION',
        message,
      }))
  }

  it('refuses a file that is not there', () =>
    assert.rejects(readConfig(join(folder, 'none.json')), { code: 'TURBO_CABLE_BAD_OPTION', message: /ENOENT/ }))
})
