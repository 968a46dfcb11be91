// `npx turbo-cable publish`: one broadcast from a shell, cron or a deploy script.

import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { Json } from '../publisher/publisher'
import { streamName } from '../stream/name'
import type { Command, Output } from './command'
import { senderFrom } from './sender'
import { UsageError, withUsage } from './usage'

const help = `Usage: turbo-cable publish STREAM (--html HTML | --json JSON | --file FILE | -) [--url URL]

Sends one broadcast, as the senders of an app do:

  turbo-cable publish counter --html '<turbo-stream action="update" target="counter"><template>1</template></turbo-stream>'
  turbo-cable publish progress --json '{"percent":60}'
  turbo-cable publish room:7 --file message.html
  render-message | turbo-cable publish room:7 -

  --html HTML  the elements themselves
  --json JSON  a JSON value, but for a string, which would be HTML
  --file FILE  what is in a file: JSON if its name ends in .json, else HTML
  -            HTML from standard input
  --url URL    where broadcasts are taken. By default TURBO_CABLE_BROADCAST_URL; else straight to the engine of
               TURBO_CABLE_ENGINE; else http://localhost:3000/_broadcast, with the port of TURBO_CABLE_PORT or PORT
  -h, --help   print this text

The right to send is TURBO_CABLE_BROADCAST_TOKEN, or what follows from TURBO_CABLE_SECRET.
`

/** `npx turbo-cable publish`. Exits with 1 where nobody takes the broadcast. */
export const publish: Command = { summary: 'send one broadcast', help, run }

const flags = {
  html: { type: 'string' },
  json: { type: 'string' },
  file: { type: 'string' },
  url: { type: 'string' },
} as const

function run(args: readonly string[], output: Output): Promise<number> {
  return withUsage({ args, output, help, flags }, async (usage) => {
    const [stream, dash, ...more] = usage.positionals
    if (stream === undefined) throw new UsageError('expected the name of a stream')
    if (more.length > 0 || (dash !== undefined && dash !== '-')) {
      throw new UsageError(`expected one stream, got ${usage.positionals.join(' ')}`)
    }
    const contents = ['html', 'json', 'file'].filter((name) => usage.text(name) !== undefined)
    if (contents.length + (dash === undefined ? 0 : 1) !== 1) {
      throw new UsageError('expected one of --html, --json, --file and -')
    }
    const name = streamName(stream)
    const { publisher, to } = senderFrom(process.env, usage.text('url'))
    const data = await content(usage.text('html'), usage.text('json'), usage.text('file'))
    await publisher.publish([{ stream: name, data }])
    output.out(`sent to ${name}, through ${to}\n`)
    return 0
  })
}

async function content(html?: string, json?: string, file?: string): Promise<Json> {
  if (html !== undefined) return html
  if (json !== undefined) return parsed(json, '--json')
  if (file === undefined) return text(process.stdin)
  const held = await readFile(file, 'utf8')
  return file.endsWith('.json') ? parsed(held, file) : held
}

function parsed(json: string, from: string): Json {
  let value: Json
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new UsageError(`${from} is no JSON: ${(error as Error).message}`)
  }
  // As `broadcastJson` does.
  if (typeof value === 'string')
    throw new UsageError(`${from} is a string, which every client takes for HTML: use --html`)
  return value
}
