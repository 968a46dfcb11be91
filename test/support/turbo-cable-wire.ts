// The texts of turbo-cable's own protocol, a function for each word.

import type { DisconnectReason, RejectReason, Word } from '../../src/protocol/protocol.ts'
import { turboCableProtocol } from '../../src/protocol/turbo-cable.ts'

export const { decode } = turboCableProtocol

const said = (word: Word): string => turboCableProtocol.encode(word).join('\n')

export const subscribed = (address: string) => said({ type: 'subscribed', address, stream: address })

export const resumed = (
  address: string,
  cursor: string,
  recovered: boolean,
  { name: stream = address, refresh }: { name?: string | undefined; refresh?: number | undefined } = {},
) => {
  const replay = { cursor, recovered, ...(refresh === undefined ? {} : { refresh }) }
  return said({ type: 'subscribed', address, stream, replay })
}

export function message(stream: string, json: string, cursor?: string): string {
  const to = { address: stream, stream, resumes: cursor !== undefined }
  const { head, tail } = turboCableProtocol.message(to, { stream, json, position: 1, cursor: cursor ?? 'unused' })
  return head + json + tail
}

export const ping = (cursor?: string) => said({ type: 'ping', at: 0, cursor })

export const rejected = (address: string, reason: RejectReason) => said({ type: 'rejected', address, reason })

export const disconnect = (reason: DisconnectReason, reconnect: boolean, after?: number) =>
  said({ type: 'disconnect', reason, reconnect, ...(after === undefined ? {} : { after }) })
