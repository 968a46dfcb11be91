// `npx turbo-cable serve`: the cable without an app.

import cluster from 'node:cluster'
import { TurboCableError } from '../errors'
import { logAs, warn } from '../log'
import { type Values, valuesOf } from '../server/cable-options'
import { readConfig } from '../server/config-file'
import { runServer } from '../server/run'
import { cableCautions, obstacles, warnings } from '../server/safety'
import { type CommandLine, readEnvironment, readFlags, type Setting, settle } from '../server/settings'
import { helpText, settingLines } from '../server/texts'
import { primaryEnds, Workers } from '../server/workers'
import type { Command, Output } from './command'

/** `npx turbo-cable serve`. Exits with 1 where it must not or cannot start, and where `--check` found something unsafe. */
export const serve: Command = { summary: 'serve a cable without an app', help: helpText(), run }

async function run(args: readonly string[], output: Output): Promise<number> {
  const { env } = process
  let line: CommandLine
  let settings: readonly Setting[]
  try {
    line = readFlags(args)
    if (line.help) {
      output.out(helpText())
      return 0
    }
    const config = line.config ?? env.TURBO_CABLE_CONFIG
    settings = settle(line.values, readEnvironment(env), config ? await readConfig(config) : new Map())
    const problems = obstacles(settings, env)
    const cautions = warnings(settings, env)
    if (line.check) return report(settings, [...problems, ...cableCautions(settings, env), ...cautions], output)
    const values = valuesOf(settings)
    logAs((values.log ?? (env.NODE_ENV === 'production' ? 'json' : 'text')) as 'json' | 'text')
    if (cluster.isWorker) return await serveAsWorker(values)
    for (const each of cautions) warn(each)
    if (problems.length > 0) {
      for (const each of problems) warn(`not started: ${each}`)
      return 1
    }
    const { workers } = values as { workers: number }
    return workers > 1 ? await new Workers().run(workers) : await runServer(values)
  } catch (error) {
    if (!(error instanceof TurboCableError)) throw error
    output.error(`turbo-cable: ${error.message}\n\nturbo-cable serve --help lists the options.\n`)
    return 2
  }
}

async function serveAsWorker(values: Values): Promise<number> {
  let code: number
  try {
    code = await runServer(values, primaryEnds())
  } catch (error) {
    // The channel would keep a process that could not start; to close it would end it at once, with 0.
    process.channel?.unref()
    throw error
  }
  // Nothing is left to be told, and the channel would keep the process.
  if (process.connected) process.disconnect?.()
  return code
}

function report(settings: readonly Setting[], unsafe: readonly string[], output: Output): number {
  output.out(`${settingLines(settings).join('\n')}\n`)
  if (unsafe.length === 0) return 0
  output.error(`\nUnsafe:\n${unsafe.map((line) => `  - ${line}`).join('\n')}\n`)
  return 1
}
