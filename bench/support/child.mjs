// Child processes that answer questions over IPC: the servers and the generators, each a process of its own.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'

/** Starts a script with as many file descriptors as the machine allows; `config` is its first argument, as JSON. */
export function startChild(script, config = {}, { profile } = {}) {
  const flags = ['--expose-gc', ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])]
  const child = spawn(
    'sh',
    ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', 'sh', process.execPath, ...flags, script, JSON.stringify(config)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production', DEBUG: '' } },
  )
  const waiting = new Map()
  let questions = 0
  const fail = (why) => {
    for (const { reject } of waiting.values()) reject(new Error(`${script} ${why}`))
    waiting.clear()
  }
  child.on('message', ({ id, result, error }) => {
    const question = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) question?.resolve(result)
    else question?.reject(new Error(error))
  })
  child.on('error', (error) => fail(error.message))
  child.on('exit', (code, signal) => fail(`ended with ${signal ?? code}`))
  return {
    ask(command, parameters = {}) {
      return new Promise((resolve, reject) => {
        const id = ++questions
        waiting.set(id, { resolve, reject })
        child.send({ id, command, parameters })
      })
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

/** In the child: answers by name, and ends with its parent. */
export function answer(handlers) {
  process.on('message', async ({ id, command, parameters }) => {
    try {
      process.send({ id, result: await handlers[command](parameters) })
    } catch (error) {
      process.send({ id, error: error.stack })
    }
  })
  process.on('disconnect', () => process.exit())
}

/** In the child: what `startChild` was given. */
export const config = () => JSON.parse(process.argv[2] ?? '{}')

/** In the child: CPU time in µs since its start, and memory in bytes after a thorough collection if `settled`. */
export async function usage({ settled = false } = {}) {
  for (let round = 0; settled && round < 4; round++) {
    await setImmediate()
    globalThis.gc()
  }
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { cpu: user + system, rss, heap: heapUsed, external }
}
