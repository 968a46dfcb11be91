// What a client says to each kind of server: the request, what follows it, and when it is subscribed.
// `opened` and `heard` return texts to send; `subscribed` tells whether a text confirms one subscription.

import { createHmac } from 'node:crypto'

/** What the server of signed names signs with. */
export const benchSecret = 'only for the benchmark'

// A token of its own for each subscriber, all equally long: they differ in when they end. docs/protocol.md has its form.
const firstEnd = Date.now() + 86_400_000
let tokens = 0
function token(stream) {
  const key = createHmac('sha256', benchSecret).update('turbo-cable/claims').digest()
  const data = Buffer.from(JSON.stringify({ stream, expires: firstEnd + tokens++ })).toString('base64')
  return `${data}--${createHmac('sha256', key).update(data).digest('hex')}`
}

const turboCable = (cursor) => ({
  path: '/cable',
  opened: (streams) =>
    streams.map((stream) => JSON.stringify({ type: 'subscribe', stream, ...(cursor && { cursor: null }) })),
  heard: () => [],
  subscribed: (text) => text.startsWith('{"type":"subscribed"'),
})

export const wires = {
  plain: turboCable(false),
  cursors: turboCable(true),
  tokens: {
    ...turboCable(false),
    opened: (streams) => streams.map((stream) => JSON.stringify({ type: 'subscribe', stream: token(stream) })),
  },
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    opened: () => [],
    heard(text, streams) {
      if (text.startsWith('0{')) return ['40']
      if (text.startsWith('40{')) return streams.map((stream) => `42${JSON.stringify(['subscribe', stream])}`)
      return text === '2' ? ['3'] : []
    },
    subscribed: (text) => text.startsWith('42["subscribed"'),
  },
  anycable: {
    path: '/cable',
    opened: () => [],
    heard: (text, streams) =>
      text.startsWith('{"type":"welcome"')
        ? streams.map((stream) =>
            JSON.stringify({
              command: 'subscribe',
              identifier: JSON.stringify({ channel: '$pubsub', stream_name: stream }),
            }),
          )
        : [],
    subscribed: (text) => text.includes('"confirm_subscription"'),
  },
}
