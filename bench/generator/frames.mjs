// Client-side WebSocket, as little of it as counting needs: frames are cut by their length and not looked into.

/** Text and pong frames of a client. They must be masked (RFC 6455 §5.3); a mask of zeros leaves the text as it is. */
export function clientFrame(text, opcode = 1) {
  const payload = Buffer.from(text)
  if (payload.length > 125) throw new RangeError('the generator says only short things')
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/**
 * Calls `each(opcode, start, end)` for every whole frame between `at` and `end`, with where its payload lies.
 * Returns where the first frame begins that is not whole.
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
