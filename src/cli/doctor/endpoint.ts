// Can anybody outside send broadcasts?

import { isLocalHost } from '../../http/trusted-peer'
import { ask } from './ask'
import type { Finding, Patient } from './finding'
import { proxyIn } from './mends'

/** Sends what is no broadcast, without a token: who may not send is refused before anybody looks at it. */
export async function tryEndpoint({ broadcastUrl, headers }: Patient): Promise<Finding> {
  const seen: number[] = []
  // Where a proxy passes this Host on, the app takes a stranger for a process on its own machine.
  for (const Host of [headers.Host ?? broadcastUrl.host, 'localhost']) {
    const sent = { ...headers, Host, 'Content-Type': 'application/json' }
    const { status, body, headers: answered } = await ask(broadcastUrl, { method: 'POST', headers: sent, body: '{}' })
    seen.push(status)
    if (!/^(?:Stream|Data) required|^Invalid JSON|^OK/.test(body)) continue
    if (isLocalHost(broadcastUrl.host) && !proxyIn(answered)) {
      const text = `${broadcastUrl.pathname} takes broadcasts from this machine without a token; whether from outside, only a look from there can tell`
      return { kind: 'open', text }
    }
    return {
      kind: 'bad',
      text: `anybody may broadcast: POST ${broadcastUrl.pathname} asks for no token`,
      mend: 'broadcast',
    }
  }
  const [status = 0] = seen
  // Who is not there refuses nothing, and who says yes to what is no broadcast is somebody else.
  if (status >= 500 || (status >= 200 && status < 400)) {
    const text = `a POST to ${broadcastUrl.pathname} is answered ${status}, as a cable does not: whether broadcasts from outside are refused cannot be told`
    return { kind: 'open', text }
  }
  return { kind: 'ok', text: `broadcasts from outside are refused (${status === 0 ? 'no answer' : status})` }
}
