// Does a broadcast come round, to every connection, and how soon?

import { setTimeout } from 'node:timers/promises'
import { splitSigned } from '../../stream/signed-name'
import { CableSocketClient } from '../cable-socket'
import { type Sender, socketUrl } from '../sender'
import type { Finding, Patient } from './finding'

const listeners = 4
// How long it may be on its way, ms.
const patience = 5_000

/** Sends to the stream that was given, else to one that nobody else has, and waits for it on several connections. */
export async function sendRound(
  { url, headers, signer, stream }: Patient,
  name: string,
  sender: Sender,
): Promise<Finding> {
  const asked = stream ?? signer?.sign(name) ?? name
  const target = stream === undefined ? name : (signer?.verify(stream)?.stream ?? stream)
  if (splitSigned(target)) {
    return {
      kind: 'open',
      text: 'no broadcast was sent: which stream the signed name is, TURBO_CABLE_SECRET would tell',
    }
  }
  const sockets = await Promise.all(
    Array.from({ length: listeners }, () => CableSocketClient.open(socketUrl(url), { headers })),
  )
  try {
    for (const socket of sockets) {
      socket.say({ type: 'subscribe', stream: asked })
      const answer = await Promise.race([socket.next(), setTimeout(patience, undefined, { ref: false })])
      if (answer?.type !== 'subscribed') {
        return { kind: 'open', text: `no broadcast was sent: the stream is ${answer?.type ?? 'not answered'}` }
      }
    }
    // The first one opens the sender's own connection too.
    const first = await send(sockets, target, name, sender)
    return first.kind === 'ok' ? await send(sockets, target, name, sender) : first
  } finally {
    for (const socket of sockets) socket.end()
  }
}

async function send(
  sockets: readonly CableSocketClient[],
  stream: string,
  name: string,
  { publisher, to }: Sender,
): Promise<Finding> {
  // A page on that stream takes it for Turbo Streams, of which there are none in it.
  const data = `<!-- ${name} -->`
  const start = performance.now()
  const late = setTimeout(patience, undefined, { ref: false })
  const arrivals = sockets.map(async (socket) => {
    for (;;) {
      const said = await Promise.race([socket.next(), late])
      if (said === undefined) return undefined
      // On a stream of the app's own others come too.
      if (said.type === 'message' && said.data === data) return performance.now() - start
    }
  })
  try {
    await publisher.publish([{ stream, data }])
  } catch (error) {
    return { kind: 'bad', text: `a broadcast is not taken: ${(error as Error).message}` }
  }
  const times = (await Promise.all(arrivals)).filter((time) => time !== undefined)
  const last = Math.max(...times).toFixed(1)
  if (times.length === sockets.length) {
    return {
      kind: 'ok',
      text: `a broadcast through ${to} comes to ${times.length} of ${sockets.length} connections, in ${last} ms`,
    }
  }
  const text = `a broadcast through ${to} came to ${times.length} of ${sockets.length} connections: processes behind this address share no engine, or it went elsewhere`
  return { kind: 'bad', text }
}
