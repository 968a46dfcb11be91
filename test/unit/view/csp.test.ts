// The sources that a policy needs: the hash is that of the very text which the tags print.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import helmet from 'helmet'
import { createCsp } from '../../../src/view/csp.ts'
import { createTurboCableTags } from '../../../src/view/tags.ts'

describe('csp', () => {
  for (const [where, url, given] of [
    ['at /cable', '/cable', undefined],
    ['below a mount', '/app/cable', undefined],
    ['at a URL that is given', '/cable', { url: '/prefix/</script>/cable' }],
  ] as const) {
    it(`allows the own origin, and the import map of a cable ${where} by its hash`, () => {
      const inline = /<script type="importmap">(.*?)<\/script>/s.exec(createTurboCableTags(() => url)(given))?.[1]
      const hash = createHash('sha256')
        .update(inline ?? assert.fail('no import map'))
        .digest('base64')
      assert.deepEqual(createCsp(() => url)(given), {
        scriptSrc: ["'self'", `'sha256-${hash}'`],
        connectSrc: ["'self'"],
      })
    })
  }

  it('has the types of what helmet takes', () => {
    assert.equal(typeof helmet({ contentSecurityPolicy: { directives: createCsp(() => '/cable')() } }), 'function')
  })
})
