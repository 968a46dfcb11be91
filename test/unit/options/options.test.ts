// Options: each default is there, each bad value is refused by name, and the README's table says the same.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { natsEngine } from '../../../src/engine/nats.ts'
import { cautions, fullLine } from '../../../src/options/cautions.ts'
import { connectionsFor } from '../../../src/options/open-files.ts'
import { resolveOptions, type TurboCableOptions } from '../../../src/options/options.ts'
import { optionTable } from '../../../src/options/table.ts'

describe('resolveOptions', () => {
  it('fills in every default', () => {
    const resolved = resolveOptions({}, {})
    for (const [name, { default: fallback }] of Object.entries(optionTable)) {
      const [group, key] = name.split('.') as [keyof typeof resolved, string | undefined]
      const value = key === undefined ? resolved[group] : (resolved[group] as unknown as Record<string, unknown>)[key]
      assert.deepEqual(value, fallback, name)
    }
  })

  it('keeps what was given, also next to defaults in the same group', () => {
    const { heartbeat } = resolveOptions({ heartbeat: { interval: 5_000 } }, {})
    assert.deepEqual(heartbeat, { interval: 5_000, timeout: 60_000 })
  })

  it('reads the broadcast token from the environment, unless it is given', () => {
    const env = { TURBO_CABLE_BROADCAST_TOKEN: 'env' }
    assert.deepEqual(resolveOptions({}, env).broadcastToken, ['env'])
    assert.deepEqual(resolveOptions({ broadcastToken: ['a', 'b'] }, env).broadcastToken, ['a', 'b'])
    assert.deepEqual(resolveOptions({}, { TURBO_CABLE_BROADCAST_TOKEN: '' }).broadcastToken, [])
  })

  it('reads from the environment who sees the inspector, unless it is given', () => {
    const token = 'a-token-of-sixteen'
    const read = (text: string, options = {}) => resolveOptions(options, { TURBO_CABLE_INSPECTOR: text }).inspector
    assert.deepEqual([read('true'), read('false'), read('')], [true, false, undefined])
    assert.deepEqual([read(token), read(token, { inspector: false })], [{ token }, false])
    assert.throws(() => read('short'), { code: 'TURBO_CABLE_BAD_OPTION' })
  })

  const refusals: [unknown, RegExp][] = [
    [{ history: { size: -1 } }, /Expected `history.size` to be an integer ≥ 0, got `-1` \(number\)/],
    [{ history: { size: '5' } }, /Expected `history.size` to be an integer ≥ 0, got `"5"` \(string\)/],
    [{ history: { length: 5 } }, /^Unexpected option `history.length`: no option is spelt like it/],
    [{ history: { sise: 5 } }, /^Unexpected option `history.sise`: did you mean `history.size`\?$/],
    [{ history: 5 }, /Expected `history` to be an object, got `5`/],
    [{ pathh: '/x' }, /^Unexpected option `pathh`: did you mean `path`\?$/],
    [{ path: 'cable' }, /Expected `path` to be a path such as "\/cable"/],
    [{ path: '/cable/' }, /Expected `path`/],
    [{ path: '/a?b' }, /Expected `path`/],
    [{ path: '/x', broadcastPath: '/x' }, /Expected `broadcastPath` to be another path than `path`/],
    [
      { heartbeat: { interval: 60_000 } },
      /Expected `heartbeat.timeout` to be more than heartbeat.interval \(60000\), got `60000`/,
    ],
    [{ broadcastToken: '' }, /Expected `broadcastToken`/],
    [{ broadcastToken: ['a', ''] }, /Expected `broadcastToken`/],
    [{ limits: { frameBytes: Number.NaN } }, /Expected `limits.frameBytes`/],
    [{ scheduler: {} }, /Expected `scheduler` to be an object with a function `schedule`/],
    [{ render: 'ejs' }, /Expected `render` to be a function/],
    [{ inspector: 'a-token-of-sixteen' }, /Expected `inspector` to be true, false or { token }.*, got a string$/],
    [{ inspector: { token: 'fifteen bytes!!' } }, /Expected `inspector` .*of 16 characters or more, got an object$/],
    [{ inspector: { token: 'a-token-of-sixteen', tokn: 1 } }, /Expected `inspector`/],
    [null, /Expected `options` to be an object, got null/],
    [[], /Expected `options` to be an object/],
  ]
  for (const [options, message] of refusals) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => resolveOptions(options as TurboCableOptions, {}), { code: 'TURBO_CABLE_BAD_OPTION', message })
    })
  }
})

