// The command that adds packages: the lockfile says it, else whoever started the process.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addCommand } from '../../../src/options/add-command.ts'

const agents = {
  yarn: 'yarn/1.22.22 npm/? node/v22.3.0 linux x64',
  pnpm: 'pnpm/9.1.0 npm/? node/v22.3.0 linux x64',
  npm: 'npm/10.8.1 node/v22.3.0 linux x64 workspaces/false',
}

const cases: [lockfile: string | undefined, agent: string | undefined, command: string][] = [
  ['yarn.lock', undefined, 'yarn add'],
  ['pnpm-lock.yaml', agents.yarn, 'pnpm add'],
  ['bun.lock', undefined, 'bun add'],
  ['bun.lockb', undefined, 'bun add'],
  ['package-lock.json', agents.pnpm, 'npm install'],
  [undefined, agents.yarn, 'yarn add'],
  [undefined, agents.pnpm, 'pnpm add'],
  [undefined, agents.npm, 'npm install'],
  [undefined, 'x; rm -rf', 'npm install'],
  [undefined, undefined, 'npm install'],
]

for (const [lockfile, agent, command] of cases)
  test(`with ${lockfile ?? 'no lockfile'}, started by ${agent ?? 'nobody'}: ${command}`, () => {
    assert.equal(
      addCommand((file) => file === lockfile, { npm_config_user_agent: agent }),
      command,
    )
  })
