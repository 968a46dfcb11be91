// Gives every browser a random id in a cookie. It is the private half of a stream's name, and whose a signed stream is.
import { createHash, randomUUID } from 'node:crypto'

const cookie = /(?:^|;\s*)visitor=([0-9a-f-]{36})(?:;|$)/
const year = 365 * 24 * 60 * 60 * 1000

export function visitor(req, res, next) {
  const known = cookie.exec(req.headers.cookie ?? '')?.[1]
  req.visitor = known ?? randomUUID()
  if (!known) res.cookie('visitor', req.visitor, { httpOnly: true, sameSite: 'lax', maxAge: year })
  next()
}

/** What others may know a visitor by: the cookie itself is a right, and stays between the two. */
export function publicId(visitor) {
  return createHash('sha256').update(visitor).digest('hex').slice(0, 12)
}

/** `visitor` for a WebSocket's request, which can be given no cookie: who has none is a stranger, called "nobody". */
export function socketVisitor(req, _res, next) {
  req.visitor = cookie.exec(req.headers.cookie ?? '')?.[1] ?? 'nobody'
  next()
}