describe('presence', () => {
  const resolved = (options: TurboCableOptions) => resolveOptions(options, {}).presence

  it('is off, or a rule, or an object with one', () => {
    const info = () => 1
    const rule = (stream: string) => stream === 's'
    const off = { streams: false, grace: 5_000, info: undefined }
    assert.deepEqual(resolved({}), off)
    for (const streams of [true, false, ['s'], /s/, rule]) {
      assert.deepEqual(resolved({ presence: streams }), { ...off, streams })
      assert.deepEqual(resolved({ presence: { streams, grace: 0, info } }), { streams, grace: 0, info })
    }
  })

  it('refuses what is neither, and what is about no stream', () => {
    for (const [presence, message] of [
      ['s', /^Expected `presence\.streams` to be true, false, an array of names, a RegExp or a function, got `"s"`/],
      [{ streams: true, graze: 1 }, /^Unexpected option `presence\.graze`: did you mean `presence\.grace`/],
      [{ streams: true, grace: -1 }, /^Expected `presence\.grace` to be an integer ≥ 0/],
      [{ grace: 1 }, /^Expected `presence\.streams` to be the streams that `presence\.grace` is about, got undefined/],
      [{ info: () => 1 }, /^Expected `presence\.streams` to be the streams that `presence\.info` is about/],
    ] as const)
      assert.throws(() => resolved({ presence } as never), { code: 'TURBO_CABLE_BAD_OPTION', message })
    assert.throws(() => resolved({ onPresence: () => {} }), { message: /the streams that `onPresence` is about/ })
    assert.doesNotThrow(() => resolved({ presence: false, onPresence: () => {} }))
  })
})

describe('limits.connections', () => {
  it('leaves a fifth of the files, and a hundred at least', () => {
    assert.deepEqual([1_048_576, 12_500, 1_024, 256, 50].map(connectionsFor), [838_860, 10_000, 819, 156, 1])
  })

  it('is named where the process may not open as many files', () => {
    const { limits } = resolveOptions({ limits: { connections: 5_000 } }, {})
    const told = (files: number | undefined) => cautions({ ...resolveOptions({}, {}), limits }, {}, files)
    assert.deepEqual([told(undefined), told(6_250)], [[], []])
    const [line = ''] = told(6_249)
    assert.match(line, /^`limits.connections` is 5000, but this process may open 6249 files, which is enough for 4999:/)
  })

  it('says whether the files are why there may be no more', () => {
    assert.match(fullLine(819, 1_024), /819 connections, which is what the 1024 files allow/)
    assert.match(fullLine(800, 1_024), /800 connections, which is `limits.connections`$/)
    assert.match(fullLine(819, undefined), /which is `limits.connections`$/)
  })
})

describe('cautions', () => {
  const told = (options: TurboCableOptions, env: NodeJS.ProcessEnv = {}) => cautions(resolveOptions(options, env), env)

  it('names a secret or a token of fewer than 16 bytes, and not the secret itself', () => {
    const short = 'fifteen bytes!!'
    assert.deepEqual(told({ secret: `${short}!`, broadcastToken: 'é'.repeat(8) }), [])
    assert.deepEqual(told({ secret: Buffer.alloc(16), broadcastToken: [] }), [])
    for (const [name, options] of [
      ['secret', { secret: short }],
      ['secret', { secret: ['a secret that is long enough', short] }],
      ['secret', { secret: Buffer.alloc(15) }],
      ['broadcastToken', { broadcastToken: short }],
    ] as const) {
      const [line = '', ...more] = told(options)
      assert.deepEqual(more, [])
      assert.match(line, new RegExp(`^.${name}. is shorter than 16 bytes`))
      assert.ok(!line.includes(short))
    }
    assert.equal(told({}, { TURBO_CABLE_SECRET: short }).length, 1)
  })

  it('says that an engine of several processes writes no history file', () => {
    const history = { file: '/tmp/history' }
    assert.match(String(told({ history }, { TURBO_CABLE_ENGINE: 'redis://localhost' })), /^`history.file` is for/)
    assert.match(String(told({ history, engine: natsEngine({ url: 'nats://localhost' }) })), /^`history.file` is for/)
    assert.deepEqual(told({ history }), [])
    assert.deepEqual(told({ engine: natsEngine({ url: 'nats://localhost' }) }), [])
  })

  it('says in production that the inspector needs a token', () => {
    const env = { NODE_ENV: 'production', TURBO_CABLE_SECRET: 'a secret that is long enough' }
    assert.match(String(told({ inspector: true }, env)), /^`inspector: true` is for development/)
    assert.deepEqual(told({ inspector: { token: 'a-token-of-sixteen' } }, env), [])
    assert.deepEqual(told({ inspector: true }), [])
  })

  it('says in production that anyone may subscribe to anything, unless that is meant', () => {
    const env = { NODE_ENV: 'production' }
    const secret = 'a secret for tests'
    for (const options of [{ secret }, { publicStreams: true }, { publicStreams: false }, { authorize: () => true }]) {
      assert.deepEqual(told(options, env), [])
    }
    assert.deepEqual(told({}), [])
    assert.match(told({}, env).join(), /^anyone who can connect may subscribe to any stream/)
  })
})

describe('the options table of the README', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  const section = readme.slice(readme.indexOf('\n## Options'), readme.indexOf('\n## When not'))
  const rows = [...section.matchAll(/^\| `([\w.]+)` \| `([^`]+)` \| .+ \|$/gm)].map(([, name, value]) => [name, value])

  it('lists every option, in order, with its default', () => {
    const shown = (value: unknown) =>
      typeof value === 'string' ? `'${value}'` : Array.isArray(value) ? JSON.stringify(value) : String(value)
    assert.deepEqual(
      rows,
      Object.entries(optionTable).map(([name, { default: fallback }]) => [name, shown(fallback)]),
    )
  })
})
