// A WebSocket client's bytes, as little of them as tests and benches need: the handshake, frames to send, frames to read.
// Plain JavaScript, because the load generator runs it without a compiler.

/** The headers of a handshake (RFC 6455 §4.1), with the key of the RFC's own example. */
export const handshakeHeaders = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** The bytes of a good handshake with `/cable`, or with another path; headers may be added or replaced. */
export function handshake(/** @type {Record<string, string>} */ headers = {}, path = '/cable') {
  const all = { Host: '127.0.0.1', ...handshakeHeaders, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/**
 * One frame, as broken as the caller likes. A client must mask its frames (RFC 6455 §5.3); a mask of zeros leaves the
 * payload as it is. `first` is the first byte, 0x81 for a whole text; `length` is what the head says and may lie.
 *
 * @param {string | Uint8Array} payload
 * @param {{ first?: number, masked?: boolean, length?: number | bigint }} [head]
 */
export function frame(payload, { first = 0x81, masked = true, length } = {}) {
  const bytes = Buffer.from(payload)
  return Buffer.concat([
    frameHead(first, masked ? 0x80 : 0, length ?? bytes.length),
    Buffer.alloc(masked ? 4 : 0),
    bytes,
  ])
}

function frameHead(/** @type {number} */ first, /** @type {number} */ mask, /** @type {number | bigint} */ length) {
  if (length < 126) return Buffer.from([first, mask | Number(length)])
  const wide = length >= 65_536
  const head = Buffer.alloc(wide ? 10 : 4)
  head[0] = first
  head[1] = mask | (wide ? 127 : 126)
  if (wide) head.writeBigUInt64BE(BigInt(length), 2)
  else head.writeUInt16BE(Number(length), 2)
  return head
}

/**
 * Calls `each(opcode, start, end)` for every whole frame of a server between `at` and `end`, with where its payload lies.
 * Returns where the first frame begins that is not whole. Frames are cut by their length and not looked into.
 *
 * @param {Buffer} bytes
 * @param {number} at
 * @param {number} end
 * @param {(opcode: number, start: number, end: number) => void} each
 */
export function eachFrame(bytes, at, end, each) {
  let next = at
  while (end - next >= 2) {
    let length = bytes[next + 1]
    let start = next + 2
    if (length === 126) {
      if (end - next < 4) break
      length = bytes[next + 2] * 256 + bytes[next + 3]
      start = next + 4
    } else if (length === 127) {
      if (end - next < 10) break
      length = bytes.readUInt32BE(next + 2) * 2 ** 32 + bytes.readUInt32BE(next + 6)
      start = next + 10
    }
    if (start + length > end) break
    each(bytes[next] & 15, start, start + length)
    next = start + length
  }
  return next
}
