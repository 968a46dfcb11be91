// `npx turbo-cable doctor`: looks at a cable from outside, as a page does, and says what is wrong and which line mends it.

import { randomUUID } from 'node:crypto'
import { printable } from '../../generators/paths'
import { defaultBroadcastPath, defaultPath } from '../options/limits'
import { Signer } from '../stream/signer'
import type { Command, Output } from './command'
import { ask } from './doctor/ask'
import { knock } from './doctor/door'
import { tryEndpoint } from './doctor/endpoint'
import { readEvents } from './doctor/event-stream'
import type { Finding, Patient } from './doctor/finding'
import { compareHistories } from './doctor/histories'
import { mending, type ProxyName, proxyIn } from './doctor/mends'
import { sendRound } from './doctor/round-trip'
import { headersIn } from './headers'
import { senderFrom } from './sender'
import { UsageError, withUsage } from './usage'

const help = `Usage: turbo-cable doctor URL [--send] [--stream NAME] [--header 'Name: value']… [--broadcast-path PATH]

Looks at a cable through whatever is in front of it, as a page does: is the upgrade let through, does the app see the Host, are
other sites' pages refused, is the broadcast path closed, is there one history, does an event stream come unbuffered. For what is
wrong it prints the line of nginx, Apache, Caddy or HAProxy that mends it.

  turbo-cable doctor https://example.com
  turbo-cable doctor https://example.com/app/cable --send

  --send                 send a broadcast too, and see it come round. Uses TURBO_CABLE_SECRET, TURBO_CABLE_BROADCAST_TOKEN,
                         TURBO_CABLE_BROADCAST_URL and TURBO_CABLE_ENGINE as \`publish\` does. Without it no secret is used
  --stream NAME          a name, or a signed name, that may be subscribed to. By default a name that nobody uses
  --header H             sent with each request: 'Cookie: session=…'
  --broadcast-path PATH  where broadcasts are taken, below the host. By default /_broadcast beside the cable
  -h, --help             print this text

A URL without a path means /cable. Exits with 1 where something is wrong.
`

/** `npx turbo-cable doctor`. Exits with 1 where something is wrong. */
export const doctor: Command = { summary: 'look at a cable from outside, and say what is wrong', help, run }

const flags = {
  send: { type: 'boolean' },
  stream: { type: 'string' },
  header: { type: 'string', multiple: true },
  'broadcast-path': { type: 'string' },
} as const

function run(args: readonly string[], output: Output): Promise<number> {
  return withUsage({ args, output, help, flags }, async (usage) => {
    const [given, ...more] = usage.positionals
    if (given === undefined || more.length > 0) throw new UsageError('expected one URL')
    const url = urlIn(given)
    const { TURBO_CABLE_SECRET: secret } = process.env
    const mount = url.pathname.endsWith(defaultPath) ? url.pathname.slice(0, -defaultPath.length) : ''
    const patient: Patient = {
      url,
      broadcastUrl: new URL(usage.text('broadcast-path') ?? `${mount}${defaultBroadcastPath}`, url),
      headers: headersIn(usage.texts('header')),
      stream: usage.text('stream'),
      signer: usage.flag('send') && secret ? new Signer([secret]) : undefined,
    }
    output.out(`${url.href}\n\n`)
    const wrong = await examine(patient, usage.flag('send'), output)
    output.out(
      wrong === 0
        ? '\nNothing wrong was found.\n'
        : `\n${wrong} found. docs/hosting.md has each proxy's whole block.\n`,
    )
    return wrong === 0 ? 0 : 1
  })
}

async function examine(patient: Patient, send: boolean, output: Output): Promise<number> {
  let wrong = 0
  const { findings, reached, open } = await knock(patient)
  const proxy = proxyIn((await ask(patient.url, { headers: patient.headers })).headers)
  const tell = (finding: Finding) => {
    if (finding.kind === 'bad') wrong++
    output.out(lines(finding, proxy))
  }
  for (const finding of findings) tell(finding)
  if (!reached) return wrong
  const name = `doctor:${randomUUID()}`
  tell(await tryEndpoint(patient))
  tell(await compareHistories(patient))
  tell(await readEvents(patient, patient.signer?.sign(name) ?? name))
  if (!send) tell({ kind: 'open', text: 'no broadcast was sent: --send sends one' })
  else if (open) tell(await sendRound(patient, name, senderFrom(process.env)))
  return wrong
}

function lines({ kind, text, mend }: Finding, proxy: ProxyName | undefined): string {
  const sign = { ok: 'ok ', bad: 'BAD', open: '?  ' }[kind]
  const mends = mend === undefined ? [] : mending(mend, proxy)
  return [`${sign}  ${printable(text)}`, ...mends.map((line) => `       ${line}`)].map((line) => `${line}\n`).join('')
}

function urlIn(given: string): URL {
  const scheme = /^(?:localhost|127\.[\d.]+|\[::1\])(?:[:/]|$)/i.test(given) ? 'http' : 'https'
  const text = /^[a-z]+:\/\//i.test(given) ? given.replace(/^ws/i, 'http') : `${scheme}://${given}`
  if (!/^https?:/i.test(text) || !URL.canParse(text)) {
    throw new UsageError(`expected a URL such as https://example.com, got ${given}`)
  }
  const url = new URL(text)
  url.search = url.hash = ''
  if (url.pathname === '/') url.pathname = defaultPath
  else url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}
