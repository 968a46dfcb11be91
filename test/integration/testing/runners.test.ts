// The tests of docs/testing.md, run by each runner as they are written; and each of them fails where the app is broken.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppFolder } from '../../support/app-folder.ts'

const page = 'docs/testing.md'

interface Runner {
  readonly title: string
  readonly args: readonly string[]
  readonly files: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** What it says when all its tests have passed. */
  readonly passed: RegExp
  /** What the first failure says where messages go to another place. */
  readonly failed: RegExp
}

const vmModules = { NODE_OPTIONS: '--experimental-vm-modules' }
const runners: Runner[] = [
  {
    title: 'node:test',
    args: ['--test', '--test-reporter=tap', 'room.test.mjs'],
    files: ['app.mjs', 'room.test.mjs'],
    passed: /^# pass 2$/m,
    failed:
      /Expected 1 broadcast of <turbo-stream action="append" target="messages"> to "room:7".*\n.*to "room:7": <turbo-stream action="append" target="elsewhere"> &lt;hi&gt;/,
  },
  {
    title: 'Vitest',
    args: ['node_modules/vitest/vitest.mjs', 'run', 'room.spec.mjs'],
    files: ['app.mjs', 'room.spec.mjs'],
    passed: /Tests {2}2 passed/,
    failed: /"target": "elsewhere"/,
  },
  {
    title: 'Jest with ES modules',
    args: ['node_modules/jest/bin/jest.js', 'room.jest.mjs'],
    files: ['app.mjs', 'jest.config.mjs', 'room.jest.mjs'],
    env: vmModules,
    passed: /Tests: +2 passed, 2 total/,
    failed: /to "room:7": <turbo-stream action="append" target="elsewhere"> &lt;hi&gt;/,
  },
  {
    title: 'Jest with CommonJS',
    args: ['node_modules/jest/bin/jest.js', 'message.jest.cjs'],
    files: ['jest.config.mjs', 'message.jest.cjs'],
    passed: /Tests: +1 passed, 1 total/,
    failed: /- +"html": "read"/,
  },
]

for (const { title, args, files, env, passed, failed } of runners) {
  test(`${title} runs its example, which fails where the app is broken`, async () => {
    const folder = new AppFolder(['express', 'jest', 'supertest', 'vitest'])
    try {
      folder.copy(page, ...files)
      const whole = await folder.run(args, { CI: '1', NO_COLOR: '1', ...env })
      assert.equal(whole.code, 0, whole.output)
      assert.match(whole.output, passed)

      const [broken = '', from = '', to = ''] = files.includes('app.mjs')
        ? ['app.mjs', "target: 'messages'", "target: 'elsewhere'"]
        : ['message.jest.cjs', "text: 'read'", "text: 'unread'"]
      const text = readFileSync(join(folder.path, broken), 'utf8')
      assert.ok(text.includes(from))
      folder.write(broken, text.replace(from, to))
      const wrong = await folder.run(args, { CI: '1', NO_COLOR: '1', ...env })
      assert.notEqual(wrong.code, 0, wrong.output)
      assert.match(wrong.output, failed)
    } finally {
      folder.remove()
    }
  })
}
