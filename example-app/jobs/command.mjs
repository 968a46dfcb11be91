// Pattern 5: a child process whose output is passed on as it comes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { broadcastStream } from 'turbo-cable'

// A command that has not ended by then is killed.
const timeout = 60_000

// Around what came on the error channel, in the one text that both make: the control characters that terminals shift with.
const out = '\u000e'
const back = '\u000f'

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
  ended.catch(() => {})
  await broadcastStream(run.stream, bothChannels(child, run), { target: 'screen', render: coloured() })
  await run.finish(await ended)
}

/** What the process prints on either channel, in the order in which it comes. */
function bothChannels(child, run) {
  const both = new PassThrough({ encoding: 'utf8' })
  const pass = async (channel, failure) => {
    for await (const text of channel.setEncoding('utf8')) {
      run.keep(text, failure)
      if (!both.write(failure ? out + text + back : text)) await once(both, 'drain')
    }
  }
  Promise.all([pass(child.stdout, false), pass(child.stderr, true)]).then(
    () => both.end(),
    (error) => both.destroy(error),
  )
  return both
}

/** Writes a piece of the text as HTML, and remembers whether the next piece begins within a failure. */
function coloured() {
  let failing = false
  return (text) => {
    const html = (failing ? out : '') + text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
    failing = html.lastIndexOf(out) > html.lastIndexOf(back)
    return (failing ? html + back : html).replaceAll(out, '<span class="failure">').replaceAll(back, '</span>')
  }
}
