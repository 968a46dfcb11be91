// What every page is sent with: a content security policy without exceptions, and no form posts from other sites.
import { randomBytes } from 'node:crypto'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/** `nonce` is for the import map, the one inline script, and for the style element of Turbo's progress bar. */
export function security(req, res, next) {
  const nonce = randomBytes(16).toString('base64')
  res.locals.nonce = nonce
  res.set({
    'Content-Security-Policy': [
      `default-src 'self'`,
      `script-src 'self' 'nonce-${nonce}'`,
      `style-src 'self' 'nonce-${nonce}'`,
      `object-src 'none'`,
      `base-uri 'none'`,
      `form-action 'self'`,
      `frame-ancestors 'none'`,
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
  })
  if (!safe.has(req.method) && req.get('Sec-Fetch-Site') === 'cross-site') {
    res.status(403).type('text/plain').send('Forms of other sites are not taken here')
    return
  }
  next()
}
