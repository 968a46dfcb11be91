// `npx turbo-cable subscribe`: prints what is sent to streams, as it comes, and what was missed while the line was cut.

import { setTimeout } from 'node:timers/promises'
import { defaultPath } from '../options/limits'
import { streamName } from '../stream/name'
import { Signer } from '../stream/signer'
import { CableSocketClient, NotOpened, type Said } from './cable-socket'
import type { Command, Output } from './command'
import { headersIn } from './headers'
import { cableUrlFrom, socketUrl } from './sender'
import { UsageError, withUsage } from './usage'

const help = `Usage: turbo-cable subscribe STREAM… [--url URL] [--since=CURSOR] [--json] [--header 'Name: value']…

Prints each broadcast to the streams with its cursor, until it is ended. Comes back when the line is cut, and prints what was
missed; where that is gone it says so.

  turbo-cable subscribe counter room:7
  turbo-cable subscribe room:7 --since=k3J9x2Qa:41 --json

  --url URL       where the cable is: wss://example.com/cable. By default ws://localhost:3000/cable, with the port of
                  TURBO_CABLE_PORT or PORT, or the host of TURBO_CABLE_BROADCAST_URL
  --since=CURSOR  begin after this cursor, as far as it is kept
  --json          one line of JSON for each: {"stream":…,"cursor":…,"data":…}
  --header H      sent with the request, for a server that asks who it is: 'Cookie: session=…'
  -h, --help      print this text

A stream is a name or a signed name. With TURBO_CABLE_SECRET names are signed here.
`

/** `npx turbo-cable subscribe`. Exits with 1 where the server refuses the connection or every stream. */
export const subscribe: Command = { summary: 'print what is sent to streams, as it comes', help, run }

const flags = {
  url: { type: 'string' },
  since: { type: 'string' },
  json: { type: 'boolean' },
  header: { type: 'string', multiple: true },
} as const

// Silence after which the server is doubted, ms: longer than two pings.
const silence = 75_000
const firstPause = 250
const longestPause = 30_000

interface Listened {
  /** What is asked for: a name or a token. */
  readonly asked: string
  /** The plain name, once the server has said it: messages come under that. */
  name: string
  cursor: string | null
  over: boolean
}

function run(args: readonly string[], output: Output): Promise<number> {
  return withUsage({ args, output, help, flags }, async (usage) => {
    if (usage.positionals.length === 0) throw new UsageError('expected the name of a stream')
    const url = cableUrl(usage.text('url'))
    const headers = headersIn(usage.texts('header'))
    const { TURBO_CABLE_SECRET: secret } = process.env
    const signer = secret ? new Signer([secret]) : undefined
    const listened = usage.positionals.map((given) => listenedTo(given, signer, usage.text('since') ?? null))
    const unread = new AbortController()
    process.stdout.once('error', () => unread.abort())
    return follow(
      { url, headers, unread: unread.signal, listened: new Map(listened.map((each) => [each.asked, each])) },
      usage.flag('json'),
      output,
    )
  })
}

function cableUrl(given: string | undefined): URL {
  if (given === undefined) return cableUrlFrom(process.env, defaultPath)
  if (!/^(?:ws|http)s?:\/\//.test(given) || !URL.canParse(given)) {
    throw new UsageError(`expected a URL such as wss://example.com/cable, got ${given}`)
  }
  return socketUrl(new URL(given))
}

// What is a token already stays one.
function listenedTo(given: string, signer: Signer | undefined, cursor: string | null): Listened {
  if (!signer || signer.verify(given)) return { asked: given, name: given, cursor, over: false }
  const name = streamName(given)
  return { asked: signer.sign(name), name, cursor, over: false }
}

interface Following {
  readonly url: URL
  readonly headers: Record<string, string>
  readonly listened: ReadonlyMap<string, Listened>
  /** Aborted when nobody reads what is printed. */
  readonly unread: AbortSignal
}

async function follow({ url, headers, listened, unread }: Following, json: boolean, output: Output): Promise<number> {
  for (let pause = firstPause; ; ) {
    let why: string
    let after: number | undefined
    try {
      const socket = await CableSocketClient.open(url, { headers })
      socket.endWhenSilent(silence)
      unread.addEventListener('abort', () => socket.end(), { once: true })
      for (const { asked, cursor, over } of listened.values()) {
        if (!over) socket.say({ type: 'subscribe', stream: asked, cursor })
      }
      for (let said = await socket.next(); said; said = await socket.next()) {
        pause = firstPause
        if (said.type === 'disconnect') {
          if (said.reconnect === false) return refused(output, `the server ends this connection: ${said.reason}`)
          after = Number(said.after) || undefined
        }
        hear(said, listened, json, output)
        if ([...listened.values()].every(({ over }) => over)) {
          socket.end()
          return 1
        }
      }
      why = socket.closed ?? 'closed'
    } catch (error) {
      if (!(error instanceof NotOpened)) throw error
      // Nothing that a second try would change.
      if (error.status >= 400 && error.status < 500) return refused(output, `${url.origin} refuses: ${error.message}`)
      why = error.message
    }
    if (unread.aborted) return 0
    const wait = after ?? pause * (0.5 + Math.random() / 2)
    output.error(`turbo-cable: ${why}; again in ${(wait / 1_000).toFixed(1)} s\n`)
    await setTimeout(wait, undefined, { signal: unread }).catch(() => {})
    pause = Math.min(longestPause, pause * 2)
  }
}

function hear(said: Said, listened: ReadonlyMap<string, Listened>, json: boolean, output: Output): void {
  const { type, cursor, data } = said
  const each = listened.get(String(said.stream)) ?? [...listened.values()].find(({ name }) => name === said.stream)
  if (type === 'ping' && typeof cursor === 'string') for (const one of listened.values()) one.cursor &&= cursor
  if (!each) return
  if (typeof cursor === 'string') each.cursor = cursor
  if (type === 'rejected') {
    each.over = true
    output.error(`turbo-cable: ${each.name} is rejected: ${said.reason}\n`)
  } else if (type === 'subscribed') {
    if (typeof said.name === 'string') each.name = said.name
    const gap = said.recovered === false ? '; something before is missing' : ''
    output.error(`turbo-cable: listening to ${each.name}, from ${cursor}${gap}\n`)
  } else if (type === 'message') {
    const shown = typeof data === 'string' ? data : JSON.stringify(data)
    output.out(json ? `${JSON.stringify({ stream: each.name, cursor, data })}\n` : `${cursor} ${each.name} ${shown}\n`)
  }
}

function refused(output: Output, why: string): number {
  output.error(`turbo-cable: ${why}\n`)
  return 1
}
