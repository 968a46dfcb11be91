// Is the upgrade let through, and does the app see the Host that the browser asked for?

import { CableSocketClient, NotOpened } from '../cable-socket'
import { socketUrl } from '../sender'
import type { Finding, Patient } from './finding'

/** What was found at the door. */
export interface Door {
  readonly findings: readonly Finding[]
  /** False where nobody answers at all: then there is nothing else to look at. */
  readonly reached: boolean
  /** Whether a socket can be opened. */
  readonly open: boolean
}

/** Nobody's page, as the name says (RFC 2606). */
const stranger = 'https://doctor.turbo-cable.invalid'

/** Knocks as a page of the site would, then as a stranger's. */
export async function knock(patient: Patient): Promise<Door> {
  const { protocol, host: given } = patient.url
  const host = patient.headers.Host ?? given
  const origin = `${protocol}//${host}`
  const own = await open(patient, { Origin: origin })
  if (!own) {
    const through: Finding = { kind: 'ok', text: 'the upgrade is let through, and a page of this site may connect' }
    return { findings: [through, await strangers(patient)], reached: true, open: true }
  }
  const { status, message } = own
  if (status === 0) {
    const text = `${host} cannot be reached: ${message}`
    return { findings: [{ kind: 'bad', text }], reached: false, open: false }
  }
  // A program sends no Origin. What is refused only to a page is refused for its Origin.
  const program = await open(patient, {})
  if (!program) {
    const text = `a page of ${origin} is refused (${status}): the app does not see the Host that the browser asked for`
    return { findings: [{ kind: 'bad', text, mend: 'host' }], reached: true, open: true }
  }
  return { findings: [refusal(status)], reached: true, open: false }
}

function refusal(status: number): Finding {
  if (status === 401 || status === 403) {
    const text = `the app lets nobody in without saying who it is (${status}): --header 'Cookie: …' says it`
    return { kind: 'open', text }
  }
  if (status >= 500)
    return { kind: 'bad', text: `the upgrade is answered ${status}: the app is down, or takes nobody now` }
  const elsewhere = status === 404 ? ' (or the cable is at another path: give its whole URL)' : ''
  return {
    kind: 'bad',
    text: `the upgrade is not let through: the answer is ${status}, not 101${elsewhere}`,
    mend: 'upgrade',
  }
}

async function strangers(patient: Patient): Promise<Finding> {
  if (!(await open(patient, { Origin: stranger }))) {
    return { kind: 'bad', text: 'any web page may connect as the user who looks at it: `allowedOrigins` allows all' }
  }
  const forged = { Origin: stranger, 'X-Forwarded-Host': new URL(stranger).host }
  if (await open(patient, forged)) return { kind: 'ok', text: "other sites' pages are refused" }
  const text =
    'any web page may connect: the app trusts X-Forwarded-Host, and the proxy passes on what the client wrote'
  return { kind: 'bad', text, mend: 'forwardedHost' }
}

// Undefined where it opens, which is then ended.
async function open({ url, headers }: Patient, more: Record<string, string>): Promise<NotOpened | undefined> {
  try {
    const socket = await CableSocketClient.open(socketUrl(url), { headers: { ...headers, ...more } })
    socket.end()
    return undefined
  } catch (error) {
    if (error instanceof NotOpened) return error
    throw error
  }
}
