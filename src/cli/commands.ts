// The commands of `npx turbo-cable`, by name. A new command is a file of its own and a line here.

import type { Command } from './command'
import { doctor } from './doctor'
import { install } from './install'
import { publish } from './publish'
import { serve } from './serve'
import { sign } from './sign'
import { subscribe } from './subscribe'
import { token } from './token'

export const commands: Readonly<Record<string, Command>> = {
  install,
  serve,
  publish,
  subscribe,
  sign,
  doctor,
  token,
}
