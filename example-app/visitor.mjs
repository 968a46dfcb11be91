// Gives every browser a random id in a cookie. It is the private half of a stream's name: nobody else can guess it.
import { randomUUID } from 'node:crypto'

const cookie = /(?:^|;\s*)visitor=([0-9a-f-]{36})(?:;|$)/
const year = 365 * 24 * 60 * 60 * 1000

export function visitor(req, res, next) {
  const known = cookie.exec(req.headers.cookie ?? '')?.[1]
  req.visitor = known ?? randomUUID()
  if (!known) res.cookie('visitor', req.visitor, { httpOnly: true, sameSite: 'lax', maxAge: year })
  next()
}
