// WebSocket frames as a server sends them: unmasked, whole, uncompressed (RFC 6455 §5.2). A frame is built once per broadcast and
// written to all subscribers. `ws` does everything else of that protocol.

import type { Framing } from './transport'

const text = 0x81
const ping = 0x89

/** One text frame: `textFrame('hi')` → `81 02 68 69`. */
export function textFrame(payload: string): Buffer {
  const { frame, header } = begin(Buffer.byteLength(payload))
  frame.write(payload, header)
  return frame
}

/** One text frame of text, bytes that are text, and text: `textFrameAround('h', Buffer.from('i'), '')` → `81 02 68 69`. */
export function textFrameAround(head: string, payload: Buffer, tail: string): Buffer {
  const before = Buffer.byteLength(head)
  const { frame, header } = begin(before + payload.length + Buffer.byteLength(tail))
  frame.write(head, header)
  payload.copy(frame, header + before)
  frame.write(tail, header + before + payload.length)
  return frame
}

// A frame for so many bytes, with its header, whose length is told.
function begin(length: number): { frame: Buffer; header: number } {
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = text
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2)
    frame.writeUInt32BE(length >>> 0, 6)
  }
  return { frame, header }
}

/** An empty ping frame, which every WebSocket library answers by itself (RFC 6455 §5.5.2). */
export const pingFrame: Buffer = Buffer.from([ping, 0])

/** How text becomes WebSocket frames. */
export const websocketFraming: Framing = {
  name: 'websocket',
  frame: textFrame,
  around: textFrameAround,
  keepAlive: pingFrame,
}
