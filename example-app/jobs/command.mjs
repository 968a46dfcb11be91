// Pattern 5: a child process whose output is passed on as it comes.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// A command that has not ended by then is killed.
const timeout = 60_000

/** Runs the script to its end. Resolves when the last of its output has been sent. */
export async function execute(run, jobs) {
  const script = fileURLToPath(new URL(`../commands/${run.command}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, COMMAND_PACE: String(jobs.pace) },
    signal: jobs.signal,
    timeout,
  })
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? `signal ${signal}`))
  })
  await Promise.all([pass(child.stdout, run), pass(child.stderr, run, true), ended.catch(() => {})])
  await run.finish(await ended)
}

// A character's bytes may arrive in two chunks. A streaming decoder keeps the first ones back until the rest is there.
async function pass(bytes, run, failure = false) {
  const decoder = new TextDecoder()
  for await (const chunk of bytes) await print(decoder.decode(chunk, { stream: true }), run, failure)
  await print(decoder.decode(), run, failure)
}

async function print(text, run, failure) {
  if (text !== '') await run.print(text, failure)
}
