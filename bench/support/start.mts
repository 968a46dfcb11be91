// Starts a part of a reliability bench: a file beside this one, in a process of its own.

import { fileURLToPath } from 'node:url'
import { Child } from './child.mjs'

export function start<Calls extends Record<string, (argument: never) => unknown>>(part: string, ...flags: string[]) {
  const file = fileURLToPath(new URL(`./${part}.mts`, import.meta.url))
  return new Child<Calls>(file, { flags: ['--import', 'tsx', ...flags] })
}
