// How an app adds packages to itself: the command of its package manager.

/**
 * `pnpm add`, `yarn add`, `bun add` or `npm install`: by the app's lockfile, else by the package manager that started this process.
 * `has` tells whether the app has a file of this name.
 */
export function addCommand(has: (file: string) => boolean, env: NodeJS.ProcessEnv = {}): string {
  const [, command] = lockfiles.find(([file]) => has(file)) ?? []
  // `pnpm/9.1.0 npm/? node/v22.3.0 linux x64`
  const [manager = ''] = (env.npm_config_user_agent ?? '').split('/', 1)
  return command ?? (['pnpm', 'yarn', 'bun'].includes(manager) ? `${manager} add` : 'npm install')
}

const lockfiles = [
  ['pnpm-lock.yaml', 'pnpm add'],
  ['yarn.lock', 'yarn add'],
  ['bun.lock', 'bun add'],
  ['bun.lockb', 'bun add'],
  ['package-lock.json', 'npm install'],
] as const
