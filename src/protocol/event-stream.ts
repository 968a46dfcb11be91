// The words of an event stream, as Turbo's own `<turbo-stream-source src>` reads them: HTML is an unnamed event, all else has a
// name. The id of an event is a cursor for all streams of the connection at once: `Last-Event-ID` says what the client has.

import type { Positioned } from '../engine/engine'
import type { Destination, Protocol, Word } from './protocol'

const refresh = '<turbo-stream action="refresh"></turbo-stream>'

/** For connections with one stream: each message carries its own cursor. */
export const eventStreamProtocol: Protocol = {
  ...shared(),
  name: 'event stream',
  message: (to: Destination, message: Positioned) => event(to, message, `id: ${message.cursor}\n`),
  tellsPosition: 'after-replay',
}

/**
 * For connections with several streams. Their messages are written stream by stream, so the cursor of one says nothing about the
 * others: one for all follows when the turn is written.
 */
export const eventStreamsProtocol: Protocol = {
  ...shared(),
  name: 'event streams',
  message: (to: Destination, message: Positioned) => event(to, message, ''),
  tellsPosition: 'after-turn',
}

function shared() {
  return {
    decode: () => undefined,
    encode(word: Word): readonly string[] {
      const said = textOf(word)
      return said === undefined ? [] : [said]
    },
    whisper: ({ stream }: Destination) => named('whisper', stream),
    // Nothing in a message is the client's own.
    audience: () => '',
  }
}

// An id without data moves the cursor and is no event.
function textOf(word: Word): string | undefined {
  switch (word.type) {
    case 'subscribed':
      return word.replay?.recovered === false ? `data: ${refresh}\n\n` : undefined
    case 'position':
      return `id: ${word.cursor}\n\n`
    case 'ping':
      return word.cursor === undefined ? undefined : `id: ${word.cursor}\n\n`
    case 'rejected':
      return `event: rejected\ndata: ${JSON.stringify({ stream: word.address, reason: word.reason })}\n\n`
    case 'disconnect': {
      const { reason, reconnect, after } = word
      const retry = after === undefined ? '' : `retry: ${after}\n`
      return `${retry}event: disconnect\ndata: ${JSON.stringify({ reason, reconnect })}\n\n`
    }
    default:
      return undefined
  }
}

// A line of data cannot hold a line break: each line has a field of its own, and the client joins them again.
function event({ stream }: Destination, { json }: Positioned, id: string) {
  if (json[0] !== '"') {
    const { head, tail } = named('json', stream)
    return { head: id + head, tail }
  }
  const html = JSON.parse(json) as string
  return { head: `${id}data: `, body: html.replace(/\r\n|\r|\n/g, '\ndata: '), tail: '\n\n' }
}

function named(name: string, stream: string) {
  return { head: `event: ${name}\ndata: {"stream":${JSON.stringify(stream)},"data":`, tail: '}\n\n' }
}
